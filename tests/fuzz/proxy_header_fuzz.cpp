// The header of a load balancer: the same result for any pieces it comes in, bounded, and addresses
// that are addresses.

#include <algorithm>
#include <cstdint>
#include <span>

#include "auth/address_prefix.hpp"
#include "protocol/proxy/header.hpp"
#include "tests/fuzz/require.hpp"

namespace sallyport::fuzz {
namespace {

using State = proxy::HeaderParser::State;

struct Outcome {
    proxy::HeaderParser parser;
    std::size_t used = 0;
};

/// Feeds `bytes` in pieces of this size, as long as the parser wants more.
Outcome parse(std::span<const std::byte> bytes, std::size_t piece) {
    Outcome outcome;
    while (outcome.used < bytes.size() && outcome.parser.state() == State::more) {
        const auto rest = bytes.subspan(outcome.used);
        const auto taken = outcome.parser.feed(rest.first(std::min(piece, rest.size())));
        require(taken > 0, "a parser that wants more takes some");
        outcome.used += taken;
    }
    return outcome;
}

void look_at(const Outcome& whole) {
    require(whole.used <= proxy::max_v2_bytes, "a header is bounded");
    require((whole.parser.state() == State::malformed) == !whole.parser.problem().empty(),
            "what is malformed has a reason");
    if (whole.parser.state() != State::complete) return;
    const auto* relayed = std::get_if<proxy::Relayed>(&whole.parser.header());
    if (relayed == nullptr) return;
    require(auth::is_address(relayed->source) && auth::is_address(relayed->destination),
            "an address is one");
}

}  // namespace
}  // namespace sallyport::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport::fuzz;
    const auto bytes = std::as_bytes(std::span(data, size));
    const auto whole = parse(bytes, size);
    look_at(whole);
    for (const std::size_t piece : {1U, 7U}) {
        const auto pieces = parse(bytes, piece);
        require(pieces.used == whole.used && pieces.parser.state() == whole.parser.state() &&
                    pieces.parser.header() == whole.parser.header() &&
                    pieces.parser.problem() == whole.parser.problem(),
                "pieces make no difference");
    }
    return 0;
}
