#pragma once

#include <cstdio>
#include <cstdlib>

namespace sallyport::fuzz {

/// Ends the program when a property does not hold, so that the fuzzer keeps the input.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

}  // namespace sallyport::fuzz
