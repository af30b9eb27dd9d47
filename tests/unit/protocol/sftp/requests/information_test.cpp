#include <gtest/gtest.h>

#include "protocol/sftp/attributes.hpp"
#include "protocol/sftp/limits.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxp = test::fxp;

class SftpInformation : public testing::Test {
  protected:
    test::Answer names_of(const Fields& users, const Fields& groups) {
        return peer_.extended("users-groups-by-id@openssh.com",
                              Fields().str(users.bytes()).str(groups.bytes()));
    }

    SftpPeer peer_{storage::MemoryOptions{.capacity = 40'960}};
};

TEST_F(SftpInformation, LimitsAreThoseThatAreKept) {
    auto answer = peer_.extended("limits@openssh.com");
    ASSERT_EQ(answer.type, fxp::extended_reply);
    EXPECT_EQ(answer.u64(), 262'144U);
    EXPECT_EQ(answer.u64(), 261'120U);
    EXPECT_EQ(answer.u64(), 261'120U);
    EXPECT_EQ(answer.u64(), 128U);
    EXPECT_EQ(answer.rest, "");
}

TEST_F(SftpInformation, StatvfsTellsTheSpaceOfTheUser) {
    const test::Files files(peer_.volume());
    ASSERT_TRUE(files.store(test::to("/a"), std::string(4097, 'x')));
    const auto handle = peer_.open("/a", test::fxf::read);
    for (auto answer : {peer_.extended("statvfs@openssh.com", Fields().str("/a")),
                        peer_.extended("fstatvfs@openssh.com", Fields().str(handle))}) {
        ASSERT_EQ(answer.type, fxp::extended_reply) << answer.text();
        EXPECT_EQ(answer.u64(), 4096U);
        EXPECT_EQ(answer.u64(), 4096U);
        EXPECT_EQ(answer.u64(), 10U);  // total
        EXPECT_EQ(answer.u64(), 8U);   // free
        EXPECT_EQ(answer.u64(), 8U);   // free for users
        for (int i = 0; i < 4; ++i) EXPECT_EQ(answer.u64(), 0U);
        EXPECT_EQ(answer.u64(), 2U);  // no set-id programs
        EXPECT_EQ(answer.u64(), 255U);
        EXPECT_EQ(answer.rest, "");
    }
}

TEST_F(SftpInformation, StatvfsOfWhatCannotBeIsRefused) {
    EXPECT_EQ(peer_.extended("statvfs@openssh.com", Fields().str("/\x01")).code(), fx::failure);
    EXPECT_EQ(peer_.extended("fstatvfs@openssh.com", Fields().str("12345678")).code(), fx::failure);
}

TEST_F(SftpInformation, VirtualIdIsTheUser) {
    auto answer = names_of(Fields().u32(0).u32(virtual_id), Fields().u32(virtual_id));
    ASSERT_EQ(answer.type, fxp::extended_reply);
    EXPECT_EQ(answer.str(), Fields().str("").str("alice").bytes());
    EXPECT_EQ(answer.str(), Fields().str("alice").bytes());
    EXPECT_EQ(answer.rest, "");
}

TEST_F(SftpInformation, NoIdsHaveNoNames) {
    auto answer = names_of({}, {});
    ASSERT_EQ(answer.type, fxp::extended_reply);
    EXPECT_EQ(answer.str(), "");
    EXPECT_EQ(answer.str(), "");
}

TEST_F(SftpInformation, HalfAnIdIsMalformed) {
    EXPECT_EQ(names_of(Fields().u32(1).u8(0), {}).code(), fx::bad_message);
    EXPECT_EQ(names_of({}, Fields().raw("abc")).code(), fx::bad_message);
}

TEST_F(SftpInformation, IdsOfOneRequestAreLimited) {
    Fields most;
    for (std::size_t i = 0; i < max_ids_per_request; ++i) most.u32(virtual_id);
    auto answer = names_of(most, {});
    ASSERT_EQ(answer.type, fxp::extended_reply);
    EXPECT_EQ(answer.str().size(), max_ids_per_request * 9);
    EXPECT_EQ(names_of(most, Fields().u32(1)).code(), fx::failure);
}

}  // namespace
}  // namespace sallyport::sftp
