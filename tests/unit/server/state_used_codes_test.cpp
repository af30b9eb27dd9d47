#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "server/state/used_codes.hpp"
#include "tests/support/run.hpp"
#include "tests/unit/server/recorder.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::server::state {
namespace {

using auth::CodeVerdict;
using test::run;

class UsedCodesTest : public testing::Test {
  protected:
    std::variant<std::unique_ptr<UsedCodes>, std::string> open() {
        return UsedCodes::open(folder_, files_, recorder_, [this] { return now_; });
    }
    std::unique_ptr<UsedCodes> opened() { return std::get<0>(open()); }

    /// As a login does it.
    CodeVerdict use(UsedCodes& codes, const std::string& user, std::chrono::sys_seconds of) {
        return run(codes.checker().use(user, secret_, auth::totp_code(secret_, of), now_));
    }

    [[nodiscard]] bool is_damaged(const std::string& text) {
        std::filesystem::create_directories(folder_);
        test::write_file(file_, text);
        return std::holds_alternative<std::string>(open());
    }

    test::TemporaryDirectory directory_;
    std::filesystem::path folder_ = directory_.path() / "state";
    const std::filesystem::path file_ = folder_ / "used-codes.json";
    BlockingPool files_{4};
    events::Recorder recorder_;
    const auth::Secret secret_{"12345678901234567890"};
    std::chrono::sys_seconds now_{std::chrono::seconds(1'234'567'890)};
};

TEST_F(UsedCodesTest, CodeIsUsedUpForTheNextProcess) {
    EXPECT_EQ(use(*opened(), "acme", now_), CodeVerdict::accepted);
    const auto next = opened();
    EXPECT_EQ(use(*next, "acme", now_), CodeVerdict::used);
    EXPECT_EQ(use(*next, "acme", now_ - auth::totp_step), CodeVerdict::used);
    EXPECT_EQ(use(*next, "acme", now_ + auth::totp_step), CodeVerdict::accepted);
    EXPECT_EQ(use(*next, "other", now_), CodeVerdict::accepted);
}

TEST_F(UsedCodesTest, WhatOthersHaveUsedIsKeptBesideIt) {
    const auto codes = opened();
    for (const std::string user : {"acme", "b@example.com", "c"}) use(*codes, user, now_);
    const auto next = opened();
    for (const std::string user : {"acme", "b@example.com", "c"}) {
        EXPECT_EQ(use(*next, user, now_), CodeVerdict::used) << user;
    }
}

TEST_F(UsedCodesTest, CodeIsUsedUpForAProcessBesideThisOne) {
    const auto one = opened();
    const auto other = opened();
    EXPECT_EQ(use(*one, "acme", now_), CodeVerdict::accepted);
    EXPECT_EQ(use(*other, "acme", now_), CodeVerdict::used);
    EXPECT_EQ(use(*other, "acme", now_ + auth::totp_step), CodeVerdict::accepted);
    EXPECT_EQ(use(*one, "acme", now_ + auth::totp_step), CodeVerdict::used);
}

TEST_F(UsedCodesTest, ProcessesSideBySideLoseNothingOfEachOther) {
    const auto one = opened();
    const auto other = opened();
    use(*one, "acme", now_);
    use(*other, "beta", now_);
    use(*one, "gamma", now_);
    const auto next = opened();
    for (const std::string user : {"acme", "beta", "gamma"}) {
        EXPECT_EQ(use(*next, user, now_), CodeVerdict::used) << user;
    }
}

TEST_F(UsedCodesTest, OfManyProcessesAtOnceOneAcceptsTheCode) {
    std::vector<std::unique_ptr<UsedCodes>> processes;
    for (int i = 0; i < 8; ++i) processes.push_back(opened());
    std::atomic<int> accepted{0};
    std::vector<std::thread> threads;
    for (const auto& each : processes) {
        threads.emplace_back([&] {
            if (use(*each, "acme", now_) == CodeVerdict::accepted) ++accepted;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, 1);
}

TEST_F(UsedCodesTest, FileIsForPeopleToReadAndForNobodyElse) {
    use(*opened(), "acme", now_);
    EXPECT_EQ(test::read_file(file_),
              "{\"version\":1,\"used\":[{\"user\":\"acme\",\"step\":41152263}]}\n");
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(test::count_below(directory_.path()), 2U);
}

TEST_F(UsedCodesTest, WhatNoCodeCanBeRightForAnyMoreIsForgotten) {
    const auto codes = opened();
    use(*codes, "early", now_);
    now_ += 3 * auth::totp_step;
    use(*codes, "late", now_);
    EXPECT_EQ(test::read_file(file_).find("early"), std::string::npos);
    EXPECT_NE(test::read_file(file_).find("late"), std::string::npos);
}

TEST_F(UsedCodesTest, WithoutAFolderNothingOutlastsTheProcess) {
    folder_.clear();
    EXPECT_EQ(use(*opened(), "acme", now_), CodeVerdict::accepted);
    EXPECT_EQ(use(*opened(), "acme", now_), CodeVerdict::accepted);
    EXPECT_EQ(recorder_.text_, "");
}

TEST_F(UsedCodesTest, WhatCannotBeWrittenDownIsReportedAndUsedUpAllTheSame) {
    const auto codes = opened();
    test::write_file(folder_, "no folder");
    EXPECT_EQ(use(*codes, "acme", now_), CodeVerdict::accepted);
    EXPECT_EQ(use(*codes, "acme", now_), CodeVerdict::used);
    EXPECT_TRUE(recorder_.text_.starts_with("auth.codes_unkept reason=")) << recorder_.text_;
}

TEST_F(UsedCodesTest, WhatCouldNotBeWrittenDownIsWithTheNext) {
    const auto codes = opened();
    test::write_file(folder_, "no folder");
    use(*codes, "acme", now_);
    std::filesystem::remove(folder_);
    use(*codes, "beta", now_);
    EXPECT_EQ(use(*opened(), "acme", now_), CodeVerdict::used);
}

TEST_F(UsedCodesTest, NothingButWholeFilesIsRead) {
    const std::string entry = R"({"user":"acme","step":1})";
    EXPECT_FALSE(is_damaged(R"({"version":1,"used":[)" + entry + "]}"));
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
          R"({"version":2,"used":[)" + entry + "]}", std::string(R"({"version":1,"used":{}})"),
          R"({"version":1,"used":[)" + entry + ",1]}",
          R"({"version":1,"used":[)" + entry + "," + entry + "]}",
          std::string(R"({"version":1,"used":[{"user":"../acme","step":1}]})"),
          std::string(R"({"version":1,"used":[{"user":"acme","step":"1"}]})")}) {
        EXPECT_TRUE(is_damaged(text)) << text;
    }
}

}  // namespace
}  // namespace sallyport::server::state
