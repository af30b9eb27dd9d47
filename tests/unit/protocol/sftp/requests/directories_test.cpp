#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "protocol/sftp/limits.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;
using test::Files;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxf = test::fxf;
namespace fxp = test::fxp;

class SftpDirectories : public testing::Test {
  protected:
    test::Answer readdir(std::string_view handle) {
        return peer_.ask(fxp::readdir, Fields().str(handle));
    }
    /// Everything up to the end of the directory.
    std::vector<test::SeenName> list(std::string_view path) {
        const auto handle = peer_.opendir(path);
        std::vector<test::SeenName> all;
        for (auto answer = readdir(handle); answer.code() != fx::eof; answer = readdir(handle)) {
            if (answer.type != fxp::name) {
                ADD_FAILURE() << answer.text();
                break;
            }
            EXPECT_LT(answer.rest.size(), max_name_answer_bytes - 9);
            for (auto& each : answer.names()) all.push_back(std::move(each));
        }
        EXPECT_EQ(peer_.close(handle), fx::ok);
        return all;
    }
    std::uint32_t mkdir(std::string_view path) {
        return peer_.ask(fxp::mkdir, Fields().str(path).u32(4).u32(0777)).code();
    }
    std::uint32_t rmdir(std::string_view path) {
        return peer_.ask(fxp::rmdir, Fields().str(path)).code();
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpDirectories, ListsNamesLinesAndAttributes) {
    using namespace std::chrono;
    ASSERT_TRUE(files_.store(test::to("/a b.csv"), "12345"));
    ASSERT_TRUE(files_.set(
        "/a b.csv",
        {.modified = sys_days(year(2024) / 3 / 5) + hours(9) + minutes(7), .mode = 0640}));
    const auto names = list("/");
    ASSERT_EQ(names.size(), 3U);
    EXPECT_EQ(names[0].name, ".");
    EXPECT_EQ(names[1].name, "..");
    EXPECT_EQ(names[2].name, "a b.csv");
    EXPECT_EQ(names[2].line, "-rw-r----- 1 alice alice            5 Mar  5 09:07 a b.csv");
    EXPECT_EQ(names[2].attributes.size, 5U);
    EXPECT_EQ(names[2].attributes.mode, 0100640U);
    for (const auto& dot : {names[0], names[1]}) {
        EXPECT_EQ(dot.attributes.mode & 0170000U, 0040000U);
        EXPECT_EQ(dot.line.front(), 'd');
    }
}

TEST_F(SftpDirectories, EmptyDirectoryHasItsDotsOnce) {
    ASSERT_TRUE(files_.mkdir("/d"));
    ASSERT_TRUE(
        files_.set("/d", {.modified = storage::FileTime(std::chrono::seconds(77)), .mode = 0750}));
    const auto names = list("/d");
    ASSERT_EQ(names.size(), 2U);
    EXPECT_EQ(names[0].attributes.modified, 77U);
}

TEST_F(SftpDirectories, EndOfDirectoryIsRepeated) {
    const auto handle = peer_.opendir("/");
    EXPECT_EQ(readdir(handle).type, fxp::name);
    EXPECT_EQ(readdir(handle).code(), fx::eof);
    EXPECT_EQ(readdir(handle).code(), fx::eof);
}

TEST_F(SftpDirectories, ManyLongNamesComeInBoundedAnswers) {
    ASSERT_TRUE(files_.mkdir("/d"));
    std::set<std::string> expected{".", ".."};
    for (int i = 0; i < 300; ++i) {
        const auto name = fmt::format("{:0>{}}", i, storage::max_component_bytes);
        ASSERT_TRUE(files_.store(test::to("/d/" + name), ""));
        expected.insert(name);
    }
    std::set<std::string> seen;
    for (const auto& each : list("/d")) EXPECT_TRUE(seen.insert(each.name).second);
    EXPECT_EQ(seen, expected);
}

TEST_F(SftpDirectories, OnlyDirectoriesAreListed) {
    ASSERT_TRUE(files_.store(test::to("/a"), ""));
    for (const auto* path : {"/a", "/nowhere"}) {
        EXPECT_EQ(peer_.ask(fxp::opendir, Fields().str(path)).code(), fx::no_such_file) << path;
    }
    EXPECT_EQ(peer_.ask(fxp::opendir, Fields().str("/\xff")).code(), fx::failure);
    EXPECT_EQ(readdir(peer_.open("/a", fxf::read)).code(), fx::permission_denied);
    EXPECT_EQ(readdir("12345678").code(), fx::failure);
}

TEST_F(SftpDirectories, UserNamesThatAreNoWordAreShownAsNumbers) {
    for (const std::string& user :
         {std::string(), std::string("two words"), std::string(max_owner_bytes + 1, 'u')}) {
        Session session({user, [] { return test::sftp_now; }});
        const auto ask = [&](unsigned type, const Fields& fields) {
            const auto bytes = test::as_bytes(fields.bytes());
            auto outcome =
                session.handle({static_cast<std::uint8_t>(type), {bytes.begin(), bytes.end()}});
            auto* const task = std::get_if<FileTask>(&outcome);
            const auto reply = task != nullptr ? test::run(task->run(*peer_.volume()))
                                               : std::get<Reply>(std::move(outcome));
            return test::Answer(
                {reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()});
        };
        static_cast<void>(ask(fxp::init, Fields().u32(3)));
        const auto handle = ask(fxp::opendir, Fields().u32(1).str("/")).str();
        const auto names = ask(fxp::readdir, Fields().u32(2).str(handle)).names();
        EXPECT_NE(names.at(0).line.find(" 1 1000 1000 "), std::string::npos) << names.at(0).line;
    }
}

TEST_F(SftpDirectories, MkdirAndRmdir) {
    EXPECT_EQ(mkdir("/d"), fx::ok);
    EXPECT_EQ(files_.stat("/d")->mode, 0750U);
    EXPECT_EQ(mkdir("/d"), fx::failure);
    EXPECT_EQ(mkdir("/nowhere/d"), fx::no_such_file);
    EXPECT_EQ(mkdir("/.sallyport"), fx::failure);
    ASSERT_TRUE(files_.store(test::to("/d/a"), ""));
    EXPECT_EQ(rmdir("/d"), fx::failure);
    EXPECT_EQ(rmdir("/d/a"), fx::no_such_file);
    ASSERT_TRUE(files_.remove("/d/a"));
    EXPECT_EQ(rmdir("/d"), fx::ok);
    EXPECT_EQ(rmdir("/d"), fx::no_such_file);
}

}  // namespace
}  // namespace sallyport::sftp
