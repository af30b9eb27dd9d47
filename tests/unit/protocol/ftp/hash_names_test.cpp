#include "protocol/ftp/hash_names.hpp"

#include <gtest/gtest.h>

namespace sallyport::ftp {
namespace {

using enum storage::DigestAlgorithm;

TEST(HashNames, EveryAlgorithmHasItsName) {
    const std::pair<storage::DigestAlgorithm, std::string_view> rows[] = {
        {crc32, "CRC32"}, {md5, "MD5"}, {sha1, "SHA-1"}, {sha256, "SHA-256"}, {sha512, "SHA-512"},
    };
    ASSERT_EQ(std::size(rows), static_cast<std::size_t>(sha512) + 1);
    for (const auto& [algorithm, name] : rows) {
        EXPECT_EQ(name_of(algorithm), name);
        EXPECT_EQ(hash_named(name), algorithm);
    }
}

TEST(HashNames, CaseDoesNotMatter) {
    EXPECT_EQ(hash_named("sha-256"), sha256);
    EXPECT_EQ(hash_named("Md5"), md5);
}

TEST(HashNames, OtherNamesAreUnknown) {
    for (const auto* name : {"", "SHA", "SHA256", "SHA-256 ", "SHA-3", "CRC-32", "*"}) {
        EXPECT_EQ(hash_named(name), std::nullopt) << name;
    }
}

}  // namespace
}  // namespace sallyport::ftp
