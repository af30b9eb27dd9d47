#include "storage/digest.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace sallyport::storage {
namespace {

std::string digest_of(DigestAlgorithm algorithm, std::string_view text) {
    Digest digest(algorithm);
    digest.update(std::as_bytes(std::span(text)));
    return digest.finish();
}

TEST(Digest, KnownAnswers) {
    EXPECT_EQ(digest_of(DigestAlgorithm::crc32, "123456789"), "cbf43926");
    EXPECT_EQ(digest_of(DigestAlgorithm::md5, "abc"), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(digest_of(DigestAlgorithm::sha1, "abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(digest_of(DigestAlgorithm::sha256, "abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest_of(DigestAlgorithm::sha512, "abc"),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digest, OfNothing) {
    EXPECT_EQ(Digest(DigestAlgorithm::crc32).finish(), "00000000");
    EXPECT_EQ(Digest(DigestAlgorithm::md5).finish(), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(Digest(DigestAlgorithm::sha256).finish(),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, PiecesAndWholeAgree) {
    for (const auto algorithm :
         {DigestAlgorithm::crc32, DigestAlgorithm::md5, DigestAlgorithm::sha1,
          DigestAlgorithm::sha256, DigestAlgorithm::sha512}) {
        Digest pieces(algorithm);
        for (const char c : std::string_view("in pieces")) {
            pieces.update(std::as_bytes(std::span(&c, 1)));
        }
        EXPECT_EQ(pieces.finish(), digest_of(algorithm, "in pieces"));
    }
}

}  // namespace
}  // namespace sallyport::storage
