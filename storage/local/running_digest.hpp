#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "storage/digest.hpp"
#include "storage/error.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::storage {

/// The SHA-256 of a file that is being written, taken from the bytes as they pass. What came out of
/// order, and the beginning of a resumed file, is read from the file once.
class RunningDigest {
  public:
    /// `kept`: bytes that the file has already.
    explicit RunningDigest(std::uint64_t kept) : kept_(kept) {}

    /// `data` was just written to `file` at `offset`.
    [[nodiscard]] Result<void> wrote(const Descriptor& file, std::uint64_t offset,
                                     std::span<const std::byte> data);
    /// `file` was cut to `size` bytes, or filled up to them with zeros.
    void truncated(std::uint64_t size);
    /// The digest of all `size` bytes of `file`, as lower-case hex. Once only.
    [[nodiscard]] Result<std::string> finish(const Descriptor& file, std::uint64_t size);

  private:
    void start_over();

    Digest digest_{DigestAlgorithm::sha256};
    std::uint64_t kept_;
    std::uint64_t hashed_ = 0;
    /// Cleared when hashed bytes are overwritten or cut off: from then on only the finished file
    /// tells.
    bool in_order_ = true;
};

}  // namespace sallyport::storage
