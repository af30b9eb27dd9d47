#include <gtest/gtest.h>

#include "tests/support/tls_conversation.hpp"

namespace sallyport::tls {
namespace {

using test::Accepted;
using test::TlsClient;
using test::TlsClientOptions;
using test::TlsSession;

/// The ways in which a TLS session can be resumed.
struct Way {
    const char* name;
    int version;
    bool tickets;
};

class Binding : public test::TlsConversation, public testing::WithParamInterface<Way> {
  protected:
    struct Connected {
        TlsSession session;
        bool resumed = false;
    };

    /// One connection, ended properly; resumes `earlier` if the server agrees.
    Connected connect(SSL_SESSION* earlier = nullptr) {
        Connected result;
        bool resumed_at_the_server = false;
        const TlsClientOptions options{
            .version = GetParam().version, .tickets = GetParam().tickets, .resume = earlier};
        converse(
            options,
            [&](TlsClient& client) {
                EXPECT_TRUE(client.handshake());
                EXPECT_EQ(client.receive(), "x");
                result.session = client.session();
                result.resumed = client.resumed();
                EXPECT_EQ(client.receive(), "");
                client.close();
            },
            [&](Accepted accepted) -> Async<void> {
                EXPECT_TRUE(accepted);
                if (!accepted) co_return;
                resumed_at_the_server = (*accepted)->resumed();
                const auto written =
                    co_await (*accepted)->write(std::as_bytes(std::span("x", 1)), test::patience);
                EXPECT_TRUE(written);
                co_await (*accepted)->finish(test::patience);
                co_await (*accepted)->drain(test::patience);
            });
        EXPECT_EQ(result.resumed, resumed_at_the_server);
        return result;
    }
};

TEST_P(Binding, SessionIsResumedUnderItsOwnBinding) {
    const auto control = connect();
    EXPECT_FALSE(control.resumed);
    purpose_ = Purpose::data;
    EXPECT_TRUE(connect(control.session.get()).resumed);
}

TEST_P(Binding, SessionIsNotResumedUnderAnother) {
    const auto control = connect();
    binding_ = SessionBinding::make();
    EXPECT_FALSE(connect(control.session.get()).resumed);
    purpose_ = Purpose::data;
    EXPECT_FALSE(connect(control.session.get()).resumed);
}

TEST_P(Binding, SessionOfAnotherCertificateIsNotResumed) {
    const auto control = connect();
    context_ = load();
    EXPECT_FALSE(connect(control.session.get()).resumed);
}

// A client on OpenSSL uses a ticket once only, so that each connection must bring the next.
TEST_P(Binding, TenConnectionsInARowAreResumed) {
    auto latest = connect();
    purpose_ = Purpose::data;
    for (int i = 0; i < 10; ++i) {
        latest = connect(latest.session.get());
        EXPECT_TRUE(latest.resumed) << i;
    }
}

INSTANTIATE_TEST_SUITE_P(, Binding,
                         testing::Values(Way{"Tls12SessionId", TLS1_2_VERSION, false},
                                         Way{"Tls12Ticket", TLS1_2_VERSION, true},
                                         Way{"Tls13Ticket", TLS1_3_VERSION, true},
                                         Way{"Tls13SessionId", TLS1_3_VERSION, false}),
                         [](const auto& way) { return way.param.name; });

class Tickets : public test::TlsConversation {};

TEST_F(Tickets, RenewedTicketResumesToo) {
    TlsSession first;
    TlsSession second;
    converse(
        {.version = TLS1_3_VERSION},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_EQ(client.receive(), "1");
            first = client.session();
            EXPECT_EQ(client.receive(), "2");
            second = client.session();
            client.close();
        },
        [&](Accepted accepted) -> Async<void> {
            const auto one = std::as_bytes(std::span("1", 1));
            const auto two = std::as_bytes(std::span("2", 1));
            const auto before = co_await (*accepted)->write(one, test::patience);
            (*accepted)->renew_ticket();
            const auto after = co_await (*accepted)->write(two, test::patience);
            EXPECT_TRUE(before && after);
            co_await (*accepted)->finish(test::patience);
        });
    ASSERT_TRUE(first && second);
    for (auto* ticket : {second.get(), first.get()}) {
        bool resumed = false;
        converse(
            {.version = TLS1_3_VERSION, .resume = ticket},
            [&](TlsClient& client) { resumed = client.handshake() && client.resumed(); },
            [](Accepted) -> Async<void> { co_return; });
        EXPECT_TRUE(resumed);
    }
    std::size_t sizes[2] = {0, 0};
    const unsigned char* texts[2] = {nullptr, nullptr};
    SSL_SESSION_get0_ticket(first.get(), &texts[0], &sizes[0]);
    SSL_SESSION_get0_ticket(second.get(), &texts[1], &sizes[1]);
    EXPECT_NE(std::string(texts[0], texts[0] + sizes[0]),
              std::string(texts[1], texts[1] + sizes[1]));
}

}  // namespace
}  // namespace sallyport::tls
