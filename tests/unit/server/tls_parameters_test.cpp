#include <gtest/gtest.h>

#include "server/tls/parameters.hpp"
#include "tests/support/tls_conversation.hpp"

namespace sallyport::tls {
namespace {

using namespace std::string_literals;
using test::Accepted;
using test::TlsClient;
using test::TlsClientOptions;

class Parameters : public test::TlsConversation {
  protected:
    /// What is negotiated with such a client; nothing when the handshake fails.
    std::optional<SessionInfo> negotiate(const TlsClientOptions& options) {
        std::optional<SessionInfo> info;
        converse(
            options,
            [&](TlsClient& client) {
                const bool done = client.handshake();
                // With TLS 1.3 the server's refusal may come after the client's part is done.
                const auto greeting = client.receive();
                refusal_ = client.reason();
                alpn_ = client.alpn();
                EXPECT_EQ(greeting == "220", done && refusal_ == 0);
            },
            [&](Accepted accepted) -> Async<void> {
                if (!accepted) co_return;
                info = (*accepted)->info();
                const auto text = std::as_bytes(std::span("220", 3));
                const auto written = co_await (*accepted)->write(text, test::patience);
                EXPECT_TRUE(written);
            });
        return info;
    }

    int refusal_ = 0;
    std::string alpn_;
};

TEST_F(Parameters, BothVersionsAreSpoken) {
    const auto newest = negotiate({});
    ASSERT_TRUE(newest);
    EXPECT_EQ(newest->version, "TLSv1.3");
    EXPECT_EQ(newest->cipher, "TLS_AES_256_GCM_SHA384");
    EXPECT_FALSE(newest->resumed);
    const auto older = negotiate({.version = TLS1_2_VERSION});
    ASSERT_TRUE(older);
    EXPECT_EQ(older->version, "TLSv1.2");
    EXPECT_EQ(older->cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
}

TEST_F(Parameters, OlderVersionsAreRefused) {
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        EXPECT_FALSE(negotiate({.version = version, .ciphers = "ALL:@SECLEVEL=0"})) << version;
        EXPECT_EQ(refusal_, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    }
}

TEST_F(Parameters, VersionThreeOnlyWhenConfigured) {
    options_.min_version = config::TlsVersion::v1_3;
    context_ = load();
    EXPECT_FALSE(negotiate({.version = TLS1_2_VERSION}));
    EXPECT_TRUE(negotiate({.version = TLS1_3_VERSION}));
}

TEST_F(Parameters, WeakSuitesAreRefused) {
    for (const auto* suite :
         {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "AES128-SHA", "AES256-GCM-SHA384",
          "DHE-RSA-AES256-GCM-SHA384", "AECDH-AES256-SHA", "ECDHE-ECDSA-NULL-SHA"}) {
        const auto ciphers = std::string(suite) + ":@SECLEVEL=0";
        EXPECT_FALSE(negotiate({.version = TLS1_2_VERSION, .ciphers = ciphers.c_str()})) << suite;
        EXPECT_EQ(refusal_, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE) << suite;
    }
}

TEST_F(Parameters, FtpIsSelectedWhenOffered) {
    EXPECT_TRUE(negotiate({.alpn = "\x03"
                                   "ftp"}));
    EXPECT_EQ(alpn_, "ftp");
    EXPECT_TRUE(negotiate({.alpn = "\x08http/1.1\x03"
                                   "ftp"}));
    EXPECT_EQ(alpn_, "ftp");
    EXPECT_TRUE(negotiate({.alpn = "\x08"
                                   "ftp-data"}));
    EXPECT_EQ(alpn_, "ftp-data");
}

TEST_F(Parameters, NoNamesAreFine) {
    EXPECT_TRUE(negotiate({}));
    EXPECT_EQ(alpn_, "");
}

TEST_F(Parameters, OtherNamesAreRefusedWithTheirAlert) {
    for (const auto& names : {"\x08http/1.1"s, "\x02h2\x08http/1.1"s,
                              "\x04"
                              "ftps"s,
                              "\x02"
                              "ft"s,
                              "\x03"
                              "FTP"s,
                              "\x04smtp"s}) {
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            EXPECT_FALSE(negotiate({.version = version, .alpn = names})) << names;
            EXPECT_EQ(refusal_, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL) << names;
        }
    }
}

}  // namespace
}  // namespace sallyport::tls
