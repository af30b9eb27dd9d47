#include "auth/base32.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace sallyport::auth {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;
/// RFC 4648 section 10, without padding.
constexpr auto vectors = std::to_array<Pair>({{"", ""},
                                              {"f", "MY"},
                                              {"fo", "MZXQ"},
                                              {"foo", "MZXW6"},
                                              {"foob", "MZXW6YQ"},
                                              {"fooba", "MZXW6YTB"},
                                              {"foobar", "MZXW6YTBOI"}});

TEST(Base32, VectorsOfTheStandard) {
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(to_base32(Secret(bytes)).reveal(), text);
        const auto back = from_base32(text);
        ASSERT_TRUE(back) << text;
        EXPECT_EQ(back->reveal(), bytes);
    }
}

TEST(Base32, AllBytesComeBack) {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
    EXPECT_EQ(from_base32(to_base32(Secret(bytes)).reveal())->reveal(), bytes);
}

TEST(Base32, WhatPeopleTypeIsUnderstood) {
    for (const std::string_view text :
         {"mzxw6ytboi", "MZXW 6YTB OI", "MZXW-6YTB-OI", "MZXW6YTBOI======"}) {
        const auto bytes = from_base32(text);
        ASSERT_TRUE(bytes) << text;
        EXPECT_EQ(bytes->reveal(), "foobar");
    }
}

TEST(Base32, OtherTextsAreRefused) {
    for (const std::string_view text :
         {"0", "1", "8", "M", "MZX", "MZXW6Y", "MZ=XQ", "M\xc3\xa4", "MZ", "MY======Q", "MZ!XQ"}) {
        EXPECT_FALSE(from_base32(text)) << text;
    }
}

}  // namespace
}  // namespace sallyport::auth
