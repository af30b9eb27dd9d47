#include "auth/password_hash.hpp"

#include <gtest/gtest.h>

namespace sallyport::auth {
namespace {

const std::string salt_and_digest =
    "$c29tZXNhbHRzb21lc2FsdA$SGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8hISE";

std::string hash_with(const std::string& cost) {
    return "$argon2id$v=19$" + cost + salt_and_digest;
}

TEST(PasswordHash, HasTheDocumentedForm) {
    const auto hash = hash_password(Secret("correct horse"));
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
    EXPECT_TRUE(is_supported_hash(hash));
    EXPECT_TRUE(has_standard_cost(hash));
}

TEST(PasswordHash, RightPasswordVerifies) {
    const auto hash = hash_password(Secret("correct horse"));
    EXPECT_TRUE(verify_password(Secret("correct horse"), hash));
    EXPECT_FALSE(verify_password(Secret("correct horsE"), hash));
    EXPECT_FALSE(verify_password(Secret(), hash));
}

TEST(PasswordHash, SamePasswordHashesDifferently) {
    EXPECT_NE(hash_password(Secret("same")), hash_password(Secret("same")));
}

TEST(PasswordHash, HashOfTheReferenceToolVerifies) {
    // echo -n password | argon2 somesaltsomesalt -id -k 8192 -t 3 -p 1
    const std::string hash =
        "$argon2id$v=19$m=8192,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$"
        "ApULVYDZxJCfeJZ/s6a/6fCDntZLkysRiroh7IlwWyk";
    EXPECT_TRUE(verify_password(Secret("password"), hash));
    EXPECT_FALSE(verify_password(Secret("Password"), hash));
    EXPECT_FALSE(has_standard_cost(hash));
}

TEST(PasswordHash, BoundsOfCostAreInclusive) {
    EXPECT_TRUE(is_supported_hash(hash_with("m=8192,t=1,p=1")));
    EXPECT_TRUE(is_supported_hash(hash_with("m=262144,t=10,p=1")));
}

class UnsupportedHash : public testing::TestWithParam<std::string> {};

TEST_P(UnsupportedHash, IsRefusedAndNeverMatches) {
    EXPECT_FALSE(is_supported_hash(GetParam()));
    EXPECT_FALSE(verify_password(Secret("password"), GetParam()));
    EXPECT_FALSE(verify_password(Secret(GetParam()), GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Table, UnsupportedHash,
    testing::Values("", "password", "$", "$argon2id$", hash_with("m=8191,t=2,p=1"),
                    hash_with("m=262145,t=2,p=1"), hash_with("m=19456,t=11,p=1"),
                    hash_with("m=19456,t=0,p=1"), hash_with("m=19456,t=2,p=2"),
                    hash_with("m=019456,t=2,p=1"), hash_with("m=99999999999,t=2,p=1"),
                    hash_with("m=-1,t=2,p=1"), hash_with("t=2,m=19456,p=1"),
                    hash_with("m=19456,t=2,p=1") + "$more", hash_with("m=19456,t=2,p=1") + "!",
                    hash_with("m=19456,t=2,p=1") + std::string(64, 'A'),
                    "$argon2i$v=19$m=19456,t=2,p=1" + salt_and_digest,
                    "$argon2id$v=16$m=19456,t=2,p=1" + salt_and_digest,
                    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA",
                    "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2id$v=19$m=19456,t=2,p=1$c29t$c29t",
                    "$6$rounds=5000$salt$hash", "$2b$12$abcdefghijklmnopqrstuu", "$y$j9T$abc$def"));

}  // namespace
}  // namespace sallyport::auth
