#include "protocol/sftp/session.hpp"

#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/request_table.hpp"
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
namespace fxf = test::fxf;
namespace fxp = test::fxp;

class SftpSession : public testing::Test {
  protected:
    SftpPeer peer_;
    Files files_{peer_.volume()};
};

struct Example {
    unsigned type;
    Fields fields;
};

/// Every request and extension, well-formed. Handles and names need not exist: what is malformed is
/// seen before they are looked up.
std::vector<Example> well_formed() {
    const std::string handle(8, 'h');
    const auto extended = [](std::string_view name, const Fields& fields) {
        return Example{fxp::extended, Fields().str(name).raw(fields.bytes())};
    };
    const auto range = [](std::string_view file) {
        return Fields().str(file).str("sha256").u64(0).u64(0).u32(0);
    };
    return {
        {fxp::open, Fields().str("/a").u32(1).u32(0xf).u64(1).u64(2).u32(3).u64(4)},
        {fxp::open, Fields().str("/a").u32(1).u32(0x8000'0000).u32(1).str("n").str("v")},
        {fxp::close, Fields().str(handle)},
        {fxp::read, Fields().str(handle).u64(0).u32(1)},
        {fxp::write, Fields().str(handle).u64(0).str("data")},
        {fxp::lstat, Fields().str("/a")},
        {fxp::fstat, Fields().str(handle)},
        {fxp::setstat, Fields().str("/a").u32(4).u32(0644)},
        {fxp::fsetstat, Fields().str(handle).u32(4).u32(0644)},
        {fxp::opendir, Fields().str("/a")},
        {fxp::readdir, Fields().str(handle)},
        {fxp::remove, Fields().str("/a")},
        {fxp::mkdir, Fields().str("/a").u32(4).u32(0755)},
        {fxp::rmdir, Fields().str("/a")},
        {fxp::realpath, Fields().str("/a")},
        {fxp::stat, Fields().str("/a")},
        {fxp::rename, Fields().str("/a").str("/b")},
        extended("posix-rename@openssh.com", Fields().str("/a").str("/b")),
        extended("statvfs@openssh.com", Fields().str("/")),
        extended("fstatvfs@openssh.com", Fields().str(handle)),
        extended("fsync@openssh.com", Fields().str(handle)),
        extended("lsetstat@openssh.com", Fields().str("/a").u32(4).u32(0644)),
        extended("limits@openssh.com", {}),
        extended("expand-path@openssh.com", Fields().str("~")),
        extended("copy-data", Fields().str(handle).u64(0).u64(0).str(handle).u64(0)),
        extended("home-directory", Fields().str("alice")),
        extended("users-groups-by-id@openssh.com",
                 Fields().str(Fields().u32(1).bytes()).str(Fields().u32(1).bytes())),
        extended("check-file", range(handle)),
        extended("check-file-handle", range(handle)),
        extended("check-file-name", range("/a")),
    };
}

TEST_F(SftpSession, TruncatedRequestIsABadMessageAndTheSessionGoesOn) {
    for (const auto& [type, fields] : well_formed()) {
        for (std::size_t size = 0; size < fields.bytes().size(); ++size) {
            const auto answer = peer_.ask(type, Fields().raw(fields.bytes().substr(0, size)));
            EXPECT_EQ(answer.code(), fx::bad_message) << type << " cut at " << size;
        }
        EXPECT_NE(peer_.ask(type, fields).code(), fx::bad_message) << type;
    }
}

TEST_F(SftpSession, BytesBehindARequestAreABadMessage) {
    for (const auto& [type, fields] : well_formed()) {
        if (type == fxp::write) continue;
        const auto answer = peer_.ask(type, Fields(fields).u8(0));
        EXPECT_EQ(answer.code(), fx::bad_message) << type;
    }
    EXPECT_EQ(peer_.stat("/").type, fxp::attrs);
}

TEST_F(SftpSession, StringLongerThanThePacketIsABadMessage) {
    for (const std::uint32_t size : {3U, 0x7fff'ffffU, 0xffff'ffffU}) {
        const auto fields = Fields().u32(size).raw("/a");
        EXPECT_EQ(peer_.ask(fxp::stat, fields).code(), fx::bad_message);
        EXPECT_EQ(peer_.ask(fxp::extended, fields).code(), fx::bad_message);
    }
}

TEST_F(SftpSession, AttributesWithCountlessPairsAreABadMessage) {
    const auto attributes = Fields().u32(0x8000'0000).u32(0xffff'ffff);
    EXPECT_EQ(peer_.try_open("/a", fxf::put, attributes).code(), fx::bad_message);
    EXPECT_EQ(peer_.setstat("/", attributes), fx::bad_message);
    EXPECT_EQ(peer_.ask(fxp::mkdir, Fields().str("/d").raw(attributes.bytes())).code(),
              fx::bad_message);
}

TEST_F(SftpSession, UnknownTypesAreUnsupportedAndTheSessionGoesOn) {
    for (unsigned type = 0; type < 256; ++type) {
        if (type == fxp::init || find_request(static_cast<std::uint8_t>(type)) != nullptr) continue;
        EXPECT_EQ(peer_.ask(type, Fields().str("whatever")).code(), fx::op_unsupported) << type;
    }
    EXPECT_EQ(peer_.stat("/").type, fxp::attrs);
}

TEST_F(SftpSession, LinksAreUnsupportedAndSaySo) {
    const auto two_names = Fields().str("/a").str("/b");
    for (const auto& answer :
         {peer_.ask(fxp::symlink, two_names), peer_.ask(fxp::readlink, Fields().str("/a")),
          peer_.extended("hardlink@openssh.com", two_names)}) {
        EXPECT_EQ(answer.code(), fx::op_unsupported);
        EXPECT_NE(answer.text().find("link"), std::string::npos);
    }
}

TEST_F(SftpSession, RequestWithoutAnIdCloses) {
    for (const auto* bytes : {"", "\x01", "\x01\x02\x03"}) {
        peer_.reconnect();
        EXPECT_TRUE(peer_.say(test::packet(fxp::stat, Fields().raw(bytes))).empty());
        EXPECT_EQ(peer_.closed, "request without an id");
    }
}

TEST_F(SftpSession, RepeatedIdsAreAnsweredInOrder) {
    ASSERT_TRUE(files_.mkdir("/d"));
    std::string bytes;
    for (const auto* path : {"/d", "/nowhere", "/d", "/"}) {
        bytes += test::packet(fxp::stat, Fields().u32(5).str(path));
    }
    const auto answers = peer_.say(bytes);
    ASSERT_EQ(answers.size(), 4U);
    for (const auto& answer : answers) EXPECT_EQ(answer.id, 5U);
    EXPECT_EQ(answers[0].type, fxp::attrs);
    EXPECT_EQ(answers[1].code(), fx::no_such_file);
    EXPECT_EQ(answers[2].type, fxp::attrs);
    EXPECT_EQ(answers[3].type, fxp::attrs);
}

TEST_F(SftpSession, OneByteAtATimeWorks) {
    std::vector<test::Answer> answers;
    for (const char c : test::packet(fxp::realpath, Fields().u32(9).str("."))) {
        for (auto& answer : peer_.say(std::string(1, c))) answers.push_back(std::move(answer));
    }
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers.front().names().front().name, "/");
}

TEST_F(SftpSession, HandlesOfAnotherSessionAreUnknown) {
    SftpPeer other;
    static_cast<void>(other.open("/theirs", fxf::put));
    const auto theirs = other.open("/theirs2", fxf::put);
    static_cast<void>(peer_.open("/ours", fxf::put));
    EXPECT_EQ(peer_.close(theirs), fx::failure);
}

TEST_F(SftpSession, UploadsThatWereNotClosedAreNotPublishedButResumable) {
    const auto handle = peer_.open("/cut", fxf::put);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(peer_.write(handle, static_cast<std::uint64_t>(i) * 3, "abc"), fx::ok);
    }
    peer_.disconnect("connection lost");
    EXPECT_EQ(refusal(files_.read("/cut")), Error::not_found);
    const auto partial = files_.stat("/cut");
    ASSERT_TRUE(partial);
    EXPECT_TRUE(partial->partial);
    EXPECT_EQ(partial->size, 3000U - storage::held_back_bytes);
    ASSERT_EQ(peer_.reports.size(), 1U);
    EXPECT_EQ(peer_.reports[0].what, FileReport::What::abandoned);
    EXPECT_EQ(peer_.reports[0].path.str(), "/cut");
    EXPECT_EQ(peer_.reports[0].size, 3000U);
    EXPECT_EQ(peer_.reports[0].why, "connection lost");
}

