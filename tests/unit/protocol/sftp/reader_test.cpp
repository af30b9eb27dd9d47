#include "protocol/sftp/reader.hpp"

#include <gtest/gtest.h>

#include "tests/support/sftp_wire.hpp"

namespace sallyport::sftp {
namespace {

using test::as_bytes;
using test::Fields;

TEST(SftpReader, TakesFieldsInOrder) {
    const auto bytes =
        Fields().u32(0x01020304).u64(0x1122334455667788).str(std::string_view("a\0b", 3)).bytes();
    Reader reader(as_bytes(bytes));
    EXPECT_EQ(reader.u32(), 0x01020304U);
    EXPECT_EQ(reader.u64(), 0x1122334455667788U);
    EXPECT_FALSE(reader.complete());
    EXPECT_EQ(reader.remaining(), 7U);
    EXPECT_EQ(reader.string(), std::string_view("a\0b", 3));
    EXPECT_TRUE(reader.complete());
}

TEST(SftpReader, HighBytesAreNotSigned) {
    const auto bytes = Fields().u32(0xffff'fffe).u64(0xffff'ffff'ffff'fffd).bytes();
    Reader reader(as_bytes(bytes));
    EXPECT_EQ(reader.u32(), 0xffff'fffeU);
    EXPECT_EQ(reader.u64(), 0xffff'ffff'ffff'fffdU);
}

TEST(SftpReader, NothingReadMeansComplete) {
    EXPECT_TRUE(Reader({}).complete());
}

TEST(SftpReader, BytesLeftOverMeanNotComplete) {
    const auto bytes = Fields().u32(1).u8(0).bytes();
    Reader reader(as_bytes(bytes));
    static_cast<void>(reader.u32());
    EXPECT_FALSE(reader.failed());
    EXPECT_FALSE(reader.complete());
}

TEST(SftpReader, TruncatedNumberFailsForGood) {
    const auto bytes = Fields().raw("\x01\x02\x03").bytes();
    Reader reader(as_bytes(bytes));
    EXPECT_EQ(reader.u32(), 0U);
    EXPECT_TRUE(reader.failed());
    EXPECT_EQ(reader.u64(), 0U);
    EXPECT_EQ(reader.string(), "");
    EXPECT_FALSE(reader.complete());
}

TEST(SftpReader, StringLongerThanThePacketFails) {
    for (const std::uint32_t size : {4U, 0x8000'0000U, 0xffff'ffffU}) {
        const auto bytes = Fields().u32(size).raw("abc").bytes();
        Reader reader(as_bytes(bytes));
        EXPECT_EQ(reader.string(), "");
        EXPECT_TRUE(reader.failed()) << size;
    }
}

TEST(SftpReader, FailMakesItIncomplete) {
    Reader reader({});
    reader.fail();
    EXPECT_FALSE(reader.complete());
}

}  // namespace
}  // namespace sallyport::sftp
