#include <gtest/gtest.h>

#include "protocol/sftp/extension_table.hpp"
#include "tests/support/sftp_peer.hpp"

namespace sallyport::sftp {
namespace {

using test::Fields;
namespace fx = test::fx;

TEST(SftpExtended, UnknownExtensionsAreUnsupported) {
    test::SftpPeer peer;
    for (const auto* name : {"", "space-available", "version-select", "text-seek", "copy-file"}) {
        EXPECT_EQ(peer.extended(name, Fields().str("/a")).code(), fx::op_unsupported) << name;
    }
}

TEST(SftpExtended, NamesWithForeignBytesAreNotEchoed) {
    test::SftpPeer peer;
    const auto answer = peer.extended(std::string_view("a\0\r\n\x1b", 5));
    EXPECT_EQ(answer.code(), fx::op_unsupported);
    EXPECT_EQ(answer.text(), "unknown extension");
}

TEST(SftpExtended, EveryRowWithAHandlerAnswers) {
    test::SftpPeer peer;
    for (const auto& row : extension_table()) {
        const auto answer = peer.extended(row.name, Fields().raw("x"));
        EXPECT_EQ(answer.code(), row.handler != nullptr ? fx::bad_message : fx::op_unsupported)
            << row.name;
    }
}

}  // namespace
}  // namespace sallyport::sftp
