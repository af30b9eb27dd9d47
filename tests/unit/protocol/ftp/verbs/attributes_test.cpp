#include <gtest/gtest.h>

#include "protocol/ftp/time_value.hpp"
#include "tests/support/secure_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::ftp {
namespace {

using test::Files;
using test::script;

class Attributes : public testing::Test {
  protected:
    Attributes() {
        EXPECT_TRUE(files_.store(test::to("/a"), "abc"));
        EXPECT_TRUE(files_.store(test::to("/a b"), "abc"));
    }
    [[nodiscard]] std::string changed(std::string_view name) const {
        return format_time(files_.stat(name).value().modified);
    }
    [[nodiscard]] std::uint32_t mode(std::string_view name) const {
        return files_.stat(name).value().mode;
    }

    test::LoggedInPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(Attributes, MfmtSetsTheTime) {
    script()
        .then({{"MFMT 20200229010203 a", 213, "Modify=20200229010203; /a"},
               {"MFMT 20200229010203 a b", 213, "/a b"},
               {"MDTM a b", 213, "20200229010203"}})
        .check(peer_);
    EXPECT_EQ(changed("/a"), "20200229010203");
}

TEST_F(Attributes, MfmtRefusals) {
    const auto before = changed("/a");
    script()
        .then({{"MFMT 20210229010203 a", 501},
               {"MFMT 2020 a", 501},
               {"MFMT yesterday a", 501},
               {"MFMT 20200229010203", 501},
               {"MFMT a", 501},
               {"MFMT", 501},
               {"MFMT 20200229010203 nowhere", 550},
               {"MFMT 20200229010203 .sallyport", 553}})
        .check(peer_);
    EXPECT_EQ(changed("/a"), before);
}

TEST_F(Attributes, MffSetsFacts) {
    script()
        .then({{"MFF Modify=20200229010203; a", 213, "Modify=20200229010203; /a"},
               {"MFF UNIX.mode=600; a", 213, "UNIX.mode=0600; /a"},
               {"mff modify=20210101000000;unix.MODE=0640; a b", 213,
                "Modify=20210101000000;UNIX.mode=0640; /a b"}})
        .check(peer_);
    EXPECT_EQ(changed("/a"), "20200229010203");
    EXPECT_EQ(mode("/a"), 0600U);
    EXPECT_EQ(changed("/a b"), "20210101000000");
    EXPECT_EQ(mode("/a b"), 0640U);
}

TEST_F(Attributes, MffChangesAllOrNothing) {
    const auto before = changed("/a");
    script()
        .then({{"MFF Modify=20200229010203;Owner=root; a", 504},
               {"MFF Modify=20200229010203;UNIX.mode=9; a", 504},
               {"MFF Modify=20210229010203; a", 504},
               {"MFF Modify; a", 504},
               {"MFF ; a", 504},
               {"MFF Modify=20200229010203;; a", 504},
               {"MFF Modify=20200229010203 a", 501},
               {"MFF a", 501},
               {"MFF", 501},
               {"MFF Modify=20200229010203; nowhere", 550}})
        .check(peer_);
    EXPECT_EQ(changed("/a"), before);
}

TEST_F(Attributes, SetIdBitsNeverArrive) {
    script()
        .then({{"SITE CHMOD 4755 a", 200}, {"MFF UNIX.mode=7644; a b", 213, "UNIX.mode=0644;"}})
        .check(peer_);
    EXPECT_EQ(mode("/a"), 0755U);
    EXPECT_EQ(mode("/a b"), 0644U);
}

TEST_F(Attributes, SiteChmod) {
    script()
        .then({{"SITE CHMOD 600 a", 200},
               {"site chmod 0640 a b", 200},
               {"SITE CHMOD 8 a", 501},
               {"SITE CHMOD 77777 a", 501},
               {"SITE CHMOD u+x a", 501},
               {"SITE CHMOD -1 a", 501},
               {"SITE CHMOD 600", 501},
               {"SITE CHMOD", 501},
               {"SITE CHMOD 600 nowhere", 550}})
        .check(peer_);
    EXPECT_EQ(mode("/a"), 0600U);
    EXPECT_EQ(mode("/a b"), 0640U);
}

TEST_F(Attributes, SiteUtimeTakesBothForms) {
    script().client("SITE UTIME 202002290102 a b").server(200).check(peer_);
    EXPECT_EQ(changed("/a b"), "20200229010200");
    script().client("SITE UTIME 20200229010203 a b").server(200).check(peer_);
    EXPECT_EQ(changed("/a b"), "20200229010203");
    script()
        .client("SITE UTIME a b 20210101000001 20210101000002 20210101000003 UTC")
        .server(200)
        .check(peer_);
    EXPECT_EQ(changed("/a b"), "20210101000002");
    script()
        .then({{"SITE UTIME 20210229010203 a", 501},
               {"SITE UTIME 20200229010203", 501},
               {"SITE UTIME a 1 2 3 UTC", 501},
               {"SITE UTIME", 501},
               {"SITE UTIME 20200229010203 nowhere", 550}})
        .check(peer_);
}

TEST_F(Attributes, SiteHelpNamesWhatThereIs) {
    script()
        .then({{"SITE HELP", 214, "CHMOD"},
               {"site help", 214, "UTIME"},
               {"SITE EXEC id", 504},
               {"SITE CPFR a", 504},
               {"SITE", 501}})
        .check(peer_);
}

}  // namespace
}  // namespace sallyport::ftp
