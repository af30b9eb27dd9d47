#include <gtest/gtest.h>

#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using storage::Error;
using test::Fields;
using test::Files;
using test::refusal;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxp = test::fxp;

/// A session that finds the files /a and /b and the directory /d.
class SftpNames : public testing::Test {
  protected:
    SftpNames() {
        EXPECT_TRUE(files_.store(test::to("/a"), "a"));
        EXPECT_TRUE(files_.store(test::to("/b"), "b"));
        EXPECT_TRUE(files_.mkdir("/d"));
    }
    /// The path of a NAME with one path, or the text of a STATUS.
    static std::string path_in(test::Answer answer) {
        if (answer.type != fxp::name) return answer.text();
        const auto names = answer.names();
        EXPECT_EQ(names.size(), 1U);
        EXPECT_EQ(names.at(0).name, names.at(0).line);
        EXPECT_EQ(names.at(0).attributes.flags, 0U);
        EXPECT_EQ(answer.rest, "");
        return names.at(0).name;
    }
    std::string realpath(std::string_view path) {
        return path_in(peer_.ask(fxp::realpath, Fields().str(path)));
    }
    std::string expand(std::string_view path) {
        return path_in(peer_.extended("expand-path@openssh.com", Fields().str(path)));
    }
    std::uint32_t rename(std::string_view from, std::string_view to) {
        return peer_.ask(fxp::rename, Fields().str(from).str(to)).code();
    }
    std::uint32_t posix_rename(std::string_view from, std::string_view to) {
        return peer_.extended("posix-rename@openssh.com", Fields().str(from).str(to)).code();
    }
    std::uint32_t remove(std::string_view path) {
        return peer_.ask(fxp::remove, Fields().str(path)).code();
    }

    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpNames, RealpathIsCanonical) {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", "/"},         {".", "/"},
        {"/", "/"},        {"..", "/"},
        {"a", "/a"},       {"/d/./../a", "/a"},
        {"d//x/", "/d/x"}, {"/nowhere/at all", "/nowhere/at all"},
        {"../../a", "/a"},
    };
    for (const auto& [path, canonical] : rows) EXPECT_EQ(realpath(path), canonical) << path;
}

TEST_F(SftpNames, RealpathOfWhatCannotBeIsRefused) {
    for (const auto& path : {std::string("a\0b", 3), std::string("\xff"), std::string(2000, 'a')}) {
        EXPECT_EQ(realpath(path), describe(Error::invalid_name));
    }
}

TEST_F(SftpNames, TildeIsTheHome) {
    EXPECT_EQ(expand("~"), "/");
    EXPECT_EQ(expand("~/"), "/");
    EXPECT_EQ(expand("~/d/x"), "/d/x");
    EXPECT_EQ(expand("~alice"), "/");
    EXPECT_EQ(expand("~alice/d"), "/d");
    EXPECT_EQ(expand("d/~"), "/d/~");
    EXPECT_EQ(expand("."), "/");
    EXPECT_EQ(expand(""), "/");
}

TEST_F(SftpNames, HomesOfOthersAreRefused) {
    EXPECT_EQ(peer_.extended("expand-path@openssh.com", Fields().str("~bob/x")).code(),
              fx::failure);
    EXPECT_EQ(peer_.extended("expand-path@openssh.com", Fields().str("~root")).code(), fx::failure);
    EXPECT_EQ(peer_.extended("home-directory", Fields().str("root")).code(), fx::failure);
}

TEST_F(SftpNames, HomeDirectoryIsTheRoot) {
    for (const auto* user : {"alice", ""}) {
        EXPECT_EQ(path_in(peer_.extended("home-directory", Fields().str(user))), "/") << user;
    }
}

TEST_F(SftpNames, RemoveIsForFiles) {
    EXPECT_EQ(remove("/a"), fx::ok);
    EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
    EXPECT_EQ(remove("/a"), fx::no_such_file);
    EXPECT_EQ(remove("/d"), fx::failure);
    EXPECT_EQ(remove("/\n"), fx::failure);
}

TEST_F(SftpNames, RemoveOfAPartialForgetsIt) {
    files_.leave_partial("/cut", "half");
    EXPECT_EQ(remove("/cut"), fx::ok);
    EXPECT_EQ(refusal(files_.stat("/cut")), Error::not_found);
}

TEST_F(SftpNames, RenameNeverReplaces) {
    EXPECT_EQ(rename("/a", "/b"), fx::failure);
    EXPECT_EQ(files_.read("/b").value(), "b");
    EXPECT_EQ(rename("/a", "/d/a"), fx::ok);
    EXPECT_EQ(files_.read("/d/a").value(), "a");
    EXPECT_EQ(rename("/d", "/e"), fx::ok);
    EXPECT_TRUE(files_.stat("/e/a"));
}

TEST_F(SftpNames, PosixRenameReplacesFiles) {
    EXPECT_EQ(posix_rename("/a", "/b"), fx::ok);
    EXPECT_EQ(files_.read("/b").value(), "a");
    EXPECT_EQ(refusal(files_.stat("/a")), Error::not_found);
    EXPECT_EQ(posix_rename("/b", "/d"), fx::failure);
    EXPECT_EQ(posix_rename("/d", "/b"), fx::failure);
}

TEST_F(SftpNames, RenamesThatCannotBe) {
    for (const auto& [from, to, code] :
         {std::tuple("/nowhere", "/c", fx::no_such_file),
          std::tuple("/a", "/x/c", fx::no_such_file), std::tuple("/d", "/d/d", fx::failure),
          std::tuple("/a", "/.sallyport", fx::failure),
          std::tuple("/.sallyport/x", "/c", fx::failure),
          std::tuple("/", "/c", fx::permission_denied)}) {
        EXPECT_EQ(rename(from, to), code) << from << " " << to;
        EXPECT_EQ(posix_rename(from, to), code) << from << " " << to;
    }
}

}  // namespace
}  // namespace sallyport::sftp
