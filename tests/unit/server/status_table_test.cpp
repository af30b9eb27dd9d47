#include "server/cli/status_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "server/admin/status_json.hpp"

namespace sallyport::cli {
namespace {

using server::monitor::Direction;
using server::monitor::Status;
using testing::HasSubstr;
using testing::Not;

constexpr double minute = 60;
constexpr std::uint64_t mebibyte = 1024 * 1024;

Status with_transfer(const std::string& path, std::optional<std::uint64_t> size) {
    Status status;
    status.name = "files.example.com";
    status.sessions.resize(1);
    auto& session = status.sessions[0];
    session.user = "acme";
    session.address = "192.0.2.1";
    session.protocol = config::Protocol::sftp;
    session.seconds = 12 * minute;
    session.transfers.push_back({path, Direction::upload, mebibyte, mebibyte, size, 1, mebibyte});
    return status;
}

std::string table(const Status& status, std::size_t width = 120) {
    return status_table(server::admin::to_json(status), width);
}

TEST(StatusTable, ShowsWhoIsThereAndWhatMoves) {
    const auto text = table(with_transfer("/statement.csv", 4 * mebibyte));
    EXPECT_THAT(text, HasSubstr("files.example.com  Sallyport"));
    EXPECT_THAT(text, HasSubstr(", ready\n"));
    EXPECT_THAT(text, HasSubstr("1 session\n"));
    EXPECT_THAT(text, HasSubstr("  acme  192.0.2.1  sftp      12 min 00 s  0 s\n"));
    EXPECT_THAT(text, HasSubstr("upload /statement.csv  [#####---------------]  25 %  1.0 MiB of "
                                "4.0 MiB  1.0 MiB/s  3 s left\n"));
}

TEST(StatusTable, UnknownSizeHasNoBar) {
    const auto text = table(with_transfer("/a", {}));
    EXPECT_THAT(text, HasSubstr("upload /a  1.0 MiB  1.0 MiB/s\n"));
}

TEST(StatusTable, TransferBeyondItsAnnouncedSizeIsFull) {
    const auto text = table(with_transfer("/a", mebibyte / 2));
    EXPECT_THAT(text, HasSubstr("[####################] 100 %"));
    EXPECT_THAT(text, Not(HasSubstr("left")));
}

TEST(StatusTable, NothingControlsTheTerminal) {
    auto status = with_transfer("/a\x1b[2J\xc2\x9b\n\xe2\x80\xae\xff.txt", {});
    status.sessions[0].user = "a\rb";
    status.penalties = {{"192.0.2.9\x1b]0;title\x07", 1}};
    const auto text = table(status);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        EXPECT_TRUE(c == '\n' || (byte >= 0x20 && byte < 0x7f)) << int{byte};
    }
    EXPECT_THAT(text, HasSubstr("/a\\x1b[2J\\xc2\\x9b\\x0a\\xe2\\x80\\xae\\xff.txt"));
}

TEST(StatusTable, AnswerOfAnotherServerCannotControlTheTerminalEither) {
    auto json = boost::json::parse(server::admin::to_json(with_transfer("/a", {})));
    json.at("name").as_string() = "\x1b[2J";
    json.at("sessions").at(0).at("user").as_string() = "\x1b[2J";
    const auto text = status_table(boost::json::serialize(json), 80);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(StatusTable, NamesAreShownAsInTheLog) {
    EXPECT_THAT(table(with_transfer("/Übung\\x.csv", {})), HasSubstr("upload /Übung\\\\x.csv"));
}

TEST(StatusTable, LongPathsAreCutInTheMiddle) {
    const auto text = table(with_transfer("/" + std::string(500, 'x') + ".csv", 2 * mebibyte), 100);
    EXPECT_THAT(text, HasSubstr("..."));
    EXPECT_THAT(text, HasSubstr("x.csv  ["));
    const auto begin = text.find("      upload");
    EXPECT_LE(text.find('\n', begin) - begin, 100U);
}

TEST(StatusTable, SaysWhyItIsNotReady) {
    Status status;
    status.not_ready = {"draining", "the storage is not available"};
    EXPECT_THAT(table(status), HasSubstr("NOT READY: draining, the storage is not available\n"));
    EXPECT_THAT(table(status), HasSubstr("storage      NOT USABLE\n"));
}

TEST(StatusTable, SaysWhenTheCertificateEnds) {
    Status status;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    status.certificates = {{"AB", now + std::chrono::hours(49)}};
    EXPECT_THAT(table(status), HasSubstr("certificate  ends in 2 d "));
    status.certificates = {{"AB", now - std::chrono::hours(1)}};
    EXPECT_THAT(table(status), HasSubstr("certificate  ENDED at "));
}

TEST(StatusTable, ShowsWhoIsShutOut) {
    Status status;
    status.penalties = {{"192.0.2.9", 95}};
    EXPECT_THAT(table(status), HasSubstr("1 source shut out\n"));
    EXPECT_THAT(table(status), HasSubstr("  192.0.2.9  1 min 35 s\n"));
}

TEST(StatusTable, RefusesWhatIsNoStatus) {
    for (const auto* json : {"", "[]", "{}", "{\"name\":1}", "<html>"}) {
        EXPECT_THROW(static_cast<void>(status_table(json, 80)), std::runtime_error) << json;
    }
}

TEST(StatusJson, HoldsWhatProgramsNeed) {
    auto status = with_transfer("/a", 4 * mebibyte);
    status.pools = {{"hashing", 2, 5, 66}};
    status.space = storage::Space{10, 20};
    const auto json = boost::json::parse(server::admin::to_json(status));
    EXPECT_TRUE(json.at("ready").as_bool());
    const auto& session = json.at("sessions").at(0);
    EXPECT_EQ(session.at("user"), "acme");
    EXPECT_EQ(session.at("protocol"), "sftp");
    const auto& transfer = session.at("transfers").at(0);
    EXPECT_EQ(transfer.at("direction"), "upload");
    EXPECT_EQ(transfer.at("size").to_number<std::uint64_t>(), 4 * mebibyte);
    EXPECT_EQ(json.at("pools").at(0).at("limit").to_number<int>(), 66);
    EXPECT_EQ(json.at("storage").at("free").to_number<int>(), 10);
    EXPECT_TRUE(boost::json::parse(server::admin::to_json(Status())).at("storage").is_null());
}

TEST(Readable, SizesHaveUnits) {
    EXPECT_EQ(readable_size(0), "0 B");
    EXPECT_EQ(readable_size(1023), "1023 B");
    EXPECT_EQ(readable_size(1536), "1.5 KiB");
    EXPECT_EQ(readable_size(200.0 * mebibyte), "200 MiB");
    EXPECT_EQ(readable_size(5000.0 * (1ULL << 50U)), "5000 PiB");
}

TEST(Readable, DurationsHaveTheirTwoLargestUnits) {
    EXPECT_EQ(readable_duration(0.9), "0 s");
    EXPECT_EQ(readable_duration(65), "1 min 05 s");
    EXPECT_EQ(readable_duration(7500), "2 h 05 min");
    EXPECT_EQ(readable_duration(90000), "1 d 1 h");
    EXPECT_EQ(readable_duration(-5), "0 s");
    EXPECT_EQ(readable_duration(1e300), "36500 d 0 h");
}

}  // namespace
}  // namespace sallyport::cli
