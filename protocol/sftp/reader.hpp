#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sallyport::sftp {

/// Takes the fields of a packet one after another (RFC 4251 section 5). Reading past the end yields
/// zeros and empty strings from then on, so a request is read whole and `complete` asked once,
/// before anything of it is used. Never allocates; what it yields points into the packet.
class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint32_t u32();
    [[nodiscard]] std::uint64_t u64();
    /// Bytes behind a 32-bit count.
    [[nodiscard]] std::span<const std::byte> data();
    /// The same as text, which may hold any bytes.
    [[nodiscard]] std::string_view string();

    /// Makes the request count as malformed.
    void fail();
    /// True when every field was there and nothing follows the last one.
    [[nodiscard]] bool complete() const { return !failed_ && rest_.empty(); }
    [[nodiscard]] bool failed() const { return failed_; }
    /// Bytes not read yet.
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  private:
    [[nodiscard]] std::span<const std::byte> take(std::size_t bytes);

    std::span<const std::byte> rest_;
    bool failed_ = false;
};

}  // namespace sallyport::sftp
