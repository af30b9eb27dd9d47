#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace sallyport::storage {

enum class DigestAlgorithm { crc32, md5, sha1, sha256, sha512 };

/// A running digest. Not thread-safe; movable.
class Digest {
  public:
    explicit Digest(DigestAlgorithm algorithm);
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void update(std::span<const std::byte> data);
    /// Lower-case hex of everything so far (crc32: eight digits). The object is spent afterwards.
    [[nodiscard]] std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sallyport::storage
