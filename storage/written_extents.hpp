#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace sallyport::storage {

/// Most extents that are remembered of one file; beyond it the last one is forgotten, as if it had
/// not been written. Stops a client that writes every other block from growing memory.
inline constexpr std::size_t max_written_extents = 64;

/// Which bytes of a file have been written, whatever the order: an upload that breaks may keep only
/// what comes before the first gap. Offsets and sizes in bytes. Not thread-safe.
class WrittenExtents {
  public:
    /// `kept`: bytes that the file has from the beginning.
    explicit WrittenExtents(std::uint64_t kept = 0) : extents_{{0, kept}} {}

    /// `length` bytes were written at `offset`; the sum does not overflow.
    void wrote(std::uint64_t offset, std::uint64_t length);
    /// The file was cut to `size` bytes, or filled up to them, which writes nothing.
    void truncated(std::uint64_t size);
    /// Bytes before the first gap.
    [[nodiscard]] std::uint64_t before_gap() const { return extents_.begin()->second; }

  private:
    /// End by beginning, neither touching nor overlapping. The first begins at 0 and may be empty.
    std::map<std::uint64_t, std::uint64_t> extents_;
};

}  // namespace sallyport::storage
