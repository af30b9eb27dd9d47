#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "server/tls/stream.hpp"
#include "tests/support/tls_conversation.hpp"

namespace sallyport::tls {
namespace {

using namespace std::chrono_literals;
using test::Accepted;
using test::patience;
using test::TlsClient;

std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

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
            full = co_await (*accepted)->fill(buffer, patience);
            rest = co_await (*accepted)->fill(buffer, patience);
        });
    EXPECT_EQ(full.count, 70'000U);
    EXPECT_EQ(full.end, std::nullopt);
    EXPECT_EQ(rest.count, 30'000U);
    EXPECT_EQ(rest.end, Error::closed);
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

TEST_F(Streams, ReaderStopsAtItsLimit) {
    std::promise<void> over;
    Error end{};
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            over.get_future().wait();
        },
        [&](Accepted accepted) -> Async<void> {
            std::byte buffer[10];
            const auto count = co_await (*accepted)->read_some(buffer, 5ms);
            end = count.error();
            over.set_value();
        });
    EXPECT_EQ(end, Error::timed_out);
}

TEST_F(Streams, WriterStopsAtItsLimit) {
    std::promise<void> over;
    Error end{};
    const std::string much(50'000'000, 'z');
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            over.get_future().wait();
        },
        [&](Accepted accepted) -> Async<void> {
            const auto written = co_await (*accepted)->write(bytes(much), 20ms);
            end = written.error();
            over.set_value();
        });
    EXPECT_EQ(end, Error::timed_out);
}

TEST_F(Streams, AbortWakesAReader) {
    Error end{};
    converse(
        {},
        [](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            EXPECT_EQ(client.receive(), "");
        },
        [&](Accepted accepted) -> Async<void> {
            auto& stream = **accepted;
            boost::asio::post(stream.executor(), [&stream] { stream.abort(); });
            std::byte buffer[10];
            const auto count = co_await stream.read_some(buffer, patience);
            end = count.error();
        });
    EXPECT_EQ(end, Error::broken);
}

TEST_F(Streams, AbortWakesAWriter) {
    std::promise<void> over;
    Error end{};
    const std::string much(50'000'000, 'z');
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            over.get_future().wait();
        },
        [&](Accepted accepted) -> Async<void> {
            auto& stream = **accepted;
            boost::asio::post(stream.executor(), [&stream] { stream.abort(); });
            const auto written = co_await stream.write(bytes(much), patience);
            end = written.error();
            over.set_value();
        });
    EXPECT_EQ(end, Error::broken);
}

TEST_F(Streams, NothingWorksAfterAbort) {
    converse(
        {}, [](TlsClient& client) { EXPECT_TRUE(client.handshake()); },
        [](Accepted accepted) -> Async<void> {
            auto& stream = **accepted;
            stream.abort();
            std::byte buffer[10];
            const auto count = co_await stream.read_some(buffer, patience);
            EXPECT_EQ(count.error(), Error::broken);
            const auto written = co_await stream.write(bytes("x"), patience);
            EXPECT_EQ(written.error(), Error::broken);
            co_await stream.finish(patience);
        });
}

TEST_F(Streams, HandshakeThatNeverComesTimesOut) {
    std::promise<void> over;
    Error end{};
    converse_raw([&](net::Tcp::socket&) { over.get_future().wait(); },
                 [&](Accepted accepted) -> Async<void> {
                     end = accepted.error();
                     over.set_value();
                     co_return;
                 },
                 5ms);
    EXPECT_EQ(end, Error::timed_out);
}

TEST_F(Streams, ClearTextInsteadOfAHandshakeIsNeverAnsweredInClear) {
    for (const std::string text : {"USER alice\r\nPASS secret\r\n", "GET / HTTP/1.1\r\n\r\n"}) {
        bool refused = false;
        converse_raw(
            [&](net::Tcp::socket& socket) {
                boost::asio::write(socket, boost::asio::buffer(text));
                const auto answer = test::read_to_end(socket);
                constexpr char alert_record = '\x15';
                EXPECT_TRUE(answer.empty() || answer.front() == alert_record) << answer;
            },
            [&](Accepted accepted) -> Async<void> {
                refused = !accepted;
                co_return;
            });
        EXPECT_TRUE(refused) << text;
    }
}

TEST_F(Streams, PeerThatLeavesDuringTheHandshakeBreaksIt) {
    Error end{};
    converse_raw([](net::Tcp::socket& socket) { socket.close(); },
                 [&](Accepted accepted) -> Async<void> {
                     end = accepted.error();
                     co_return;
                 });
    EXPECT_EQ(end, Error::broken);
}

TEST(TlsError, EveryErrorHasItsWords) {
    for (const auto error : {Error::closed, Error::truncated, Error::timed_out, Error::broken}) {
        EXPECT_FALSE(describe(error).empty());
    }
    EXPECT_THROW(static_cast<void>(Result<int>(Error::broken).value()), std::logic_error);
}

}  // namespace
}  // namespace sallyport::tls
