#include "protocol/sftp/writer.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/support/sftp_wire.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;

std::string text_of(const Reply& reply) {
    return {reinterpret_cast<const char*>(reply.bytes.data()), reply.bytes.size()};
}

TEST(SftpWriter, WritesLengthTypeAndFields) {
    Writer writer(PacketType::status);
    writer.u32(7).u64(0x0102030405060708).string("text").raw(test::as_bytes("raw"));
    EXPECT_EQ(text_of(writer.finish()),
              test::packet(101, Fields().u32(7).u64(0x0102030405060708).str("text").raw("raw")));
}

TEST(SftpWriter, EmptyPacketIsItsType) {
    EXPECT_EQ(text_of(Writer(PacketType::attrs).finish()), test::packet(105, Fields()));
}

TEST(SftpWriter, RoomCanBeFilledShortenedAndCounted) {
    Writer writer(PacketType::data);
    writer.u32(9);
    const auto count_at = writer.size();
    writer.u32(0);
    const auto room = writer.extend(6);
    ASSERT_EQ(room.size(), 6U);
    std::memcpy(room.data(), "abcdef", 6);
    writer.shorten(2);
    writer.patch_u32(count_at, 4);
    EXPECT_EQ(text_of(writer.finish()), test::packet(103, Fields().u32(9).str("abcd")));
}

}  // namespace
}  // namespace sallyport::sftp
