#include <gtest/gtest.h>

#include "tests/support/secure_peer.hpp"

namespace sallyport::ftp {
namespace {

using storage::UploadStart;
using test::LoggedInPeer;
using test::script;

/// What one transfer command asks for, after the commands before it.
template <class Kind>
Kind asked(std::initializer_list<test::Exchange> before, std::string_view line) {
    LoggedInPeer peer;
    script().then(before).then({{"EPSV", 229}, {line, 150}}).check(peer);
    const auto* found = peer.latest<Kind>();
    if (found == nullptr) {
        ADD_FAILURE() << line << " asks for something else";
        return {};
    }
    return *found;
}

TEST(Transfer, EveryKindNeedsAPassivePort) {
    for (const auto* line : {"STOR x", "APPE x", "STOU", "RETR x", "LIST", "NLST", "MLSD"}) {
        LoggedInPeer peer;
        script().client(line).server(425, "EPSV").check(peer);
        EXPECT_TRUE(peer.transfers.empty()) << line;
    }
}

TEST(Transfer, StorAppeAndRetrNeedAPath) {
    for (const auto* line : {"STOR", "APPE", "RETR", "STOR "}) {
        LoggedInPeer peer;
        script().then({{"EPSV", 229}, {line, 501}, {"STOR x", 150}}).check(peer);
    }
}

TEST(Transfer, NamesThatCannotBeAreRefused) {
    const std::string endless(storage::max_path_bytes + 1, 'a');
    const std::string wide(storage::max_component_bytes + 1, 'a');
    std::string deep;
    for (std::size_t i = 0; i <= storage::max_components; ++i) deep += "/a";
    for (const auto& name : {endless, wide, deep, std::string("a\x01"), std::string("\xc0\xaf"),
                             std::string(".sallyport"), std::string("a/.sallyport/b")}) {
        for (const auto* verb : {"STOR ", "APPE ", "STOU ", "RETR ", "LIST ", "NLST ", "MLSD "}) {
            LoggedInPeer peer;
            script().then({{"EPSV", 229}, {verb + name, 553}}).check(peer);
            EXPECT_TRUE(peer.transfers.empty()) << verb << name;
        }
    }
}

TEST(Transfer, StorIsAFreshUpload) {
    const auto receive = asked<Receive>({}, "STOR in/a b.csv");
    EXPECT_EQ(receive.request.path.str(), "/in/a b.csv");
    EXPECT_EQ(receive.request.start.kind, UploadStart::Kind::fresh);
    EXPECT_FALSE(receive.request.unique);
    EXPECT_FALSE(receive.ascii);
}

TEST(Transfer, PathsAreResolvedInTheDirectoryAndConfined) {
    EXPECT_EQ(asked<Receive>({{"MKD a", 257}, {"CWD a", 250}}, "STOR x").request.path.str(),
              "/a/x");
    EXPECT_EQ(asked<Receive>({{"MKD a", 257}, {"CWD a", 250}}, "STOR /x").request.path.str(), "/x");
    EXPECT_EQ(asked<Receive>({}, "STOR ../../etc/passwd").request.path.str(), "/etc/passwd");
    EXPECT_EQ(asked<Send>({}, "RETR a//./b/../c").path.str(), "/a/c");
}

TEST(Transfer, AppeGoesOnAtTheEnd) {
    const auto receive = asked<Receive>({}, "APPE x");
    EXPECT_EQ(receive.request.start.kind, UploadStart::Kind::at_end);
}

TEST(Transfer, StouChoosesAName) {
    const auto named = asked<Receive>({}, "STOU in/x.csv");
    EXPECT_TRUE(named.request.unique);
    EXPECT_EQ(named.request.path.str(), "/in/x.csv");
    const auto unnamed = asked<Receive>({}, "STOU");
    EXPECT_TRUE(unnamed.request.unique);
    EXPECT_FALSE(unnamed.request.path.is_root());
}

TEST(Transfer, TypeDecidesAboutConversion) {
    EXPECT_TRUE(asked<Receive>({{"TYPE A", 200}}, "STOR x").ascii);
    EXPECT_TRUE(asked<Send>({{"TYPE A", 200}}, "RETR x").ascii);
    EXPECT_FALSE(asked<Receive>({{"TYPE A", 200}, {"TYPE I", 200}}, "STOR x").ascii);
    EXPECT_FALSE(asked<Send>({}, "RETR x").ascii);
}

TEST(Transfer, RestMovesTheBeginning) {
    const auto receive = asked<Receive>({{"REST 10", 350}}, "STOR x");
    EXPECT_EQ(receive.request.start.kind, UploadStart::Kind::at_offset);
    EXPECT_EQ(receive.request.start.offset, 10U);
    EXPECT_EQ(asked<Send>({{"REST 10", 350}}, "RETR x").offset, 10U);
    EXPECT_EQ(asked<Send>({{"REST 10", 350}, {"REST 7", 350}}, "RETR x").offset, 7U);
    const auto again = asked<Receive>({{"REST 10", 350}, {"REST 0", 350}}, "STOR x");
    EXPECT_EQ(again.request.start.kind, UploadStart::Kind::fresh);
}

TEST(Transfer, RestIsUsedOnce) {
    for (const auto* first : {"STOR x", "RETR x", "LIST", "NLST", "MLSD", "APPE x"}) {
        LoggedInPeer peer;
        script()
            .then({{"REST 10", 350}, {"EPSV", 229}, {first, 150}, {"EPSV", 229}, {"RETR x", 150}})
            .check(peer);
        ASSERT_NE(peer.latest<Send>(), nullptr);
        EXPECT_EQ(peer.latest<Send>()->offset, 0U) << first;
    }
}

TEST(Transfer, RefusedTransferUsesRestUp) {
    LoggedInPeer peer;
    script().then({{"REST 10", 350}, {"STOR x", 425}, {"EPSV", 229}, {"STOR x", 150}}).check(peer);
    EXPECT_EQ(peer.latest<Receive>()->request.start.kind, UploadStart::Kind::fresh);
}

TEST(Transfer, AlloAnnouncesTheNextUploadOnly) {
    EXPECT_EQ(asked<Receive>({}, "STOR x").request.announced_size, 0U);
    EXPECT_EQ(asked<Receive>({{"ALLO 7", 200}}, "STOR x").request.announced_size, 7U);
    EXPECT_EQ(asked<Receive>({{"ALLO 7 R 80", 200}}, "STOU").request.announced_size, 7U);
    const auto later = asked<Receive>({{"ALLO 7", 200}, {"EPSV", 229}, {"STOR x", 150}}, "STOR y");
    EXPECT_EQ(later.request.announced_size, 0U);
}

TEST(Transfer, ResumingNeedsTypeImage) {
    LoggedInPeer peer;
    script()
        .then({{"TYPE A", 200},
               {"REST 10", 350},
               {"EPSV", 229},
               {"STOR x", 501, "TYPE I"},
               {"STOR x", 150}})
        .check(peer);
}

struct ListingRow {
    std::string_view line;
    std::string_view path;
    std::string_view pattern;
    std::string_view prefix;
};

TEST(Transfer, ListingsTakeOptionsAndPatterns) {
    const ListingRow rows[] = {
        {"NLST", "/a", "", ""},
        {"NLST -a", "/a", "", ""},
        {"NLST -la", "/a", "", ""},
        {"NLST -a -l", "/a", "", ""},
        {"NLST -la b", "/a/b", "", "b/"},
        {"NLST b", "/a/b", "", "b/"},
        {"NLST b/", "/a/b", "", "b/"},
        {"NLST b c", "/a/b c", "", "b c/"},
        {"NLST /", "/", "", "/"},
        {"NLST ..", "/", "", "../"},
        {"NLST *.csv", "/a", "*.csv", ""},
        {"NLST -l *.csv", "/a", "*.csv", ""},
        {"NLST b/?.csv", "/a/b", "?.csv", "b/"},
        {"NLST /b/*", "/b", "*", "/b/"},
        {"NLST -- -odd", "/a/-odd", "", "-odd/"},
        {"NLST ./-odd", "/a/-odd", "", "./-odd/"},
        {"NLST ../../../x", "/x", "", "../../../x/"},
    };
    for (const auto& row : rows) {
        const auto listing = asked<SendListing>({{"MKD a", 257}, {"CWD a", 250}}, row.line);
        EXPECT_EQ(listing.path.str(), row.path) << row.line;
        EXPECT_EQ(listing.pattern, row.pattern) << row.line;
        EXPECT_EQ(listing.name_prefix, row.prefix) << row.line;
    }
}

TEST(Transfer, ListingVerbsDifferInFormat) {
    EXPECT_EQ(asked<SendListing>({}, "LIST").format, ListFormat::unix_long);
    EXPECT_EQ(asked<SendListing>({}, "NLST").format, ListFormat::names);
    EXPECT_EQ(asked<SendListing>({}, "MLSD").format, ListFormat::facts);
}

TEST(Transfer, LongListingTakesOptionsToo) {
    for (const auto* line : {"LIST -a", "LIST -l", "LIST -la", "LIST -a -l", "LIST -aL"}) {
        EXPECT_EQ(asked<SendListing>({}, line).path.str(), "/") << line;
    }
}

TEST(Transfer, MlsdTakesItsArgumentAsAName) {
    const auto stars = asked<SendListing>({}, "MLSD a*");
    EXPECT_EQ(stars.path.str(), "/a*");
    EXPECT_EQ(stars.pattern, "");
    EXPECT_EQ(asked<SendListing>({}, "MLSD -a").path.str(), "/-a");
}

}  // namespace
}  // namespace sallyport::ftp
