#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "protocol/ftp/plain_session.hpp"
#include "tests/support/transcript.hpp"

namespace sallyport::test {

/// Drives a PlainSession from bytes, as the server does, without a socket.
class PlainPeer : public Conversation {
  public:
    Answers say(std::string_view bytes) override {
        Answers answers;
        decoder_.feed(bytes);
        while (answers.ending == Ending::open) {
            const auto line = decoder_.next();
            if (!line) break;
            auto outcome = session_.handle(*line, !decoder_.empty());
            std::visit([&](auto& what) { apply(what, answers); }, outcome);
        }
        return answers;
    }
    [[nodiscard]] ftp::Reply greeting() const { return session_.greeting(); }

  private:
    static void apply(ftp::Reply& reply, Answers& answers) { answers.replies.push_back(reply); }
    static void apply(ftp::Drop&, Answers& answers) { answers.ending = Ending::dropped; }
    static void apply(ftp::Close& close, Answers& answers) {
        end(answers, close.reply, Ending::closed);
    }
    static void apply(ftp::StartTls& start, Answers& answers) {
        end(answers, start.reply, Ending::tls);
    }
    static void apply(ftp::CleartextPassword& password, Answers& answers) {
        end(answers, password.reply, Ending::cleartext_password);
    }
    static void apply(ftp::Injection& injection, Answers& answers) {
        end(answers, injection.reply, Ending::injection);
    }
    static void end(Answers& answers, const ftp::Reply& reply, Ending ending) {
        answers.replies.push_back(reply);
        answers.ending = ending;
    }

    ftp::PlainSession session_{"files.example.com"};
    ftp::LineDecoder decoder_;
};

}  // namespace sallyport::test
