// How a Stream ends when its peer, or its owner, does not let it go on.

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
using test::bytes;
using test::patience;
using test::TlsClient;

class StreamEnds : public test::TlsConversation {};

TEST_F(StreamEnds, ReaderStopsAtItsLimit) {
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

// Records without data are no progress: whoever sends only those must not hold a reader for ever.
TEST_F(StreamEnds, ReaderStopsAtItsLimitDuringAFloodOfKeyUpdates) {
    std::promise<void> sent;
    Error end{};
    converse(
        {},
        [&](TlsClient& client) {
            EXPECT_TRUE(client.handshake());
            for (int i = 0; i < 200; ++i) {
                SSL_key_update(client.native(), SSL_KEY_UPDATE_NOT_REQUESTED);
                EXPECT_EQ(SSL_do_handshake(client.native()), 1);
            }
            client.close();
            sent.set_value();
        },
        [&](Accepted accepted) -> Async<void> {
            sent.get_future().wait();
            std::byte buffer[10];
            const auto count = co_await (*accepted)->read_some(buffer, 0ms);
            end = count.error();
        });
    EXPECT_EQ(end, Error::timed_out);
}

TEST_F(StreamEnds, WriterStopsAtItsLimit) {
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

TEST_F(StreamEnds, AbortWakesAReader) {
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

TEST_F(StreamEnds, AbortWakesAWriter) {
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

TEST_F(StreamEnds, NothingWorksAfterAbort) {
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

TEST_F(StreamEnds, HandshakeThatNeverComesTimesOut) {
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

TEST_F(StreamEnds, ClearTextInsteadOfAHandshakeIsNeverAnsweredInClear) {
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

TEST_F(StreamEnds, PeerThatLeavesDuringTheHandshakeBreaksIt) {
    Error end{};
    converse_raw([](net::Tcp::socket& socket) { socket.close(); },
                 [&](Accepted accepted) -> Async<void> {
                     end = accepted.error();
                     co_return;
                 });
    EXPECT_EQ(end, Error::broken);
}

}  // namespace
}  // namespace sallyport::tls