TEST_F(SftpSession, EndClosesEverything) {
    ASSERT_TRUE(files_.store(test::to("/a"), "abc"));
    static_cast<void>(peer_.open("/a", fxf::read));
    static_cast<void>(peer_.open("/b", fxf::put));
    static_cast<void>(peer_.opendir("/"));
    EXPECT_EQ(peer_.session().open_handles(), 3U);
    peer_.disconnect();
    EXPECT_EQ(peer_.session().open_handles(), 0U);
    peer_.disconnect();
    EXPECT_EQ(peer_.reports.size(), 1U);
}

TEST_F(SftpSession, ReportsAreOptional) {
    Session session({"alice", [] { return test::sftp_now; }});
    const auto say = [&](unsigned type, const Fields& fields) {
        const auto bytes = test::as_bytes(fields.bytes());
        auto outcome =
            session.handle({static_cast<std::uint8_t>(type), {bytes.begin(), bytes.end()}});
        auto* const task = std::get_if<FileTask>(&outcome);
        const auto reply = task != nullptr ? test::run(task->run(*peer_.volume()))
                                           : std::get<Reply>(std::move(outcome));
        return test::Answer(
            {reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()});
    };
    static_cast<void>(say(fxp::init, Fields().u32(3)));
    auto opened = say(fxp::open, Fields().u32(1).str("/a").u32(fxf::put).u32(0));
    EXPECT_EQ(say(fxp::close, Fields().u32(2).str(opened.str())).code(), fx::ok);
    auto reopened = say(fxp::open, Fields().u32(3).str("/a").u32(fxf::read).u32(0));
    const auto handle = reopened.str();
    EXPECT_EQ(say(fxp::read, Fields().u32(4).str(handle).u64(0).u32(1)).code(), fx::eof);
    EXPECT_EQ(say(fxp::close, Fields().u32(5).str(handle)).code(), fx::ok);
}

}  // namespace
}  // namespace sallyport::sftp
