#include <gtest/gtest.h>

#include "protocol/sftp/limits.hpp"
#include "storage/digest.hpp"
#include "tests/support/sftp_peer.hpp"
#include "tests/unit/storage/files.hpp"

namespace sallyport::sftp {
namespace {

using storage::DigestAlgorithm;
using test::Fields;
using test::Files;
using test::SftpPeer;
namespace fx = test::fx;
namespace fxf = test::fxf;
namespace fxp = test::fxp;

std::string hex_of(std::string_view bytes) {
    std::string hex;
    for (const char c : bytes) {
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
        hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 0xfU];
    }
    return hex;
}

std::string digest_of(std::string_view text, DigestAlgorithm algorithm = DigestAlgorithm::sha256) {
    storage::Digest digest(algorithm);
    digest.update(test::as_bytes(text));
    return digest.finish();
}

/// A session that finds /a of 1000 bytes.
class SftpCheckFile : public testing::Test {
  protected:
    SftpCheckFile() {
        for (std::size_t i = 0; i < content_.size(); ++i) content_[i] = static_cast<char>(i / 3);
        EXPECT_TRUE(files_.store(test::to("/a"), content_));
    }
    struct Range {
        std::uint64_t start = 0;
        std::uint64_t length = 0;
        std::uint32_t block = 0;
    };
    static Fields fields(std::string_view file, std::string_view names, const Range& range) {
        return Fields().str(file).str(names).u64(range.start).u64(range.length).u32(range.block);
    }
    test::Answer by_name(std::string_view path, std::string_view names, const Range& range) {
        return peer_.extended("check-file-name", fields(path, names, range));
    }
    /// Hex of all blocks of /a.
    std::string blocks(const Range& range) {
        auto answer = by_name("/a", "sha256", range);
        EXPECT_EQ(answer.type, fxp::extended_reply) << answer.text();
        if (answer.type != fxp::extended_reply) return {};
        EXPECT_EQ(answer.str(), "sha256");
        return hex_of(answer.rest);
    }

    std::string content_ = std::string(1000, '\0');
    SftpPeer peer_;
    Files files_{peer_.volume()};
};

TEST_F(SftpCheckFile, EveryDigestIsTold) {
    const std::pair<std::string_view, DigestAlgorithm> rows[] = {
        {"sha256", DigestAlgorithm::sha256},
        {"sha512", DigestAlgorithm::sha512},
        {"sha1", DigestAlgorithm::sha1},
        {"md5", DigestAlgorithm::md5},
    };
    for (const auto& [name, algorithm] : rows) {
        auto answer = by_name("/a", name, {});
        ASSERT_EQ(answer.type, fxp::extended_reply) << answer.text();
        EXPECT_EQ(answer.str(), name);
        EXPECT_EQ(hex_of(answer.rest), digest_of(content_, algorithm));
    }
}

TEST_F(SftpCheckFile, FirstKnownNameOfTheClientCounts) {
    auto answer = by_name("/a", "sha384,crc32,md5,sha256", {});
    EXPECT_EQ(answer.str(), "md5");
    for (const auto* names : {"", ",", "sha384", "SHA256", "md5 ", ",,,"}) {
        EXPECT_EQ(by_name("/a", names, {}).code(), fx::failure) << names;
    }
}

TEST_F(SftpCheckFile, RangesAreClipped) {
    EXPECT_EQ(blocks({100, 200, 0}), digest_of(content_.substr(100, 200)));
    EXPECT_EQ(blocks({100, 0, 0}), digest_of(content_.substr(100)));
    EXPECT_EQ(blocks({900, UINT64_MAX, 0}), digest_of(content_.substr(900)));
    EXPECT_EQ(blocks({1000, 0, 0}), digest_of(""));
    EXPECT_EQ(by_name("/a", "sha256", {1001, 0, 0}).code(), fx::failure);
    EXPECT_EQ(by_name("/a", "sha256", {UINT64_MAX, UINT64_MAX, 0}).code(), fx::failure);
}

TEST_F(SftpCheckFile, BlocksAreDigestedOnTheirOwn) {
    EXPECT_EQ(blocks({0, 0, 400}), digest_of(content_.substr(0, 400)) +
                                       digest_of(content_.substr(400, 400)) +
                                       digest_of(content_.substr(800)));
    EXPECT_EQ(blocks({100, 512, 256}),
              digest_of(content_.substr(100, 256)) + digest_of(content_.substr(356, 256)));
    EXPECT_EQ(blocks({0, 0, 0xffff'ffff}), digest_of(content_));
}

TEST_F(SftpCheckFile, SmallAndCountlessBlocksAreRefused) {
    EXPECT_EQ(by_name("/a", "sha256", {0, 0, 255}).code(), fx::failure);
    EXPECT_EQ(by_name("/a", "sha256", {0, 0, 1}).code(), fx::failure);
    const std::string large(min_digest_block_bytes * max_digest_blocks, 'x');
    ASSERT_TRUE(files_.store(test::to("/large"), large));
    EXPECT_EQ(by_name("/large", "md5", {0, 0, min_digest_block_bytes}).code(), fx::failure);
    EXPECT_EQ(by_name("/large", "md5", {1, 0, min_digest_block_bytes}).type, fxp::extended_reply);
}

TEST_F(SftpCheckFile, HandleOfADownloadIsItsFile) {
    const auto handle = peer_.open("/a", fxf::read);
    auto answer = peer_.extended("check-file-handle", fields(handle, "sha1", {}));
    EXPECT_EQ(answer.str(), "sha1");
    EXPECT_EQ(hex_of(answer.rest), digest_of(content_, DigestAlgorithm::sha1));
}

TEST_F(SftpCheckFile, HandleHasNoDigestOfAFileThatTookThePlaceOfItsOwn) {
    const auto handle = peer_.open("/a", fxf::read);
    ASSERT_TRUE(files_.store(test::to("/a", storage::Overwrite::replace), content_));
    auto answer = peer_.extended("check-file-handle", fields(handle, "sha256", {}));
    EXPECT_EQ(answer.code(), fx::failure);
}

TEST_F(SftpCheckFile, OtherHandlesHaveNoDigest) {
    for (const auto* request : {"check-file", "check-file-handle"}) {
        const auto ask = [&](const std::string& handle) {
            return peer_.extended(request, fields(handle, "md5", {})).code();
        };
        EXPECT_EQ(ask(peer_.open("/new", fxf::put)), fx::permission_denied);
        EXPECT_EQ(ask(peer_.opendir("/")), fx::permission_denied);
        EXPECT_EQ(ask("12345678"), fx::failure);
    }
}

TEST_F(SftpCheckFile, OnlyWholeFilesHaveADigest) {
    ASSERT_TRUE(files_.mkdir("/d"));
    files_.leave_partial("/cut", "half");
    EXPECT_EQ(by_name("/nowhere", "md5", {}).code(), fx::no_such_file);
    EXPECT_EQ(by_name("/d", "md5", {}).code(), fx::failure);
    EXPECT_EQ(by_name("/cut", "md5", {}).code(), fx::failure);
    EXPECT_EQ(by_name("/\x01", "md5", {}).code(), fx::failure);
}

TEST_F(SftpCheckFile, InterruptedSessionStopsDigesting) {
    peer_.session().interrupt();
    EXPECT_EQ(by_name("/a", "sha256", {0, 0, 256}).code(), fx::failure);
}

}  // namespace
}  // namespace sallyport::sftp
