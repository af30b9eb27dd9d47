#include <gtest/gtest.h>

#include "auth/file_provider.hpp"
#include "auth/password_hash.hpp"
#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using namespace std::chrono_literals;

constexpr auto today = std::chrono::sys_days(2027y / 6 / 30);

class ExposedPasswordTest : public testing::Test {
  protected:
    ExposedPasswordTest() {
        add("acme").password_hash = hash_;
        add("disabled").password_hash = hash_;
        users_->at("disabled").enabled = false;
        add("keys");
    }

    UserRecord& add(const std::string& name) {
        auto& user = users_->emplace(name, UserRecord{}).first->second;
        user.name = name;
        user.login = {{Method::password}};
        user.policy = std::make_shared<Policy>();
        return user;
    }

    ExposureAnswer judge(const std::string& user, std::string_view password) {
        const ExposedPassword exposed{user, Secret(password), "192.0.2.1", "ftps"};
        return run(provider().judge_exposed(exposed));
    }

    Verdict log_in(std::string_view password) {
        Attempt attempt{"acme", {}, "192.0.2.1", "ftps", {}};
        attempt.proofs.password.emplace(password);
        return run(provider().authenticate(attempt));
    }

    FileProvider& provider() {
        provider_ = std::make_unique<FileProvider>(
            users_, pool_, codes_, [] { return today; }, locks_);
        return *provider_;
    }

    const std::string hash_ = hash_password(Secret("right"));
    BlockingPool pool_{1};
    CodeChecker codes_;
    std::shared_ptr<UserTable> users_ = std::make_shared<UserTable>();
    std::shared_ptr<PasswordLocks> locks_ = std::make_shared<PasswordLocks>();
    std::unique_ptr<FileProvider> provider_;
};

TEST_F(ExposedPasswordTest, RightOneIsBurnedAndTellsADigestOfItsHash) {
    EXPECT_EQ(std::get<Burned>(judge("acme", "right")).hash_digest,
              PasswordLocks::digest_of(hash_));
}

TEST_F(ExposedPasswordTest, RightOneOfAUserWhoCannotLogInIsBurnedToo) {
    EXPECT_TRUE(std::holds_alternative<Burned>(judge("disabled", "right")));
}

TEST_F(ExposedPasswordTest, CodeBehindItIsNoPartOfIt) {
    users_->at("acme").login = {{Method::publickey, Method::password},
                                {Method::password, Method::totp}};
    EXPECT_TRUE(std::holds_alternative<Burned>(judge("acme", "right123456")));
    EXPECT_TRUE(std::holds_alternative<Burned>(judge("acme", "right")));
    EXPECT_FALSE(std::holds_alternative<Burned>(judge("acme", "right12345")));
    users_->at("acme").login = {{Method::password}};
    EXPECT_FALSE(std::holds_alternative<Burned>(judge("acme", "right123456")));
}

TEST_F(ExposedPasswordTest, EverythingElseIsNot) {
    EXPECT_EQ(std::get<Refusal>(judge("acme", "wrong")), Refusal::wrong_password);
    EXPECT_EQ(std::get<Refusal>(judge("keys", "right")), Refusal::wrong_password);
    EXPECT_EQ(std::get<Refusal>(judge("../acme", "right")), Refusal::malformed);
    EXPECT_EQ(std::get<Refusal>(judge("acme", std::string(max_password_bytes + 1, 'x'))),
              Refusal::malformed);
    EXPECT_TRUE(std::holds_alternative<DontKnow>(judge("nobody", "right")));
}

TEST_F(ExposedPasswordTest, LockedOneLogsNobodyIn) {
    EXPECT_TRUE(std::holds_alternative<Principal>(log_in("right")));
    locks_->add({"acme", PasswordLocks::digest_of(hash_)});
    EXPECT_EQ(std::get<Refusal>(log_in("right")), Refusal::exposed);
    EXPECT_EQ(std::get<Refusal>(log_in("wrong")), Refusal::wrong_password);
}

TEST_F(ExposedPasswordTest, AnotherHashUnlocksAndTheOldOneLocksAgain) {
    locks_->add({"acme", PasswordLocks::digest_of(hash_)});
    users_->at("acme").password_hash = hash_password(Secret("new"));
    EXPECT_TRUE(std::holds_alternative<Principal>(log_in("new")));
    users_->at("acme").password_hash = hash_;
    EXPECT_EQ(std::get<Refusal>(log_in("right")), Refusal::exposed);
}

TEST_F(ExposedPasswordTest, LockedOneIsNoPartOfALoginEither) {
    users_->at("acme").login = {{Method::password, Method::totp}};
    EXPECT_TRUE(std::holds_alternative<Partial>(log_in("right")));
    locks_->add({"acme", PasswordLocks::digest_of(hash_)});
    EXPECT_EQ(std::get<Refusal>(log_in("right")), Refusal::exposed);
}

TEST_F(ExposedPasswordTest, LocksOfOthersDoNotMatter) {
    locks_->add({"other", PasswordLocks::digest_of(hash_)});
    EXPECT_TRUE(std::holds_alternative<Principal>(log_in("right")));
}

TEST_F(ExposedPasswordTest, WithoutLocksNothingIsLocked) {
    locks_ = nullptr;
    EXPECT_TRUE(std::holds_alternative<Principal>(log_in("right")));
}

}  // namespace
}  // namespace sallyport::auth
