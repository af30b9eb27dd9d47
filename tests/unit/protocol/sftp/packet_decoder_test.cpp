#include "protocol/sftp/packet_decoder.hpp"

#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "tests/support/sftp_wire.hpp"

namespace sallyport::sftp {
namespace {

using test::as_bytes;
using test::Fields;

std::string text_of(const Packet& packet) {
    return {reinterpret_cast<const char*>(packet.body.data()), packet.body.size()};
}

/// "type:body" of each whole packet.
std::vector<std::string> packets_in(PacketDecoder& decoder) {
    std::vector<std::string> seen;
    while (auto decoded = decoder.next()) {
        const auto* const packet = std::get_if<Packet>(&*decoded);
        if (packet == nullptr) {
            seen.emplace_back("bad length");
            break;
        }
        seen.push_back(std::to_string(packet->type) + ":" + text_of(*packet));
    }
    return seen;
}

std::string three_packets() {
    return test::packet(1, Fields().raw("abc")) + test::packet(200, Fields()) +
           test::packet(6, Fields().raw("xy"));
}

const std::vector<std::string> three_seen{"1:abc", "200:", "6:xy"};

TEST(SftpPacketDecoder, SplitsAStreamIntoPackets) {
    PacketDecoder decoder;
    decoder.feed(as_bytes(three_packets()));
    EXPECT_EQ(packets_in(decoder), three_seen);
    EXPECT_EQ(decoder.buffered(), 0U);
}

TEST(SftpPacketDecoder, AnySplitOfTheStreamGivesTheSamePackets) {
    const auto stream = three_packets();
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t second = first; second <= stream.size(); ++second) {
            PacketDecoder decoder;
            std::vector<std::string> seen;
            const std::string_view whole(stream);
            for (const auto part : {whole.substr(0, first), whole.substr(first, second - first),
                                    whole.substr(second)}) {
                decoder.feed(as_bytes(part));
                for (auto& each : packets_in(decoder)) seen.push_back(std::move(each));
            }
            EXPECT_EQ(seen, three_seen) << first << ", " << second;
        }
    }
}

TEST(SftpPacketDecoder, OneByteAtATimeIsEnough) {
    PacketDecoder decoder;
    std::vector<std::string> seen;
    for (const char c : three_packets()) {
        decoder.feed(as_bytes(std::string_view(&c, 1)));
        for (auto& each : packets_in(decoder)) seen.push_back(std::move(each));
    }
    EXPECT_EQ(seen, three_seen);
}

TEST(SftpPacketDecoder, LengthsThatCannotBeAreRefusedAtOnce) {
    for (const std::uint64_t declared : {std::uint64_t{0}, std::uint64_t{max_packet_bytes + 1},
                                         std::uint64_t{1} << 28, (std::uint64_t{1} << 32) - 1}) {
        PacketDecoder decoder;
        decoder.feed(as_bytes(Fields().u32(declared).bytes()));
        for (int again = 0; again < 2; ++again) {
            const auto decoded = decoder.next();
            ASSERT_TRUE(decoded);
            ASSERT_TRUE(std::holds_alternative<BadLength>(*decoded)) << declared;
            EXPECT_EQ(std::get<BadLength>(*decoded).declared, declared);
        }
        EXPECT_EQ(decoder.buffered(), 4U);
    }
}

TEST(SftpPacketDecoder, LongestPacketPasses) {
    PacketDecoder decoder;
    const std::string body(max_packet_bytes - 1, 'x');
    decoder.feed(as_bytes(test::packet(6, Fields().raw(body))));
    auto decoded = decoder.next();
    ASSERT_TRUE(decoded);
    EXPECT_EQ(text_of(std::get<Packet>(*decoded)), body);
}

TEST(SftpPacketDecoder, HoldsWhatHasArrivedAndNoMore) {
    PacketDecoder decoder;
    decoder.feed(as_bytes(Fields().u32(max_packet_bytes).u8(6).raw("12345").bytes()));
    EXPECT_FALSE(decoder.next());
    EXPECT_EQ(decoder.buffered(), 10U);
}

TEST(SftpPacketDecoder, PacketsStayWhileMoreIsFed) {
    PacketDecoder decoder;
    decoder.feed(as_bytes(test::packet(6, Fields().raw("first"))));
    auto decoded = decoder.next();
    ASSERT_TRUE(decoded);
    for (int i = 0; i < 100; ++i) {
        decoder.feed(as_bytes(test::packet(6, Fields().raw(std::string(1000, 'z')))));
    }
    EXPECT_EQ(packets_in(decoder).size(), 100U);
    EXPECT_EQ(text_of(std::get<Packet>(*decoded)), "first");
}

TEST(SftpPacketDecoder, BacklogIsReadInOrderWhileItGrows) {
    PacketDecoder decoder;
    int expected = 0;
    for (int fed = 0; fed < 5000; ++fed) {
        decoder.feed(as_bytes(test::packet(1, Fields().raw(std::to_string(fed)))));
        if (fed % 3 == 0) continue;
        auto decoded = decoder.next();
        ASSERT_TRUE(decoded);
        EXPECT_EQ(text_of(std::get<Packet>(*decoded)), std::to_string(expected++));
    }
    EXPECT_EQ(packets_in(decoder).size(), static_cast<std::size_t>(5000 - expected));
}

}  // namespace
}  // namespace sallyport::sftp
