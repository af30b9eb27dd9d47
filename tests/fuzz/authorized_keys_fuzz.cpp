// Lines of public keys: what is accepted is canonical, and nothing of a refused line is repeated.

#include <cstdint>

#include "auth/key_type.hpp"
#include "auth/public_key.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sallyport;
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    const auto key = auth::parse_public_key(line);
    if (!key) {
        fuzz::require(!key.error().sentence.empty(), "a refusal says why");
        return 0;
    }
    fuzz::require(auth::is_accepted_key_type(key->type), "a key has a type that is accepted");
    fuzz::require(!auth::objection_to_key(key->type, key->blob),
                  "a key that was read stands its own test");
    fuzz::require(key->fingerprint().starts_with("SHA256:"), "a key has a fingerprint");
    return 0;
}
