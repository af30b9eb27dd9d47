#include "server/tls/stream.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "server/tls/client_certificate.hpp"

namespace sallyport::tls {
namespace {

using Clock = std::chrono::steady_clock;
using net::Tcp;

/// What one SSL call said. The error queue is per thread, so it must be emptied before each call.
struct Said {
    int returned;
    int error;           ///< SSL_ERROR_...
    bool socket_is_dry;  ///< the socket was asked and had nothing
};

template <class Call>
Said call_ssl(SSL* ssl, Call call) {
    ERR_clear_error();
    errno = 0;
    const int returned = call();
    const bool dry = errno == EAGAIN;
    const int error = returned > 0 ? SSL_ERROR_NONE : SSL_get_error(ssl, returned);
    return {returned, error, dry};
}

/// For a client whose certificate was refused to read why.
constexpr auto alert_limit = std::chrono::seconds(1);

/// Records without data, such as key updates, read before other sessions have their turn. Stops a
/// flood of them from keeping a thread busy.
constexpr unsigned max_quiet_records = 16;

}  // namespace

std::string_view describe(Error error) {
    switch (error) {
        case Error::closed:
            return "closed by the peer";
        case Error::truncated:
            return "ended without TLS close_notify";
        case Error::timed_out:
            return "timed out";
        case Error::broken:
            return "connection broken";
        case Error::bad_certificate:
            return "client certificate refused";
    }
    __builtin_unreachable();
}

void throw_exception_from_error(Error error, const boost::source_location&) {
    throw std::logic_error(std::string("unchecked TLS error: ") + std::string(describe(error)));
}

Stream::Stream(Tcp::socket socket, std::shared_ptr<const void> context, SslHandle ssl,
               Purpose purpose)
    : socket_(std::move(socket)),
      context_(std::move(context)),
      ssl_(std::move(ssl)),
      purpose_(purpose) {}

// OpenSSL forgets the session of a connection that ended badly, but the control connection and
// later data connections share it.
Stream::~Stream() {
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Async<Result<std::unique_ptr<Stream>>> Stream::accept(Tcp::socket socket,
                                                      std::shared_ptr<const Context> context,
                                                      const SessionBinding& binding,
                                                      Purpose purpose, Limit limit) {
    boost::system::error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    auto ssl = context->make_connection(socket.native_handle(), binding, purpose);
    if (!ssl) co_return Error::broken;
    std::unique_ptr<Stream> stream(
        new Stream(std::move(socket), std::move(context), std::move(ssl), purpose));
    auto done = co_await stream->handshake(Clock::now() + limit);
    if (!done && refused_certificate(*stream->ssl_)) {
        // Bytes that nobody has read would turn our close into a reset that eats the alert.
        co_await stream->drain(alert_limit);
        co_return Error::bad_certificate;
    }
    if (!done) co_return done.error();
    co_return std::move(stream);
}

Async<std::variant<std::unique_ptr<Stream>, std::string>> Stream::connect(
    Tcp::socket socket, std::shared_ptr<const ClientContext> context, std::string host,
    Limit limit) {
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    auto ssl = context->make_connection(socket.native_handle(), host);
    if (!ssl) co_return std::string("no memory");
    std::unique_ptr<Stream> stream(
        new Stream(std::move(socket), std::move(context), std::move(ssl), Purpose::control));
    const auto done = co_await stream->handshake(Clock::now() + limit);
    if (done) co_return std::move(stream);
    const long verified = SSL_get_verify_result(stream->ssl_.get());
    if (verified == X509_V_OK) co_return std::string(describe(done.error()));
    co_return std::string(X509_verify_cert_error_string(verified));
}

Async<Result<void>> Stream::handshake(net::SteadyTime deadline) {
    for (;;) {
        const auto [returned, error, dry] =
            call_ssl(ssl_.get(), [this] { return SSL_do_handshake(ssl_.get()); });
        if (returned == 1) co_return Result<void>();
        auto waited = co_await wait_for(error, deadline);
        if (!waited) co_return waited.error();
    }
}

Async<Result<std::size_t>> Stream::read_some(std::span<std::byte> into, Limit limit) {
    const auto deadline = Clock::now() + limit;
    for (;;) {
        const auto count = read_now(into);
        if (!count || *count != 0) co_return count;
        auto waited = co_await wait_for(wanted_, deadline);
        if (!waited) co_return waited.error();
    }
}

Async<Stream::Filled> Stream::fill(std::span<std::byte> into, Limit limit, net::Pace& pace) {
    std::size_t total = 0;
    std::optional<net::SteadyTime> deadline;  // counted from the last data
    while (total < into.size()) {
        const auto count = read_now(into.subspan(total));
        if (!count) co_return Filled{total, count.error()};
        total += *count;
        pace.count(*count);
        if (*count != 0) {
            deadline.reset();
            continue;
        }
        const auto now = Clock::now();
        if (pace.too_slow(now)) co_return Filled{total, Error::timed_out};
        if (!deadline) deadline = now + limit;
        auto waited = co_await wait_for(wanted_, *deadline);
        if (!waited) co_return Filled{total, waited.error()};
    }
    co_return Filled{total, std::nullopt};
}

Result<std::size_t> Stream::read_now(std::span<std::byte> into) {
    for (;;) {
        std::size_t count = 0;
        const auto said = call_ssl(
            ssl_.get(), [&] { return SSL_read_ex(ssl_.get(), into.data(), into.size(), &count); });
        if (said.returned == 1) {
            quiet_records_ = 0;
            return count;
        }
        const bool waits = said.error == SSL_ERROR_WANT_READ || said.error == SSL_ERROR_WANT_WRITE;
        if (!waits) return end_of_stream(said.error);
        wanted_ = said.error;
        if (said.error == SSL_ERROR_WANT_WRITE || said.socket_is_dry) return 0;
        if (++quiet_records_ % max_quiet_records == 0) {
            wanted_ = SSL_ERROR_NONE;
            return 0;
        }
    }
}

Async<Result<void>> Stream::write(std::span<const std::byte> data, Limit limit) {
    while (!data.empty()) {
        const auto deadline = Clock::now() + limit;
        std::size_t count = 0;
        const auto [returned, error, dry] = call_ssl(
            ssl_.get(), [&] { return SSL_write_ex(ssl_.get(), data.data(), data.size(), &count); });
        if (returned == 1) {
            data = data.subspan(count);
            continue;
        }
        auto waited = co_await wait_for(error, deadline);
        if (!waited) co_return waited.error();
    }
    co_return Result<void>();
}

Async<void> Stream::finish(Limit limit) {
    const auto deadline = Clock::now() + limit;
    if (purpose_ == Purpose::data) {
        renew_ticket();
        call_ssl(ssl_.get(), [this] { return SSL_do_handshake(ssl_.get()); });
    }
    for (;;) {
        const auto [returned, error, dry] =
            call_ssl(ssl_.get(), [this] { return SSL_shutdown(ssl_.get()); });
        if (returned >= 0 || aborted_) break;
        auto waited = co_await wait_for(error, deadline);
        if (!waited) break;
    }
    boost::system::error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_send, ignored);
}

Async<void> Stream::drain(Limit limit) {
    co_await net::discard_until_closed(socket_, Clock::now() + limit);
}

void Stream::abort() noexcept {
    // The descriptor stays open until destruction: OpenSSL knows it by number.
    aborted_ = true;
    boost::system::error_code ignored;
    socket_.shutdown(Tcp::socket::shutdown_both, ignored);
    socket_.cancel(ignored);
}

void Stream::renew_ticket() {
    SSL_new_session_ticket(ssl_.get());
}

SessionInfo Stream::info() const {
    return {SSL_get_version(ssl_.get()), SSL_get_cipher_name(ssl_.get()), resumed()};
}

std::optional<auth::Certificate> Stream::certificate() const {
    return client_certificate(*ssl_);
}

boost::asio::ip::address Stream::local_address() const {
    boost::system::error_code gone;
    return socket_.local_endpoint(gone).address();
}

boost::asio::ip::address Stream::peer_address() const {
    boost::system::error_code gone;
    return socket_.remote_endpoint(gone).address();
}

bool Stream::resumed() const {
    return SSL_session_reused(ssl_.get()) == 1;
}

Async<Result<void>> Stream::wait_for(int ssl_error, net::SteadyTime deadline) {
    if (ssl_error == SSL_ERROR_NONE) {
        if (Clock::now() >= deadline) co_return Error::timed_out;
        co_await boost::asio::post(boost::asio::use_awaitable);
        co_return Result<void>();
    }
    if (aborted_ || (ssl_error != SSL_ERROR_WANT_READ && ssl_error != SSL_ERROR_WANT_WRITE)) {
        co_return Error::broken;
    }
    if (ssl_error == SSL_ERROR_WANT_READ) acknowledge_at_once();
    const auto what =
        ssl_error == SSL_ERROR_WANT_READ ? Tcp::socket::wait_read : Tcp::socket::wait_write;
    const auto ready = co_await net::wait_ready(socket_, what, deadline);
    if (ready == net::Ready::timed_out) co_return Error::timed_out;
    if (ready == net::Ready::cancelled) co_return Error::broken;
    co_return Result<void>();
}

// A client with Nagle's algorithm holds its close_notify back until its last bytes are
// acknowledged, and the kernel delays that by 40 ms because we have nothing to send. The option
// wears off, so it is set before each wait.
void Stream::acknowledge_at_once() {
    if (purpose_ != Purpose::data) return;
    const int on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

Error Stream::end_of_stream(int ssl_error) const {
    if (aborted_) return Error::broken;
    if (ssl_error == SSL_ERROR_ZERO_RETURN) return Error::closed;
    if (ssl_error == SSL_ERROR_SSL &&
        ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return Error::truncated;
    }
    return Error::broken;
}

}  // namespace sallyport::tls
