#include <gtest/gtest.h>

#include "server/exposure/exposed_passwords.hpp"
#include "server/exposure/lock_file.hpp"
#include "server/net/wait.hpp"
#include "tests/support/run.hpp"
#include "tests/unit/server/recorder.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::server::exposure {
namespace {

using auth::ExposureAnswer;
using config::OnExposedPassword;

const std::string digest(64, 'a');

/// Answers when it is told to.
class Slow final : public auth::Authenticator {
  public:
    Slow(boost::asio::io_context& loop, ExposureAnswer answer)
        : loop_(loop), answer_(std::move(answer)) {}
    Async<auth::Verdict> authenticate(const auth::Attempt&) override { co_return auth::DontKnow{}; }
    Async<auth::KeyAnswer> judge_key(const auth::KeyOffer&) override { co_return auth::DontKnow{}; }
    Async<ExposureAnswer> judge_exposed(const auth::ExposedPassword&) override {
        ++asked;
        co_await boost::asio::post(loop_, boost::asio::use_awaitable);
        co_return answer_;
    }
    int asked = 0;

  private:
    boost::asio::io_context& loop_;
    ExposureAnswer answer_;
};

class ExposedPasswordsTest : public testing::Test {
  protected:
    std::shared_ptr<ExposedPasswords> opened(const std::filesystem::path& folder) {
        return std::get<0>(ExposedPasswords::open(folder, files_));
    }

    /// `count` checks at once; the number of them that the provider was asked about.
    int check(const std::shared_ptr<ExposedPasswords>& exposed, ExposureAnswer answer,
              OnExposedPassword policy, int count = 1) {
        boost::asio::io_context loop(1);
        const auto provider = std::make_shared<Slow>(loop, std::move(answer));
        for (int i = 0; i < count; ++i) {
            auth::ExposedPassword password{"acme", auth::Secret("hunter2"), "192.0.2.1", "ftps"};
            boost::asio::co_spawn(loop,
                                  exposed->check(provider, policy, std::move(password), events_),
                                  [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
        }
        loop.run();
        return provider->asked;
    }

    test::TemporaryDirectory directory_;
    const std::filesystem::path folder_ = directory_.path() / "state";
    BlockingPool files_{2};
    events::Recorder sink_;
    events::SessionEvents events_{sink_, "s", "ftps", "192.0.2.1"};
};

TEST_F(ExposedPasswordsTest, RightOneIsReportedWithUserAndAddress) {
    const auto exposed = opened(folder_);
    check(exposed, auth::Burned{digest}, OnExposedPassword::report);
    EXPECT_EQ(sink_.text_,
              "credential.exposed session=s protocol=ftps address=192.0.2.1 user=acme locked");
    EXPECT_TRUE(exposed->locks()->all().empty());
}

TEST_F(ExposedPasswordsTest, WrongOneIsNotReported) {
    check(opened(folder_), auth::Refusal::wrong_password, OnExposedPassword::lock);
    EXPECT_EQ(sink_.text_, "");
    EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(ExposedPasswordsTest, LockedOneIsRememberedByTheNextServer) {
    check(opened(folder_), auth::Burned{digest}, OnExposedPassword::lock);
    const std::vector<auth::PasswordLocks::Lock> expected{{"acme", digest}};
    EXPECT_EQ(opened(folder_)->locks()->all(), expected);
    EXPECT_EQ(test::read_file(folder_ / "exposed-passwords.json").find("hunter2"),
              std::string::npos);
}

TEST_F(ExposedPasswordsTest, ServerThatHandsOverAndTheNextOneLoseNoLockOfEachOther) {
    const std::string other(64, 'b');
    const auto before = opened(folder_);
    const auto next = opened(folder_);
    check(next, auth::Burned{digest}, OnExposedPassword::lock);
    check(before, auth::Burned{other}, OnExposedPassword::lock);
    const std::vector<auth::PasswordLocks::Lock> expected{{"acme", digest}, {"acme", other}};
    EXPECT_EQ(opened(folder_)->locks()->all(), expected);
    EXPECT_EQ(before->locks()->all(), expected);
}

TEST_F(ExposedPasswordsTest, OneWithoutAHashCannotBeLocked) {
    const auto exposed = opened(folder_);
    check(exposed, auth::Burned{}, OnExposedPassword::lock);
    EXPECT_TRUE(sink_.text_.starts_with("credential.exposed")) << sink_.text_;
    EXPECT_TRUE(exposed->locks()->all().empty());
}

TEST_F(ExposedPasswordsTest, LockThatCannotBeWrittenHoldsAllTheSameAndIsReported) {
    test::write_file(folder_, "no folder");
    const auto exposed = opened({});
    check(exposed, auth::Burned{digest}, OnExposedPassword::lock);
    EXPECT_TRUE(sink_.text_.starts_with("credential.lock_failed")) << sink_.text_;
    EXPECT_EQ(exposed->locks()->all().size(), 1U);
}

TEST_F(ExposedPasswordsTest, FloodIsCheckedInPartAndTheRestIsCounted) {
    const auto exposed = opened(folder_);
    const int checked =
        check(exposed, auth::Refusal::wrong_password, OnExposedPassword::lock, 1000);
    EXPECT_EQ(checked, static_cast<int>(max_checks));
    EXPECT_EQ(sink_.text_, "credential.unchecked session=s protocol=ftps address=192.0.2.1 count");
    sink_.text_.clear();
    EXPECT_EQ(check(exposed, auth::Refusal::wrong_password, OnExposedPassword::lock), 1);
    EXPECT_EQ(sink_.text_, "");
}

TEST_F(ExposedPasswordsTest, OneThatWasNotLookedAtIsCounted) {
    for (const auto refusal : {auth::Refusal::overloaded, auth::Refusal::failed}) {
        sink_.text_.clear();
        check(opened(folder_), refusal, OnExposedPassword::lock);
        EXPECT_TRUE(sink_.text_.starts_with("credential.unchecked")) << sink_.text_;
    }
}

TEST_F(ExposedPasswordsTest, DamagedFileIsNotTakenForAnEmptyOne) {
    std::filesystem::create_directory(folder_);
    test::write_file(folder_ / "exposed-passwords.json", "{");
    EXPECT_TRUE(std::holds_alternative<std::string>(ExposedPasswords::open(folder_, files_)));
}

}  // namespace
}  // namespace sallyport::server::exposure
