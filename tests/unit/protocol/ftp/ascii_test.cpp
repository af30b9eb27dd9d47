#include "protocol/ftp/ascii.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace sallyport::ftp {
namespace {

using namespace std::string_literals;

std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

std::string text(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <class... Pieces>
std::string decode(Pieces... pieces) {
    AsciiDecoder decoder;
    std::vector<std::byte> out;
    (decoder.convert(bytes(pieces), out), ...);
    decoder.finish(out);
    return text(out);
}

template <class... Pieces>
std::string encode(Pieces... pieces) {
    AsciiEncoder encoder;
    std::vector<std::byte> out;
    (encoder.convert(bytes(pieces), out), ...);
    return text(out);
}

const std::string samples[] = {
    "",       "a",      "\n",        "\r",           "\r\n",       "a\r\nb\r\n",
    "a\nb\n", "a\rb",   "\r\r\n",    "\r\n\r\n",     "\n\r",       "a\r",
    "\r\n\r", "\r\r\r", "a\0b\r\n"s, "\xff\r\n\x80", "\n\n\r\n\n",
};

TEST(AsciiDecoder, CarriageReturnLineFeedBecomesLineFeed) {
    EXPECT_EQ(decode("a\r\nb\r\n"), "a\nb\n");
    EXPECT_EQ(decode("\r\n\r\n"), "\n\n");
    EXPECT_EQ(decode("a\nb"), "a\nb");
}

TEST(AsciiDecoder, LoneCarriageReturnStays) {
    EXPECT_EQ(decode("a\rb"), "a\rb");
    EXPECT_EQ(decode("a\r"), "a\r");
    EXPECT_EQ(decode("\r\r\n"), "\r\n");
    EXPECT_EQ(decode("\r\r\r"), "\r\r\r");
    EXPECT_EQ(decode("\n\r"), "\n\r");
}

TEST(AsciiDecoder, EverySplitGivesTheSame) {
    for (const std::string_view all : samples) {
        const auto whole = decode(all);
        for (std::size_t i = 0; i <= all.size(); ++i) {
            for (std::size_t j = i; j <= all.size(); ++j) {
                EXPECT_EQ(decode(all.substr(0, i), all.substr(i, j - i), all.substr(j)), whole)
                    << testing::PrintToString(all) << " split at " << i << " and " << j;
            }
        }
    }
}

TEST(AsciiDecoder, FinishLeavesNothingBehind) {
    AsciiDecoder decoder;
    std::vector<std::byte> out;
    decoder.convert(bytes("\r"), out);
    decoder.finish(out);
    decoder.finish(out);
    decoder.convert(bytes("\n"), out);
    EXPECT_EQ(text(out), "\r\n");
}

TEST(AsciiDecoder, AppendsToWhatIsThere) {
    AsciiDecoder decoder;
    std::vector<std::byte> out(1, std::byte{'x'});
    decoder.convert(bytes("a\r\n"), out);
    EXPECT_EQ(text(out), "xa\n");
}

TEST(AsciiEncoder, LineFeedBecomesCarriageReturnLineFeed) {
    EXPECT_EQ(encode("a\nb\n"), "a\r\nb\r\n");
    EXPECT_EQ(encode("\n\n"), "\r\n\r\n");
}

TEST(AsciiEncoder, CarriageReturnLineFeedStays) {
    EXPECT_EQ(encode("a\r\nb"), "a\r\nb");
    EXPECT_EQ(encode("a\rb\r"), "a\rb\r");
    EXPECT_EQ(encode("\n\r\n"), "\r\n\r\n");
}

TEST(AsciiEncoder, EverySplitGivesTheSame) {
    for (const std::string_view all : samples) {
        const auto whole = encode(all);
        EXPECT_LE(whole.size(), 2 * all.size());
        for (std::size_t i = 0; i <= all.size(); ++i) {
            for (std::size_t j = i; j <= all.size(); ++j) {
                EXPECT_EQ(encode(all.substr(0, i), all.substr(i, j - i), all.substr(j)), whole)
                    << testing::PrintToString(all) << " split at " << i << " and " << j;
            }
        }
    }
}

TEST(Ascii, UnixTextSurvivesTheRoundTrip) {
    for (const auto* lines : {"", "a\nb\n", "\n\n", "no end"}) {
        EXPECT_EQ(decode(encode(std::string_view(lines))), lines);
    }
}

}  // namespace
}  // namespace sallyport::ftp
