#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <future>

#include "server/tls/stream.hpp"
#include "tests/support/tls_conversation.hpp"

namespace sallyport::tls {
namespace {

using namespace std::chrono_literals;
using test::Accepted;
using test::bytes;
using test::patience;
using test::TlsClient;

/// Reads until the stream ends; `end` says how it did.
Async<std::string> read_all(Stream& stream, Error& end) {
    std::string all;
    std::byte part[1000];
    for (;;) {
        const auto count = co_await stream.read_some(part, patience);
        if (!count) {
            end = count.error();
            co_return all;
        }
        all.append(reinterpret_cast<const char*>(part), *count);
    }
}

class Streams : public test::TlsConversation {
  protected:
    /// What the server sees of a client that does this, and how it ends.
    template <class Client>
    std::pair<std::string, Error> receive_from(const Client& client) {
        std::pair<std::string, Error> seen{"no handshake", Error::timed_out};
        converse({}, client, [&](Accepted accepted) -> Async<void> {
            if (!accepted) co_return;
            seen.first = co_await read_all(**accepted, seen.second);
        });
        return seen;
    }
};

TEST_F(Streams, BytesGoBothWays) {
    for (const auto purpose : {Purpose::control, Purpose::data}) {
        purpose_ = purpose;
        converse(
            {},
            [](TlsClient& client) {
                EXPECT_TRUE(client.handshake());
                EXPECT_TRUE(client.send("question"));
                EXPECT_EQ(client.receive(), "answer");
            },
            [](Accepted accepted) -> Async<void> {
                std::byte buffer[100];
                const auto count = co_await (*accepted)->read_some(buffer, patience);
                EXPECT_EQ(count.value(), 8U);
                const auto written = co_await (*accepted)->write(bytes("answer"), patience);
                EXPECT_TRUE(written);
            });
    }
}

TEST_F(Streams, AddressesAreThoseOfTheConnection) {
    converse(
        {}, [](TlsClient& client) { EXPECT_TRUE(client.handshake()); },
        [](Accepted accepted) -> Async<void> {
            EXPECT_EQ((*accepted)->peer_address(), test::address("127.0.0.1"));
            EXPECT_EQ((*accepted)->local_address(), test::address("127.0.0.1"));
            co_return;
        });
}

TEST_F(Streams, CloseNotifyMeansThatEverythingArrived) {
    const auto [text, end] = receive_from([](TlsClient& client) {
        EXPECT_TRUE(client.handshake());
        EXPECT_TRUE(client.send("all of it"));
        client.close();
    });
    EXPECT_EQ(text, "all of it");
    EXPECT_EQ(end, Error::closed);
}

TEST_F(Streams, EndWithoutCloseNotifyIsTruncation) {
    const auto [text, end] = receive_from([](TlsClient& client) {
        EXPECT_TRUE(client.handshake());
        EXPECT_TRUE(client.send("half of i"));
        client.hang_up();
    });
    EXPECT_EQ(text, "half of i");
    EXPECT_EQ(end, Error::truncated);
}

TEST_F(Streams, EndWithoutAnyByteIsTruncationToo) {
    const auto [text, end] = receive_from([](TlsClient& client) {
        EXPECT_TRUE(client.handshake());
        client.hang_up();
    });
    EXPECT_EQ(text, "");
    EXPECT_EQ(end, Error::truncated);
}

TEST_F(Streams, BytesOutsideTlsBreakTheStream) {
    const auto [text, end] = receive_from([](TlsClient& client) {
        EXPECT_TRUE(client.handshake());
        EXPECT_EQ(BIO_write(SSL_get_wbio(client.native()), "USER alice\r\n", 12), 12);
        client.hang_up();
    });
    EXPECT_EQ(text, "");
    EXPECT_EQ(end, Error::broken);
}

TEST_F(Streams, FillReadsUntilFullOrTheEnd) {
    const std::string sent(100'000, 'x');
    Stream::Filled full;
    Stream::Filled rest;
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_TRUE(client.send(sent));
            client.close();
        },
        [&](Accepted accepted) -> Async<void> {
            std::vector<std::byte> buffer(70'000);
            net::Pace any(0, std::chrono::steady_clock::now());
            full = co_await (*accepted)->fill(buffer, patience, any);
            rest = co_await (*accepted)->fill(buffer, patience, any);
        });
    EXPECT_EQ(full.count, 70'000U);
    EXPECT_EQ(full.end, std::nullopt);
    EXPECT_EQ(rest.count, 30'000U);
    EXPECT_EQ(rest.end, Error::closed);
}

TEST_F(Streams, FillStopsForASenderThatIsTooSlow) {
    std::promise<void> over;
    Stream::Filled filled;
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_TRUE(client.send("drop by drop"));
            over.get_future().wait();
        },
        [&](Accepted accepted) -> Async<void> {
            std::vector<std::byte> buffer(1000);
            const auto long_ago = std::chrono::steady_clock::now() - net::Pace::window - 1s;
            net::Pace demanding(1'000'000, long_ago);
            filled = co_await (*accepted)->fill(buffer, patience, demanding);
            over.set_value();
        });
    EXPECT_EQ(filled.end, Error::timed_out);
    EXPECT_LT(filled.count, 1000U);
}

TEST_F(Streams, KeyUpdatesBetweenBytesAreFine) {
    const auto [text, end] = receive_from([](TlsClient& client) {
        EXPECT_TRUE(client.handshake());
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(SSL_key_update(client.native(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
            EXPECT_TRUE(client.send("x"));
        }
        client.close();
    });
    EXPECT_EQ(text, std::string(100, 'x'));
    EXPECT_EQ(end, Error::closed);
}

TEST_F(Streams, FloodOfKeyUpdatesLeavesTurnsToOthers) {
    constexpr int updates = 200;
    std::promise<void> sent;
    int turns = 0;
    Error end{};
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            for (int i = 0; i < updates; ++i) {
                SSL_key_update(client.native(), SSL_KEY_UPDATE_NOT_REQUESTED);
                EXPECT_EQ(SSL_do_handshake(client.native()), 1);
            }
            client.close();
            sent.set_value();
        },
        [&](Accepted accepted) -> Async<void> {
            auto& stream = **accepted;
            // All of the flood is there before the first read, so that no wait lets others in.
            sent.get_future().wait();
            bool over = false;
            std::function<void()> other = [&] {
                ++turns;
                if (!over) boost::asio::post(stream.executor(), other);
            };
            boost::asio::post(stream.executor(), other);
            std::byte buffer[10];
            const auto count = co_await stream.read_some(buffer, patience);
            end = count.error();
            over = true;
            co_await boost::asio::post(stream.executor(), boost::asio::use_awaitable);
            co_await boost::asio::post(stream.executor(), boost::asio::use_awaitable);
        });
    EXPECT_EQ(end, Error::closed);
    EXPECT_GT(turns, 3);
}

TEST_F(Streams, LargeWritesArriveWhole) {
    const std::string sent(5'000'000, 'y');
    std::string received;
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            for (auto part = client.receive(); !part.empty(); part = client.receive()) {
                received += part;
            }
            EXPECT_TRUE(client.saw_close_notify());
        },
        [&](Accepted accepted) -> Async<void> {
            const auto written = co_await (*accepted)->write(bytes(sent), patience);
            EXPECT_TRUE(written);
            co_await (*accepted)->finish(patience);
        });
    EXPECT_TRUE(received == sent);
}

