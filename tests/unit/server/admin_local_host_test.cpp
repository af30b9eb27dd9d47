#include <gtest/gtest.h>

#include "server/admin/local_host.hpp"

namespace sallyport::server::admin {
namespace {

TEST(LocalHost, LoopbackNamesAreThisMachine) {
    for (const auto* host : {"localhost", "localhost:9321", "LocalHost", "127.0.0.1",
                             "127.0.0.1:9321", "127.1.2.3:1", "[::1]", "[::1]:9321"}) {
        EXPECT_TRUE(is_local_host(host)) << host;
    }
}

TEST(LocalHost, AnythingElseIsNot) {
    for (const auto* host : {"",
                             "example.com",
                             "example.com:9321",
                             "localhost.example.com",
                             "127.0.0.1.example.com",
                             "127.0.0.1:9321.example.com",
                             "localhost:",
                             "localhost:80x",
                             "192.0.2.1",
                             "0.0.0.0",
                             "[::]",
                             "::1",
                             "[::1",
                             "[::1]x",
                             "[::1]:",
                             "127.1",
                             "2130706433",
                             " localhost",
                             "localhost@example.com",
                             "[::ffff:127.0.0.1]"}) {
        EXPECT_FALSE(is_local_host(host)) << host;
    }
}

}  // namespace
}  // namespace sallyport::server::admin
