// The control connection: bytes to lines to commands to replies, in clear and inside TLS.

#include <cstdint>

#include "protocol/ftp/plain_session.hpp"
#include "protocol/ftp/secure_session.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/run.hpp"

namespace sallyport::fuzz {
namespace {

void look_at(const ftp::Reply& reply) {
    const std::string wire = reply.wire();
    require(wire.ends_with("\r\n"), "a reply ends with CRLF");
    for (std::size_t i = 0; i < wire.size(); ++i) {
        const auto byte = static_cast<unsigned char>(wire[i]);
        const bool line_end =
            byte == '\r' ? wire[i + 1] == '\n' : byte == '\n' && wire[i - 1] == '\r';
        require(byte >= 0x20 || line_end, "a reply holds no control character but its line ends");
    }
}

/// A driver without a network: every login succeeds, passive ports open, transfers do not happen.
class Driver {
  public:
    explicit Driver(storage::Volume& volume)
        : session_({"fuzz", false, [] { return storage::FileTime(); }}), volume_(volume) {}

    /// False when the session is over.
    bool take(const ftp::Decoded& line) {
        return std::visit([this](auto&& outcome) { return perform(std::move(outcome)); },
                          session_.handle(line));
    }

  private:
    bool perform(ftp::Reply reply) {
        look_at(reply);
        return true;
    }
    bool perform(ftp::Close close) {
        look_at(close.reply);
        return false;
    }
    bool perform(ftp::Drop) { return false; }
    bool perform(ftp::Login) { return perform(session_.logged_in()); }
    bool perform(ftp::OpenPassive request) {
        return perform(session_.passive_opened(request, {127, 0, 0, 1}, 50000));
    }
    bool perform(ftp::FileTask task) { return perform(test::run(task.run(volume_))); }
    bool perform(ftp::Transfer) {
        session_.passive_closed();
        return true;
    }

    ftp::SecureSession session_;
    storage::Volume& volume_;
};

void speak(std::string_view bytes, storage::Volume& volume) {
    ftp::LineDecoder decoder;
    ftp::PlainSession plain("fuzz");
    Driver secure(volume);
    // In two pieces, so that lines are split.
    const std::size_t half = bytes.size() / 2;
    for (const std::string_view piece : {bytes.substr(0, half), bytes.substr(half)}) {
        decoder.feed(piece);
        while (const auto line = decoder.next()) {
            if (std::holds_alternative<ftp::Foreign>(*line) ||
                std::holds_alternative<ftp::LineTooLong>(*line)) {
                return;
            }
            const auto answered = plain.handle(*line, false);
            if (const auto* reply = std::get_if<ftp::Reply>(&answered)) look_at(*reply);
            if (!secure.take(*line)) return;
        }
    }
}

}  // namespace
}  // namespace sallyport::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport;
    storage::MemoryBackend backend({std::uint64_t{1} << 20U});
    const auto volume = test::run(backend.open_volume({"fuzz", "fuzz"})).value();
    fuzz::speak({reinterpret_cast<const char*>(data), size}, *volume);
    return 0;
}
