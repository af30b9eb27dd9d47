#include "server/sessions.hpp"

#include <gmock/gmock.h>

#include <boost/asio/write.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <new>

#include "storage/memory/memory_backend.hpp"
#include "tests/support/tls_conversation.hpp"

namespace sallyport::server {
namespace {

/// Counts events; those of sessions come from their threads.
class Counter final : public events::Sink {
  public:
    void emit(events::Level, std::string_view name, const events::Fields&) noexcept override {
        const std::lock_guard lock(mutex_);
        ++counts_[std::string(name)];
        changed_.notify_all();
    }
    [[nodiscard]] bool reaches(const std::string& name, int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, test::patience, [&] { return counts_[name] >= count; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> counts_;
};

/// Asks for more than there is, or breaks in other ways; knows nobody else.
class Broken final : public auth::Authenticator {
  public:
    Async<auth::Verdict> authenticate(const auth::Attempt& attempt) override {
        if (attempt.user == "memory") throw std::bad_alloc();
        if (attempt.user == "exception") throw std::runtime_error("broken");
        if (attempt.user == "number") throw 7;
        co_return auth::DontKnow{};
    }
    Async<auth::KeyAnswer> judge_key(const auth::KeyOffer&) override {
        co_return auth::Refusal::wrong_key;
    }
    Async<auth::ExposureAnswer> judge_exposed(const auth::ExposedPassword&) override {
        co_return auth::DontKnow{};
    }
};

/// Sessions of the FTPS door on one worker, with clients over loopback.
class SessionsTest : public test::TlsConversation {
  protected:
    SessionsTest() {
        auto config = std::make_shared<config::Config>();
        config->limits.failed_login_delay = {};
        config->listeners.emplace_back();
        const auto users = std::make_shared<Broken>();
        workers_.push_back(std::make_unique<Worker>());
        sessions_.emplace(workers_, counter_,
                          std::make_shared<const Snapshot>(
                              Snapshot{config, context_, nullptr, users,
                                       std::make_shared<storage::MemoryBackend>(), nullptr}));
    }
    ~SessionsTest() override {
        sessions_->abort();
        workers_.clear();
    }

    /// What a client is answered that tries to log in as `user`; empty when the session ends.
    std::string log_in_as(const std::string& user) {
        boost::asio::io_context loop;
        net::Tcp::acceptor acceptor(loop, {test::address("127.0.0.1"), 0});
        auto client = test::connect(loop, acceptor.local_endpoint().port());
        sessions_->start(*workers_.front(), acceptor.accept(workers_.front()->context()), {});
        read_line(client);
        boost::asio::write(client, boost::asio::buffer(std::string("AUTH TLS\r\n")));
        read_line(client);
        test::TlsClient speaker(client.native_handle());
        EXPECT_TRUE(speaker.handshake());
        EXPECT_TRUE(speaker.send("USER " + user + "\r\n"));
        EXPECT_THAT(speaker.receive(), testing::StartsWith("331"));
        EXPECT_TRUE(speaker.send("PASS secret\r\n"));
        return speaker.receive();
    }

    static void read_line(net::Tcp::socket& socket) {
        for (char byte = 0; byte != '\n';) socket.read_some(boost::asio::buffer(&byte, 1));
    }

    Counter counter_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::optional<Sessions> sessions_;
};

TEST_F(SessionsTest, WhatIsThrownEndsItsSessionAndNoOther) {
    int failed = 0;
    for (const char* user : {"memory", "exception", "number"}) {
        EXPECT_EQ(log_in_as(user), "") << user;
        EXPECT_TRUE(counter_.reaches("session.failed", ++failed)) << user;
        EXPECT_THAT(log_in_as("nobody"), testing::StartsWith("530")) << "after " << user;
    }
}

}  // namespace
}  // namespace sallyport::server
