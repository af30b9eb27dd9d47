#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "protocol/ftp/reply.hpp"

/// Conversations with an FTP session, written down as a script.
namespace sallyport::test {

/// What became of the connection.
enum class Ending {
    open,
    closed,              ///< after a reply
    dropped,             ///< without a word
    tls,                 ///< the handshake begins
    cleartext_password,  ///< closed after a reply, and reported
    injection,           ///< closed after a reply, and reported
};

/// What a session did with some bytes.
struct Answers {
    std::vector<ftp::Reply> replies;
    Ending ending = Ending::open;
};

/// A session under test.
class Conversation {
  public:
    virtual ~Conversation() = default;
    virtual Answers say(std::string_view bytes) = 0;
};

/// One line and its one reply. `text` must be in the reply.
struct Exchange {
    std::string_view line;
    int code = 0;
    std::string_view text = {};
};

/// A script: who says what, in order. Nothing happens before `check`; replies that the script does
/// not mention are failures.
class [[nodiscard]] Transcript {
  public:
    /// The client sends a line.
    Transcript client(std::string_view line) && {
        return std::move(*this).bytes(std::string(line) + "\r\n");
    }
    /// The client sends bytes as they are.
    Transcript bytes(std::string_view bytes) && {
        steps_.emplace_back(Said{std::string(bytes)});
        return std::move(*this);
    }
    /// The server answers; `text` must be in the reply as sent.
    Transcript server(int code, std::string_view text = {}) && {
        steps_.emplace_back(Expected{code, std::string(text)});
        return std::move(*this);
    }
    /// The connection ends. A script that never says so expects it to stay open.
    Transcript ends(Ending ending) && {
        ending_ = ending;
        return std::move(*this);
    }
    Transcript then(std::initializer_list<Exchange> exchanges) && {
        for (const auto& exchange : exchanges) {
            steps_.emplace_back(Said{std::string(exchange.line) + "\r\n"});
            steps_.emplace_back(Expected{exchange.code, std::string(exchange.text)});
        }
        return std::move(*this);
    }

    /// Plays it; stops at the first difference.
    void check(Conversation& session) && {
        Answers answers;
        std::string last_said = "the beginning";
        for (const auto& step : steps_) {
            const auto* said = std::get_if<Said>(&step);
            SCOPED_TRACE("after " + testing::PrintToString(last_said));
            if (said == nullptr) {
                take(answers, std::get<Expected>(step));
            } else {
                expect_nothing_left(answers, Ending::open);
                answers = session.say(said->bytes);
                last_said = said->bytes;
            }
            if (testing::Test::HasFatalFailure()) return;
        }
        SCOPED_TRACE("after " + testing::PrintToString(last_said));
        expect_nothing_left(answers, ending_);
    }

  private:
    struct Said {
        std::string bytes;
    };
    struct Expected {
        int code = 0;
        std::string text;
    };

    static void take(Answers& answers, const Expected& expected) {
        ASSERT_FALSE(answers.replies.empty()) << "no reply; wanted " << expected.code;
        const auto reply = std::move(answers.replies.front());
        answers.replies.erase(answers.replies.begin());
        ASSERT_EQ(reply.code, expected.code) << reply.wire();
        ASSERT_NE(reply.wire().find(expected.text), std::string::npos)
            << reply.wire() << "holds no " << expected.text;
    }
    static void expect_nothing_left(const Answers& answers, Ending ending) {
        ASSERT_TRUE(answers.replies.empty()) << "one more: " << answers.replies.front().wire();
        ASSERT_EQ(answers.ending, ending);
    }

    std::vector<std::variant<Said, Expected>> steps_;
    Ending ending_ = Ending::open;
};

inline Transcript script() {
    return {};
}

}  // namespace sallyport::test
