#include "auth/legacy_hash.hpp"

#include <gtest/gtest.h>

#include "auth/password_hash.hpp"

namespace sallyport::auth {
namespace {

const std::string sha512 =
    "$6$rounds=1000$saltstring$YiR6NSM0LQXmu7vAhkMXfkdYk7qtFouVx1Mdr3HmzXspT8kONjlpU3CsV7ezCB62uXJo"
    "AdaagsH4ck7/tB9js.";
const std::string sha256 = "$5$saltstring$vc6YOOogU4kWVvwga8e9zTFgKcy4tb5LaPxIiPJzqEC";
const std::string yescrypt = "$y$j75$abcdefghijklmnop$1kKL1r02wT4HlcktLfzeoOHd1GFgv7Ay4JeEbqGj80B";
const std::string bcrypt = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
}

class LegacyHash : public testing::TestWithParam<std::string> {};

TEST_P(LegacyHash, RightPasswordVerifies) {
    EXPECT_TRUE(is_supported_hash(GetParam()));
    EXPECT_FALSE(has_standard_cost(GetParam()));
    EXPECT_TRUE(verify_password(Secret("correct horse"), GetParam()));
    EXPECT_FALSE(verify_password(Secret("correct horsE"), GetParam()));
    EXPECT_FALSE(verify_password(Secret(), GetParam()));
}

TEST_P(LegacyHash, DamagedIsRefused) {
    for (const std::string& damaged :
         {GetParam() + "x", GetParam().substr(0, GetParam().size() - 1),
          replaced(GetParam(), "a", "!"), GetParam() + "$",
          GetParam().substr(0, GetParam().rfind('$'))}) {
        EXPECT_FALSE(is_supported_hash(damaged)) << damaged;
        EXPECT_FALSE(verify_password(Secret("correct horse"), damaged)) << damaged;
    }
}

// Made by crypt(3) of Debian 12.
INSTANTIATE_TEST_SUITE_P(
    Kinds, LegacyHash,
    testing::Values(sha512, sha256, yescrypt, bcrypt, replaced(bcrypt, "2b", "2y"),
                    "$2a$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
                    "$y$j9T$abcdefghijklmnop$0Hi8KsZH/hAMRN9Bam6ce3nmi5QAIz3R/KeaXG/c7p9"));

TEST(LegacyHashCost, BoundsAreInclusive) {
    EXPECT_TRUE(is_legacy_hash(replaced(sha512, "1000", "1000000")));
    EXPECT_TRUE(is_legacy_hash(replaced(bcrypt, "$05$", "$14$")));
    EXPECT_TRUE(is_legacy_hash(replaced(yescrypt, "j75", "jBT")));
}

TEST(LegacyHashCost, HashesThatWouldStallAreRefused) {
    for (const std::string& hash :
         {replaced(sha512, "1000", "999999999"), replaced(sha512, "1000", "1000001"),
          replaced(sha512, "1000", "99999999999999999999"), replaced(sha512, "1000", "999"),
          replaced(sha512, "1000", "-1"), replaced(sha512, "1000", ""),
          replaced(bcrypt, "$05$", "$31$"), replaced(bcrypt, "$05$", "$15$"),
          replaced(bcrypt, "$05$", "$03$"), replaced(bcrypt, "$05$", "$5$"),
          replaced(yescrypt, "j75", "jCT"), replaced(yescrypt, "j75", "jzT"),
          replaced(yescrypt, "j75", "j7z"), replaced(yescrypt, "j75", "j75/0")}) {
        EXPECT_FALSE(is_supported_hash(hash)) << hash;
        EXPECT_NE(describe_unsupported(hash), "") << hash;
    }
}

TEST(LegacyHashKind, BrokenOnesAreRefusedByName) {
    for (const std::string& hash :
         {std::string("$1$lOv2OPqq$8QV794D4iPQz9QfP0Afic1"), std::string("nlRbVKpMDCngQ"),
          std::string("_J9..rasmBYk8r9AiWNc"), std::string("$apr1$salt$x"),
          std::string("$3$$8846f7")}) {
        EXPECT_FALSE(is_supported_hash(hash)) << hash;
        EXPECT_FALSE(verify_password(Secret("correct horse"), hash)) << hash;
        EXPECT_NE(describe_unsupported(hash).find("broken"), std::string::npos) << hash;
    }
    EXPECT_EQ(describe_unsupported("plain password"), "");
    EXPECT_EQ(describe_unsupported("$argon2id$"), "");
}

}  // namespace
}  // namespace sallyport::auth
