#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

namespace sallyport::storage {

/// Most extents that are remembered of one file; beyond it the last one is forgotten, as if it had
/// not been written. Stops a client that writes every other block from growing memory.
inline constexpr std::size_t max_written_extents = 64;

/// What an upload that breaks does not keep of the last bytes that came: clients that find a file
/// as long as their own send nothing and call it done, but nothing would ever publish it.
inline constexpr std::uint64_t held_back_bytes = 1;

/// Which bytes of a file have been written, whatever the order. Offsets and sizes in bytes. Not
/// thread-safe.
class WrittenExtents {
  public:
    /// `start`: bytes that the file has from the beginning.
    explicit WrittenExtents(std::uint64_t start = 0) : begun_(start), start_(start) {}

    /// `length` bytes were written at `offset`; the sum does not overflow.
    void wrote(std::uint64_t offset, std::uint64_t length);
    /// The file was cut to `size` bytes, or filled up to them, which writes nothing.
    void truncated(std::uint64_t size);

    /// Bytes that an upload which breaks may keep: all before the first gap, but none that were
    /// there from the beginning after those written over, because they are of another version, and
    /// not the last ones.
    [[nodiscard]] std::uint64_t resumable() const;
    /// Some of those were written.
    [[nodiscard]] bool keeps_written() const;
    /// The file has what it had from the beginning, and then a gap before what was written.
    [[nodiscard]] bool skips_after_start() const;
    /// Writing at `offset` changes what the file has from the beginning.
    [[nodiscard]] bool is_before_end_of_start(std::uint64_t offset) const {
        return offset < start_;
    }

  private:
    /// The first extent follows on the start, or lies in it.
    [[nodiscard]] bool joins_start() const {
        return !extents_.empty() && extents_.begin()->first <= start_;
    }

    std::uint64_t begun_;
    std::uint64_t start_;  ///< what is left of `begun_`
    /// End by beginning, neither touching nor overlapping, none empty.
    std::map<std::uint64_t, std::uint64_t> extents_;
};

}  // namespace sallyport::storage
