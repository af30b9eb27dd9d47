#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/sftp/session.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/support/run.hpp"
#include "tests/support/sftp_wire.hpp"

namespace sallyport::test {

/// The wall clock of sessions under test: 2024-03-10 12:00:00 UTC.
inline constexpr storage::FileTime sftp_now =
    std::chrono::sys_days(std::chrono::year(2024) / 3 / 10) + std::chrono::hours(12);

/// Drives an SFTP session from bytes; files are in memory. Tasks run as soon as they are asked for.
class SftpPeer {
  public:
    explicit SftpPeer(const storage::MemoryOptions& options = {}) : backend_(options) {
        volume_ = run(backend_.open_volume({.owner = "alice", .home = "alice"})).value();
        connect();
        const auto answers = say(packet(fxp::init, Fields().u32(3)));
        EXPECT_EQ(answers.size(), 1U);
    }

    /// A new session of the same user, which has not seen INIT.
    void connect() {
        closed.clear();
        decoder_ = {};
        session_ = std::make_unique<sftp::Session>(sftp::SessionOptions{
            "alice", [this] { return now; },
            [this](const sftp::FileReport& report) { reports.push_back(report); }});
    }
    /// The same after INIT.
    void reconnect() {
        connect();
        static_cast<void>(say(packet(fxp::init, Fields().u32(3))));
    }
    /// The channel closes.
    void disconnect(std::string_view why = "connection lost") { run(session_->end(why)); }

    std::vector<Answer> say(std::string_view bytes) {
        std::vector<Answer> answers;
        decoder_.feed(as_bytes(bytes));
        while (closed.empty()) {
            auto decoded = decoder_.next();
            if (!decoded) break;
            if (std::holds_alternative<sftp::BadLength>(*decoded)) {
                closed = "bad length";
                break;
            }
            auto outcome = session_->handle(std::move(std::get<sftp::Packet>(*decoded)));
            std::visit([&](auto& what) { apply(what, answers); }, outcome);
        }
        return answers;
    }

    /// The one answer to a request; it must carry the request's id.
    Answer ask(unsigned type, const Fields& fields) {
        const std::uint32_t id = ++last_id_;
        auto answers = say(packet(type, Fields().u32(id).raw(fields.bytes())));
        if (answers.size() != 1) {
            ADD_FAILURE() << answers.size() << " answers, " << closed;
            return {};
        }
        EXPECT_EQ(answers.front().id, id);
        return answers.front();
    }
    Answer extended(std::string_view name, const Fields& fields = {}) {
        return ask(fxp::extended, Fields().str(name).raw(fields.bytes()));
    }

    Answer try_open(std::string_view path, std::uint32_t flags,
                    const Fields& attributes = no_attributes()) {
        return ask(fxp::open, Fields().str(path).u32(flags).raw(attributes.bytes()));
    }
    /// The handle; empty, and a failure, when it is refused.
    std::string open(std::string_view path, std::uint32_t flags) {
        return handle_in(try_open(path, flags));
    }
    std::string opendir(std::string_view path) {
        return handle_in(ask(fxp::opendir, Fields().str(path)));
    }
    std::uint32_t close(std::string_view handle) { return ask_close(handle).code(); }
    Answer ask_close(std::string_view handle) { return ask(fxp::close, Fields().str(handle)); }
    std::uint32_t write(std::string_view handle, std::uint64_t offset, std::string_view data) {
        return ask(fxp::write, Fields().str(handle).u64(offset).str(data)).code();
    }
    Answer read(std::string_view handle, std::uint64_t offset, std::uint32_t length) {
        return ask(fxp::read, Fields().str(handle).u64(offset).u32(length));
    }
    /// The bytes of a DATA; a failure for any other answer.
    std::string data(std::string_view handle, std::uint64_t offset, std::uint32_t length) {
        auto answer = read(handle, offset, length);
        EXPECT_EQ(answer.type, fxp::data) << answer.text();
        return answer.type == fxp::data ? answer.str() : std::string();
    }
    Answer stat(std::string_view path) { return ask(fxp::stat, Fields().str(path)); }
    std::uint32_t setstat(std::string_view path, const Fields& attributes) {
        return ask(fxp::setstat, Fields().str(path).raw(attributes.bytes())).code();
    }
    std::uint32_t fsetstat(std::string_view handle, const Fields& attributes) {
        return ask(fxp::fsetstat, Fields().str(handle).raw(attributes.bytes())).code();
    }

    [[nodiscard]] std::shared_ptr<storage::Volume> volume() const { return volume_; }
    /// Makes later tasks run on another volume.
    void use(std::shared_ptr<storage::Volume> volume) { volume_ = std::move(volume); }
    [[nodiscard]] sftp::Session& session() { return *session_; }

    std::string closed;  ///< why the session was closed; empty while it is open
    std::vector<sftp::FileReport> reports;
    storage::FileTime now = sftp_now;

  private:
    void apply(sftp::Reply& reply, std::vector<Answer>& answers) {
        const std::string bytes(reinterpret_cast<const char*>(reply.bytes.data()),
                                reply.bytes.size());
        EXPECT_EQ(bytes.substr(0, 4), Fields().u32(bytes.size() - 4).bytes());
        answers.emplace_back(bytes);
    }
    void apply(sftp::FileTask& task, std::vector<Answer>& answers) {
        auto reply = run(task.run(*volume_));
        apply(reply, answers);
    }
    void apply(sftp::Close& close, std::vector<Answer>&) { closed = close.reason; }

    static std::string handle_in(Answer answer) {
        EXPECT_EQ(answer.type, fxp::handle) << answer.text();
        return answer.type == fxp::handle ? answer.str() : std::string();
    }

    storage::MemoryBackend backend_;
    std::shared_ptr<storage::Volume> volume_;
    std::unique_ptr<sftp::Session> session_;
    sftp::PacketDecoder decoder_;
    std::uint32_t last_id_ = 0;
};

}  // namespace sallyport::test
