#include "auth/file_provider.hpp"

#include <gtest/gtest.h>

#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "auth/password_hash.hpp"
#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using namespace std::chrono_literals;

constexpr auto today = std::chrono::sys_days(2027y / 6 / 30);
constexpr auto with_room = SIZE_MAX;

/// The pool that hashing runs on, watched: how much work did an attempt cause?
class FileProviderTest : public testing::Test {
  protected:
    FileProviderTest() {
        add("acme", hash_);
        add("disabled", hash_).enabled = false;
        add("expired", hash_).expires = today;
        add("fresh", hash_).expires = today + std::chrono::days(1);
        add("keyless", "");
        add("broken", "$6$salt$hash");
    }

    UserRecord& add(const std::string& name, const std::string& hash) {
        auto& user = users_->emplace(name, UserRecord{}).first->second;
        user.name = name;
        user.home = name + "-home";
        user.password_hash = hash;
        user.policy = policy_;
        return user;
    }

    struct Outcome {
        Verdict verdict;
        bool hashed = false;
    };

    /// Tries to log in. `hashed`: the only thread of the pool was kept from working until a job of
    /// the provider waited for it, or the provider answered without one.
    Outcome attempt(const std::string& user, std::string_view password) {
        BlockingPool pool(1, with_room);
        FileProvider provider(users_, pool, [] { return today; });
        Gate gate;
        boost::asio::io_context context;
        auto held = boost::asio::co_spawn(context, hold(pool, gate), boost::asio::use_future);
        const Attempt tried{user, Secret(password), "192.0.2.1", "ftps"};
        auto verdict =
            boost::asio::co_spawn(context, provider.authenticate(tried), boost::asio::use_future);
        context.poll();
        const std::size_t jobs = pool.busy() - 1;
        gate.open();
        context.run();
        held.get();
        return {verdict.get(), jobs == 1};
    }

    class Gate {
      public:
        void open() {
            const std::lock_guard lock(mutex_);
            open_ = true;
            opened_.notify_all();
        }
        void wait() {
            std::unique_lock lock(mutex_);
            opened_.wait(lock, [this] { return open_; });
        }

      private:
        std::mutex mutex_;
        std::condition_variable opened_;
        bool open_ = false;
    };

    static Async<bool> hold(BlockingPool& pool, Gate& gate) {
        auto wait = [&gate] {
            gate.wait();
            return true;
        };
        return pool.run(std::move(wait));
    }

    static Refusal refusal(const Outcome& outcome) { return std::get<Refusal>(outcome.verdict); }

    const std::string hash_ = hash_password(Secret("right"));
    std::shared_ptr<const Policy> policy_ = std::make_shared<Policy>();
    std::shared_ptr<UserTable> users_ = std::make_shared<UserTable>();
};

TEST_F(FileProviderTest, RightPasswordYieldsThePrincipal) {
    const auto outcome = attempt("acme", "right");
    ASSERT_TRUE(std::holds_alternative<Principal>(outcome.verdict));
    const auto& principal = std::get<Principal>(outcome.verdict);
    EXPECT_EQ(principal.user, "acme");
    EXPECT_EQ(principal.home, "acme-home");
    EXPECT_EQ(principal.policy, policy_);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, EveryFailureCostsOneHash) {
    for (const std::string user : {"acme", "disabled", "expired", "keyless", "broken", "nobody"}) {
        for (const std::string password : {"wrong", ""}) {
            const auto outcome = attempt(user, password);
            EXPECT_TRUE(outcome.hashed) << user;
            EXPECT_FALSE(std::holds_alternative<Principal>(outcome.verdict)) << user;
        }
    }
}

TEST_F(FileProviderTest, WrongPasswordIsRefused) {
    EXPECT_EQ(refusal(attempt("acme", "wrong")), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("acme", "")), Refusal::wrong_password);
}

TEST_F(FileProviderTest, UnknownUserIsLeftToTheNextProvider) {
    EXPECT_TRUE(std::holds_alternative<DontKnow>(attempt("nobody", "right").verdict));
}

TEST_F(FileProviderTest, DisabledIsRefusedEvenWithTheRightPassword) {
    const auto outcome = attempt("disabled", "right");
    EXPECT_EQ(refusal(outcome), Refusal::disabled);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, ExpiredFromTheFirstMomentOfTheDay) {
    const auto outcome = attempt("expired", "right");
    EXPECT_EQ(refusal(outcome), Refusal::expired);
    EXPECT_TRUE(outcome.hashed);
    EXPECT_TRUE(std::holds_alternative<Principal>(attempt("fresh", "right").verdict));
}

TEST_F(FileProviderTest, UserWithoutUsableHashIsRefused) {
    EXPECT_EQ(refusal(attempt("keyless", "")), Refusal::wrong_password);
    EXPECT_EQ(refusal(attempt("broken", "$6$salt$hash")), Refusal::wrong_password);
}

TEST_F(FileProviderTest, MalformedIsRefusedWithoutHashing) {
    using namespace std::string_literals;
    const std::vector<std::pair<std::string, std::string>> attempts{
        {"acme", std::string(max_password_bytes + 1, 'x')},
        {"acme", "right\0"s},
        {"", "right"},
        {"../acme", "right"},
        {"acme\r\n", "right"},
        {std::string(max_user_bytes + 1, 'a'), "right"}};
    for (const auto& [user, password] : attempts) {
        const auto outcome = attempt(user, password);
        EXPECT_EQ(refusal(outcome), Refusal::malformed) << user;
        EXPECT_FALSE(outcome.hashed) << user;
    }
}

TEST_F(FileProviderTest, LongestPasswordIsHashed) {
    const auto outcome = attempt("acme", std::string(max_password_bytes, 'x'));
    EXPECT_EQ(refusal(outcome), Refusal::wrong_password);
    EXPECT_TRUE(outcome.hashed);
}

TEST_F(FileProviderTest, FullQueueRefusesAtOnce) {
    BlockingPool pool(1, 0);
    FileProvider provider(users_, pool, [] { return today; });
    Gate gate;
    boost::asio::io_context context;
    auto held = boost::asio::co_spawn(context, hold(pool, gate), boost::asio::use_future);
    const Attempt tried{"acme", Secret("right"), "192.0.2.1", "ftps"};
    auto verdict =
        boost::asio::co_spawn(context, provider.authenticate(tried), boost::asio::use_future);
    context.poll();
    EXPECT_EQ(verdict.wait_for(0s), std::future_status::ready);
    gate.open();
    context.run();
    EXPECT_TRUE(held.get());
    EXPECT_EQ(std::get<Refusal>(verdict.get()), Refusal::overloaded);
}

}  // namespace
}  // namespace sallyport::auth