TEST_F(Streams, FinishSaysCloseNotify) {
    converse(
        {},
        [](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_TRUE(client.send("never read by the server"));
            EXPECT_EQ(client.receive(), "goodbye");
            EXPECT_EQ(client.receive(), "");
            EXPECT_TRUE(client.saw_close_notify());
            client.close();
        },
        [](Accepted accepted) -> Async<void> {
            const auto written = co_await (*accepted)->write(bytes("goodbye"), patience);
            EXPECT_TRUE(written);
            co_await (*accepted)->finish(patience);
            co_await (*accepted)->drain(patience);
        });
}

TEST_F(Streams, DestructionAloneIsNoCloseNotify) {
    converse(
        {},
        [](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_EQ(client.receive(), "");
            EXPECT_FALSE(client.saw_close_notify());
        },
        [](Accepted accepted) -> Async<void> {
            EXPECT_TRUE(accepted);
            co_return;
        });
}

TEST(TlsError, EveryErrorHasItsWords) {
    for (const auto error : {Error::closed, Error::truncated, Error::timed_out, Error::broken}) {
        EXPECT_FALSE(describe(error).empty());
    }
    EXPECT_THROW(static_cast<void>(Result<int>(Error::broken).value()), std::logic_error);
}

}  // namespace
}  // namespace sallyport::tls
