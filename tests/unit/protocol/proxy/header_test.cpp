#include "protocol/proxy/header.hpp"

#include <gtest/gtest.h>

#include <boost/crc.hpp>
#include <string>

namespace sallyport::proxy {
namespace {

using namespace std::string_literals;
using State = HeaderParser::State;

std::size_t feed(HeaderParser& parser, std::string_view bytes) {
    return parser.feed(std::as_bytes(std::span(bytes)));
}

/// A header of version 2 with `length` right.
std::string v2(char command, char family, const std::string& rest) {
    std::string header = "\r\n\r\n\0\r\nQUIT\n"s + command + family;
    header += static_cast<char>(rest.size() >> 8U);
    header += static_cast<char>(rest.size() & 0xffU);
    return header + rest;
}

constexpr char local = 0x20;
constexpr char proxied = 0x21;
constexpr char tcp4 = 0x11;
constexpr char tcp6 = 0x21;
/// 192.0.2.7:56324 to 198.51.100.1:21.
const std::string ipv4_ends = "\xc0\x00\x02\x07\xc6\x33\x64\x01\xdc\x04\x00\x15"s;
const Relayed ipv4_relayed{"192.0.2.7", "198.51.100.1", 56324, 21};
const std::string v1_header = "PROXY TCP4 192.0.2.7 198.51.100.1 56324 21\r\n";

std::string extension(char type, const std::string& value) {
    return std::string{type, static_cast<char>(value.size() >> 8U),
                       static_cast<char>(value.size() & 0xffU)} +
           value;
}

/// `v2` about IPv4 with a checksum, as HAProxy's `proxy-v2-options crc32c` sends it.
std::string with_checksum() {
    auto header = v2(proxied, tcp4, ipv4_ends + extension(0x03, std::string(4, '\0')));
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(header.data(), header.size());
    for (unsigned i = 0; i < 4; ++i) {
        header[header.size() - 4 + i] = static_cast<char>(crc.checksum() >> (24U - 8 * i));
    }
    return header;
}

/// The longest address block there is: two paths of Unix sockets.
std::string unix_ends() {
    return std::string(216, 'u');
}

struct Case {
    const char* name;
    std::string bytes;
    Header header;
};

const Case sound[] = {
    {"V1IPv4", v1_header, ipv4_relayed},
    {"V1IPv6", "PROXY TCP6 2001:db8::7 2001:db8::1 56324 21\r\n",
     Relayed{"2001:db8::7", "2001:db8::1", 56324, 21}},
    {"V1Unknown", "PROXY UNKNOWN\r\n", Own{}},
    {"V1UnknownWithWords", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", Own{}},
    {"V1Longest",
     "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
     Own{}},
    {"V2IPv4", v2(proxied, tcp4, ipv4_ends), ipv4_relayed},
    {"V2IPv6",
     v2(proxied, tcp6,
        "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07\x20\x01\x0d\xb8"s +
            std::string(11, '\0') + "\x01\xdc\x04\x00\x15"s),
     Relayed{"2001:db8:0:0:0:0:0:7", "2001:db8:0:0:0:0:0:1", 56324, 21}},
    {"V2WithExtensions",
     v2(proxied, tcp4,
        ipv4_ends + extension(0x01, "ftp") + extension(0x04, "") +
            extension('\xea', std::string(300, 'v'))),
     ipv4_relayed},
    {"V2WithChecksum", with_checksum(), ipv4_relayed},
    {"V2Local", v2(local, 0x00, ""), Own{}},
    {"V2LocalWithAddresses", v2(local, tcp4, ipv4_ends), Own{}},
    {"V2LocalOverUnix", v2(local, 0x31, unix_ends()), Own{}},
    {"V2Unspecified", v2(proxied, 0x00, ""), Own{}},
};

class SoundHeader : public testing::TestWithParam<Case> {};

TEST_P(SoundHeader, IsReadWhole) {
    HeaderParser parser;
    EXPECT_EQ(feed(parser, GetParam().bytes), GetParam().bytes.size());
    ASSERT_EQ(parser.state(), State::complete) << parser.problem();
    EXPECT_EQ(parser.header(), GetParam().header);
}

TEST_P(SoundHeader, IsReadFromAnyTwoPieces) {
    const std::string_view bytes = GetParam().bytes;
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        HeaderParser parser;
        EXPECT_EQ(feed(parser, bytes.substr(0, at)), at);
        ASSERT_EQ(parser.state(), State::more) << at;
        EXPECT_EQ(feed(parser, bytes.substr(at)), bytes.size() - at);
        ASSERT_EQ(parser.state(), State::complete) << at;
        EXPECT_EQ(parser.header(), GetParam().header);
    }
}

TEST_P(SoundHeader, LeavesWhatFollowsAlone) {
    HeaderParser parser;
    EXPECT_EQ(feed(parser, GetParam().bytes + v1_header), GetParam().bytes.size());
    EXPECT_EQ(parser.state(), State::complete);
    EXPECT_EQ(feed(parser, v1_header), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, SoundHeader, testing::ValuesIn(sound),
                         [](const auto& row) { return row.param.name; });

struct Bad {
    const char* name;
    std::string bytes;
    std::string problem;
};

std::string damaged_checksum() {
    auto header = with_checksum();
    header[16] ^= 1;  // another client
    return header;
}

const Bad malformed[] = {
    {"Tls", "\x16\x03\x01", "no PROXY header"},
    {"SshBanner", "SSH-2.0-client\r\n", "no PROXY header"},
    {"FtpCommand", "PASV\r\n", "no PROXY header"},
    {"LowerCase", "proxy TCP4", "no PROXY header"},
    {"BadSignature", std::string("\r\n\r\n\0\r\nQUIX\n", 12), "no PROXY header"},
    {"BareLineFeed", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2\n", "malformed line"},
    {"NoFamily", "PROXY \r\n", "malformed line"},
    {"UdpFamily", "PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n", "malformed line"},
    {"IPv6InTcp4", "PROXY TCP4 ::1 198.51.100.1 1 2\r\n", "malformed line"},
    {"IPv4InTcp6", "PROXY TCP6 192.0.2.7 ::1 1 2\r\n", "malformed line"},
    {"HostName", "PROXY TCP4 client 198.51.100.1 1 2\r\n", "malformed line"},
    {"ShortAddress", "PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n", "malformed line"},
    {"LeadingZero", "PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n", "malformed line"},
    {"PortTooLarge", "PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n", "malformed line"},
    {"NegativePort", "PROXY TCP4 192.0.2.7 198.51.100.1 -1 2\r\n", "malformed line"},
    {"MissingPort", "PROXY TCP4 192.0.2.7 198.51.100.1 1\r\n", "malformed line"},
    {"OneWordMore", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 3\r\n", "malformed line"},
    {"TwoSpaces", "PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n", "malformed line"},
    {"SpaceAtTheEnd", "PROXY TCP4 192.0.2.7 198.51.100.1 1 2 \r\n", "malformed line"},
    {"NulInAddress", "PROXY TCP4 192.0.2.7\0 198.51.100.1 1 2\r\n"s, "malformed line"},
    {"EndlessLine", "PROXY UNKNOWN " + std::string(200, 'x'), "line too long"},
    {"Version1InVersion2", v2(0x11, tcp4, ipv4_ends), "unknown version or command"},
    {"UnknownCommand", v2(0x22, tcp4, ipv4_ends), "unknown version or command"},
    {"Udp", v2(proxied, 0x12, ipv4_ends), "not about TCP over IP"},
    {"UnixSocket", v2(proxied, 0x31, unix_ends()), "not about TCP over IP"},
    {"UnknownFamily", v2(proxied, 0x41, ipv4_ends), "not about TCP over IP"},
    {"NoRoomForIPv4", v2(proxied, tcp4, ipv4_ends.substr(1)), "too short for its addresses"},
    {"NoRoomForIPv6", v2(proxied, tcp6, ipv4_ends), "too short for its addresses"},
    {"HalfAnExtension", v2(proxied, tcp4, ipv4_ends + "\x01\x00"s), "damaged extensions"},
    {"ExtensionBeyondTheEnd", v2(proxied, tcp4, ipv4_ends + "\x01\x00\x05four"s),
     "damaged extensions"},
    {"ChecksumOfThreeBytes", v2(proxied, tcp4, ipv4_ends + extension(0x03, "abc")),
     "damaged extensions"},
    {"WrongChecksum", damaged_checksum(), "damaged extensions"},
    {"TooLong", v2(proxied, tcp4, ipv4_ends + std::string(max_v2_bytes, 'x')).substr(0, 16),
     "too long"},
};

class MalformedHeader : public testing::TestWithParam<Bad> {};

TEST_P(MalformedHeader, IsRefused) {
    HeaderParser parser;
    feed(parser, GetParam().bytes);
    EXPECT_EQ(parser.state(), State::malformed);
    EXPECT_EQ(parser.problem(), GetParam().problem);
}

TEST_P(MalformedHeader, IsRefusedByteByByte) {
    HeaderParser parser;
    for (const char byte : GetParam().bytes) feed(parser, {&byte, 1});
    EXPECT_EQ(parser.state(), State::malformed);
    EXPECT_EQ(parser.problem(), GetParam().problem);
}

INSTANTIATE_TEST_SUITE_P(All, MalformedHeader, testing::ValuesIn(malformed),
                         [](const auto& row) { return row.param.name; });

TEST(ProxyHeader, IsRefusedAtTheFirstByteThatIsWrong) {
    HeaderParser parser;
    EXPECT_EQ(feed(parser, "PRESENT"), 3U);
    EXPECT_EQ(parser.state(), State::malformed);
}

TEST(ProxyHeader, IsNotCompleteBeforeItsLastByte) {
    for (const auto& good : sound) {
        HeaderParser parser;
        feed(parser, std::string_view(good.bytes).substr(0, good.bytes.size() - 1));
        EXPECT_EQ(parser.state(), State::more) << good.name;
    }
}

}  // namespace
}  // namespace sallyport::proxy
