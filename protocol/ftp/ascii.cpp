#include "protocol/ftp/ascii.hpp"

namespace sallyport::ftp {
namespace {

constexpr std::byte cr{'\r'};
constexpr std::byte lf{'\n'};

}  // namespace

void AsciiDecoder::convert(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
    for (std::byte b : bytes) {
        if (held_cr_ && b != lf) out.push_back(cr);
        held_cr_ = b == cr;
        if (!held_cr_) out.push_back(b);
    }
}

void AsciiDecoder::finish(std::vector<std::byte>& out) {
    if (held_cr_) out.push_back(cr);
    held_cr_ = false;
}

void AsciiEncoder::convert(std::span<const std::byte> bytes, std::vector<std::byte>& out) {
    for (std::byte b : bytes) {
        if (b == lf && !after_cr_) out.push_back(cr);
        out.push_back(b);
        after_cr_ = b == cr;
    }
}

}  // namespace sallyport::ftp
