#pragma once

namespace sallyport::auth {

/// Makes libsodium ready for use. Call before anything that draws random bytes or hashes; every
/// call after the first costs nothing. Thread-safe. Throws std::runtime_error when the machine has
/// no randomness.
void require_sodium();

}  // namespace sallyport::auth
