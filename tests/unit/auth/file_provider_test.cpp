#include "auth/file_provider.hpp"

#include <gtest/gtest.h>

#include <boost/asio/use_future.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "auth/password_hash.hpp"
#include "tests/support/public_keys.hpp"
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
        for (const std::string name : {"acme", "disabled", "expired", "fresh"}) {
            users_->at(name).ssh_keys = {first_key_, second_key_};
        }
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
        return attempt({user, Secret(password), "192.0.2.1", "ftps"});
    }

    /// The same with a key that the client has proved to hold.
    Outcome attempt(const std::string& user, const PublicKey& key) {
        return attempt({user, key, "192.0.2.1", "sftp"});
    }

    Outcome attempt(const Attempt& tried) {
        BlockingPool pool(1, with_room);
        FileProvider provider(users_, pool, [] { return today; });
        Gate gate;
        boost::asio::io_context context;
        auto held = boost::asio::co_spawn(context, hold(pool, gate), boost::asio::use_future);
        auto verdict =
            boost::asio::co_spawn(context, provider.authenticate(tried), boost::asio::use_future);
        context.poll();
        const std::size_t jobs = pool.busy() - 1;
        gate.open();
        context.run();
        held.get();
        return {verdict.get(), jobs == 1};
    }

    KeyAnswer offer(const std::string& user, const PublicKey& key) {
        BlockingPool pool(1, with_room);
        FileProvider provider(users_, pool, [] { return today; });
        const KeyOffer offered{user, key, "192.0.2.1"};
        const auto answer = run(provider.judge_key(offered));
        EXPECT_EQ(run(provider.accepts_key(offered)), answer == KeyAnswer::accepted);
        return answer;
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

    const PublicKey first_key_ = parse_public_key(test::ed25519.line).value();
    const PublicKey second_key_ = parse_public_key(test::ecdsa256.line).value();
    const PublicKey foreign_key_ = parse_public_key(test::other_ed25519.line).value();
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

TEST_F(FileProviderTest, EachKeyOfTheUserYieldsThePrincipalWithoutHashing) {
    for (const auto& key : {first_key_, second_key_}) {
        const auto outcome = attempt("acme", key);
        ASSERT_TRUE(std::holds_alternative<Principal>(outcome.verdict)) << key.type;
        EXPECT_EQ(std::get<Principal>(outcome.verdict).user, "acme");
        EXPECT_EQ(std::get<Principal>(outcome.verdict).home, "acme-home");
        EXPECT_EQ(std::get<Principal>(outcome.verdict).policy, policy_);
        EXPECT_FALSE(outcome.hashed);
        EXPECT_EQ(offer("acme", key), KeyAnswer::accepted);
    }
}

TEST_F(FileProviderTest, KeyThatIsNotTheUsersIsRefused) {
    PublicKey longer = first_key_;
    longer.blob += '\0';
    PublicKey shorter = first_key_;
    shorter.blob.pop_back();
    for (const auto& key : {foreign_key_, longer, shorter, PublicKey{first_key_.type, ""}}) {
        EXPECT_EQ(refusal(attempt("acme", key)), Refusal::wrong_key);
        EXPECT_EQ(offer("acme", key), KeyAnswer::refused);
    }
    for (const std::string user : {"keyless", "broken"}) {
        EXPECT_EQ(refusal(attempt(user, first_key_)), Refusal::wrong_key);
        EXPECT_EQ(offer(user, first_key_), KeyAnswer::refused);
    }
}

TEST_F(FileProviderTest, KeyOfSomebodyElseIsRefused) {
    add("other", "").ssh_keys = {foreign_key_};
    EXPECT_EQ(refusal(attempt("acme", foreign_key_)), Refusal::wrong_key);
    EXPECT_EQ(refusal(attempt("other", first_key_)), Refusal::wrong_key);
    EXPECT_EQ(offer("other", first_key_), KeyAnswer::refused);
}

TEST_F(FileProviderTest, KeyOfADisabledOrExpiredUserIsRefused) {
    EXPECT_EQ(refusal(attempt("disabled", first_key_)), Refusal::disabled);
    EXPECT_EQ(offer("disabled", first_key_), KeyAnswer::refused);
    EXPECT_EQ(refusal(attempt("expired", first_key_)), Refusal::expired);
    EXPECT_EQ(offer("expired", first_key_), KeyAnswer::refused);
    EXPECT_EQ(offer("fresh", first_key_), KeyAnswer::accepted);
}

TEST_F(FileProviderTest, KeyOfAnUnknownUserIsLeftToTheNextProvider) {
    EXPECT_TRUE(std::holds_alternative<DontKnow>(attempt("nobody", first_key_).verdict));
    EXPECT_EQ(offer("nobody", first_key_), KeyAnswer::dont_know);
    EXPECT_EQ(refusal(attempt("../acme", first_key_)), Refusal::malformed);
    EXPECT_EQ(offer("../acme", first_key_), KeyAnswer::dont_know);
}

TEST_F(FileProviderTest, PasswordLogsInAUserWithKeysToo) {
    EXPECT_TRUE(std::holds_alternative<Principal>(attempt("acme", "right").verdict));
}

}  // namespace
}  // namespace sallyport::auth
