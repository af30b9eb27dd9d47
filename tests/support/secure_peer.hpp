#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/ftp/secure_session.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/support/run.hpp"
#include "tests/support/transcript.hpp"

namespace sallyport::test {

/// The wall clock of sessions under test: 2024-03-10 12:00:00 UTC.
inline constexpr storage::FileTime session_now =
    std::chrono::sys_days(std::chrono::year(2024) / 3 / 10) + std::chrono::hours(12);

/// Drives a SecureSession from bytes: files are in memory, passive ports are imagined, and
/// transfers are written down instead of performed. A certificate is enough for `carol`.
class SecurePeer : public Conversation {
  public:
    explicit SecurePeer(bool ipv6 = false, bool has_certificate = false)
        : session_({"files.example.com", ipv6, [] { return session_now; }, has_certificate}) {
        volume_ = run(backend_.open_volume({.owner = "alice", .home = "alice"})).value();
    }

    Answers say(std::string_view bytes) override {
        Answers answers;
        decoder_.feed(bytes);
        while (answers.ending == Ending::open) {
            const auto line = decoder_.next();
            if (!line) break;
            perform(session_.handle(*line), answers);
        }
        return answers;
    }

    /// The one reply to a line.
    [[nodiscard]] ftp::Reply ask(std::string_view line) {
        auto answers = say(std::string(line) + "\r\n");
        return answers.replies.empty() ? ftp::reply(0, "no reply") : answers.replies.front();
    }

    [[nodiscard]] std::shared_ptr<storage::Volume> volume() const { return volume_; }
    /// Makes later tasks run on another volume.
    void use(std::shared_ptr<storage::Volume> volume) { volume_ = std::move(volume); }
    [[nodiscard]] ftp::SecureSession& session() { return session_; }

    /// The latest transfer, when it is a `Kind`.
    template <class Kind>
    [[nodiscard]] const Kind* latest() const {
        return transfers.empty() ? nullptr : std::get_if<Kind>(&transfers.back());
    }

    std::vector<ftp::Transfer> transfers;
    bool ports_are_free = true;

  private:
    void perform(ftp::Outcome outcome, Answers& answers) {
        std::visit([&](auto& what) { apply(what, answers); }, outcome);
    }
    void apply(ftp::Reply& reply, Answers& answers) { answers.replies.push_back(reply); }
    void apply(ftp::Close& close, Answers& answers) {
        answers.replies.push_back(close.reply);
        answers.ending = Ending::closed;
    }
    void apply(ftp::Drop&, Answers& answers) { answers.ending = Ending::dropped; }
    void apply(ftp::Login& login, Answers& answers) {
        if (login.by_certificate) {
            answers.replies.push_back(login.user == "carol" ? session_.logged_in()
                                                            : session_.password_needed());
            return;
        }
        const auto known = passwords_.find(login.user);
        if (known != passwords_.end() && known->second == login.password.reveal()) {
            answers.replies.push_back(session_.logged_in());
        } else {
            perform(session_.login_failed(), answers);
        }
    }
    void apply(ftp::OpenPassive& request, Answers& answers) {
        answers.replies.push_back(ports_are_free
                                      ? session_.passive_opened(request, {192, 0, 2, 7}, 50001)
                                      : session_.passive_failed());
    }
    void apply(ftp::FileTask& task, Answers& answers) {
        answers.replies.push_back(run(task.run(*volume_)));
    }
    void apply(ftp::Transfer& transfer, Answers& answers) {
        transfers.push_back(std::move(transfer));
        session_.passive_closed();
        answers.replies.push_back(ftp::reply(150, "Recorded."));
    }

    const std::map<std::string, std::string> passwords_{{"alice", "secret"}, {"bob", "hidden"}};
    storage::MemoryBackend backend_;
    std::shared_ptr<storage::Volume> volume_;
    ftp::SecureSession session_;
    ftp::LineDecoder decoder_;
};

/// The same after USER, PASS and PROT P.
class LoggedInPeer : public SecurePeer {
  public:
    explicit LoggedInPeer(bool ipv6 = false) : SecurePeer(ipv6) {
        script().then({{"USER alice", 331}, {"PASS secret", 230}, {"PROT P", 200}}).check(*this);
    }
};

}  // namespace sallyport::test
