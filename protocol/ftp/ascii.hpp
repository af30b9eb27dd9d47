#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sallyport::ftp {

/// TYPE A on receipt (RFC 959 section 3.1.1.1): CR LF becomes LF; a lone CR stays. Any split of the
/// input gives the same output.
class AsciiDecoder {
  public:
    /// Appends what `bytes` become to `out`: at most one byte more than came in.
    void convert(std::span<const std::byte> bytes, std::vector<std::byte>& out);
    /// Appends a CR that was the very last byte.
    void finish(std::vector<std::byte>& out);

  private:
    bool held_cr_ = false;
};

/// TYPE A on sending: LF becomes CR LF, unless a CR stands before it already.
class AsciiEncoder {
  public:
    /// Appends what `bytes` become to `out`: at most twice as many.
    void convert(std::span<const std::byte> bytes, std::vector<std::byte>& out);

  private:
    bool after_cr_ = false;
};

}  // namespace sallyport::ftp
