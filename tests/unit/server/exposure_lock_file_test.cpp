#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "server/exposure/lock_file.hpp"
#include "tests/unit/storage/temporary_directory.hpp"

namespace sallyport::server::exposure {
namespace {

using Lock = auth::PasswordLocks::Lock;
using Locks = std::vector<Lock>;

const std::string digest(64, 'a');

class LockFileTest : public testing::Test {
  protected:
    [[nodiscard]] Locks locks() const { return std::get<Locks>(read_locks(file_)); }
    void add(const std::string& user) { ASSERT_EQ(add_locks(file_, {{user, digest}}).index(), 0U); }
    [[nodiscard]] bool is_damaged(const std::string& text) const {
        std::filesystem::create_directories(file_.parent_path());
        test::write_file(file_, text);
        return std::holds_alternative<std::string>(read_locks(file_));
    }

    test::TemporaryDirectory directory_;
    const std::filesystem::path file_ = directory_.path() / "state" / "locks.json";
};

TEST_F(LockFileTest, NoFileIsNoLocks) {
    EXPECT_TRUE(locks().empty());
}

TEST_F(LockFileTest, WhatIsWrittenIsRead) {
    const Locks written{{"acme", digest}, {"b@example.com", std::string(64, '0')}};
    EXPECT_EQ(std::get<Locks>(add_locks(file_, written)), written);
    EXPECT_EQ(locks(), written);
}

TEST_F(LockFileTest, IsForPeopleToReadAndForNobodyElse) {
    add("acme");
    EXPECT_EQ(
        test::read_file(file_),
        "{\"version\":1,\"locked\":[{\"user\":\"acme\",\"hash_sha256\":\"" + digest + "\"}]}\n");
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    ASSERT_EQ(::stat(file_.parent_path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(LockFileTest, LeavesNothingElseBehind) {
    add("acme");
    add("beta");
    EXPECT_EQ(test::count_below(directory_.path()), 2U);
}

TEST_F(LockFileTest, WhatCannotBeWrittenSaysWhyAndLosesNothing) {
    add("acme");
    std::filesystem::create_directories(file_.native() + ".new/in the way");
    const auto failed = add_locks(file_, {{"beta", digest}});
    ASSERT_EQ(failed.index(), 1U);
    EXPECT_NE(std::get<std::string>(failed).find(file_.native()), std::string::npos);
    EXPECT_EQ(locks(), (Locks{{"acme", digest}}));
}

TEST_F(LockFileTest, WhatIsAddedIsBesideWhatWasThere) {
    const Lock acme{"acme", digest};
    const Lock beta{"beta", digest};
    EXPECT_EQ(std::get<Locks>(add_locks(file_, {beta})), Locks{beta});
    EXPECT_EQ(std::get<Locks>(add_locks(file_, {acme, beta})), (Locks{acme, beta}));
    EXPECT_EQ(std::get<Locks>(add_locks(file_, {})), (Locks{acme, beta}));
    EXPECT_EQ(locks(), (Locks{acme, beta}));
    EXPECT_EQ(test::count_below(directory_.path()), 2U);
}

TEST_F(LockFileTest, ManyWhoAddAtOnceLoseNothing) {
    constexpr int writers = 4;
    constexpr int rounds = 10;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < writers; ++writer) {
        threads.emplace_back([this, writer] {
            for (int round = 0; round < rounds; ++round) {
                const std::string user = fmt::format("user-{}-{}", writer, round);
                EXPECT_EQ(add_locks(file_, {{user, digest}}).index(), 0U);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(locks().size(), std::size_t{writers * rounds});
}

TEST_F(LockFileTest, NothingIsAddedToADamagedFile) {
    ASSERT_TRUE(is_damaged("{"));
    EXPECT_EQ(add_locks(file_, {{"acme", digest}}).index(), 1U);
    EXPECT_EQ(test::read_file(file_), "{");
}

TEST_F(LockFileTest, NothingButWholeLocksIsRead) {
    const std::string entry = R"({"user":"acme","hash_sha256":")" + digest + "\"}";
    EXPECT_FALSE(is_damaged(R"({"version":1,"locked":[)" + entry + "]}"));
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("{}"),
          R"({"version":2,"locked":[)" + entry + "]}",
          R"({"version":1,"locked":{}})" + std::string(),
          R"({"version":1,"locked":[)" + entry + ",{}]}",
          std::string(R"({"version":1,"locked":[1]})"),
          std::string(R"({"version":1,"locked":[{"user":"acme","hash_sha256":"short"}]})"),
          R"({"version":1,"locked":[{"user":"../acme","hash_sha256":")" + digest + "\"}]}",
          R"({"version":1,"locked":[{"user":1,"hash_sha256":")" + digest + "\"}]}"}) {
        EXPECT_TRUE(is_damaged(text)) << text;
    }
}

TEST_F(LockFileTest, WhatIsNoFileIsNotRead) {
    std::filesystem::create_directories(file_);
    EXPECT_TRUE(std::holds_alternative<std::string>(read_locks(file_)));
}

}  // namespace
}  // namespace sallyport::server::exposure
