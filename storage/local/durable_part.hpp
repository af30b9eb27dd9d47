#pragma once

#include <cstdint>
#include <string>

#include "storage/error.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::storage {

/// What tells this start of the machine from every other; empty when the kernel does not say.
[[nodiscard]] std::string this_boot();

/// Notes with a file that only its first `size` bytes are sure to outlast the machine's running,
/// which `boot` names. Where the file system keeps no attributes, nothing is noted.
void note_durable_part(const Descriptor& file, const std::string& boot, std::uint64_t size);

/// Cuts a file that was noted before the machine started anew to what was noted then: a power cut
/// may have left the size of what followed, and not the bytes.
[[nodiscard]] Result<void> cut_to_durable_part(const Descriptor& file, const std::string& boot);

/// Takes the note from a file.
void forget_durable_part(const Descriptor& file);

}  // namespace sallyport::storage
