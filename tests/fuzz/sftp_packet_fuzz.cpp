// The SFTP channel: bytes to packets to requests to answers, on files in memory and under a policy.

#include <cstdint>

#include "auth/guard.hpp"
#include "protocol/sftp/limits.hpp"
#include "protocol/sftp/session.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/support/run.hpp"

namespace sallyport::fuzz {
namespace {

void look_at(const sftp::Reply& reply) {
    require(reply.bytes.size() >= 5, "an answer has a length and a type");
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
        length = length << 8U | std::to_integer<unsigned>(reply.bytes[i]);
    require(length + 4 == reply.bytes.size(), "the length of an answer is true");
    require(length <= sftp::max_packet_bytes, "an answer is no longer than a packet may be");
}

/// False when the session is over.
bool answer(sftp::Session& session, sftp::Packet packet, storage::Volume& volume) {
    auto outcome = session.handle(std::move(packet));
    if (std::holds_alternative<sftp::Close>(outcome)) return false;
    if (auto* task = std::get_if<sftp::FileTask>(&outcome)) {
        look_at(test::run(task->run(volume)));
    } else {
        look_at(std::get<sftp::Reply>(outcome));
    }
    return true;
}

void speak(std::span<const std::byte> bytes, storage::Volume& volume) {
    sftp::PacketDecoder decoder;
    sftp::Session session({"fuzz", [] { return storage::FileTime(); }});
    // In two pieces, so that packets are split.
    const std::size_t half = bytes.size() / 2;
    bool open = true;
    for (const auto piece : {bytes.first(half), bytes.subspan(half)}) {
        decoder.feed(piece);
        while (open) {
            auto decoded = decoder.next();
            if (!decoded) break;
            auto* packet = std::get_if<sftp::Packet>(&*decoded);
            open = packet != nullptr && answer(session, std::move(*packet), volume);
        }
    }
    test::run(session.end("fuzz"));
    require(session.open_handles() == 0, "no handle outlives its session");
}

}  // namespace
}  // namespace sallyport::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport;
    storage::MemoryBackend backend({std::uint64_t{1} << 20U});
    const auto files = test::run(backend.open_volume({"fuzz", "fuzz"})).value();
    auth::Guard guard(files, std::make_shared<const auth::Policy>(*auth::preset_named("full")), {});
    fuzz::speak(std::as_bytes(std::span(data, size)), guard);
    return 0;
}
