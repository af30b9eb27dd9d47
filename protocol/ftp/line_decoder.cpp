#include "protocol/ftp/line_decoder.hpp"

#include <sodium.h>

#include "protocol/ftp/limits.hpp"

namespace sallyport::ftp {

LineDecoder::~LineDecoder() {
    sodium_memzero(buffer_.data(), buffer_.size());
}

void LineDecoder::feed(std::string_view bytes) {
    if (buffer_.capacity() - buffer_.size() < bytes.size()) {
        // A reallocation would leave a copy of a password behind, so the move is made by hand.
        std::string larger;
        larger.reserve(buffer_.size() - consumed_ + bytes.size());
        larger.append(pending());
        sodium_memzero(buffer_.data(), buffer_.size());
        buffer_ = std::move(larger);
        consumed_ = 0;
    }
    buffer_.append(bytes);
}

std::optional<Decoded> LineDecoder::next() {
    const auto bytes = pending();
    const auto end = bytes.find('\n');
    if (end == bytes.npos) {
        if (bytes.size() >= max_line_bytes) return LineTooLong{};
        // A TLS record or telnet negotiation may never bring a line end: do not wait for one.
        const bool undecided = bytes.size() < 2 || parse_line(bytes.substr(0, 2)).index() != 2;
        if (!bytes.empty() && is_foreign_start(bytes.front()) && !undecided) return Foreign{};
        return std::nullopt;
    }
    if (end >= max_line_bytes) return LineTooLong{};
    auto line = bytes.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    auto decoded =
        std::visit([](auto&& parsed) -> Decoded { return std::move(parsed); }, parse_line(line));
    consume(end + 1);
    return decoded;
}

void LineDecoder::consume(std::size_t bytes) {
    sodium_memzero(buffer_.data() + consumed_, bytes);
    consumed_ += bytes;
    if (consumed_ == buffer_.size()) {
        buffer_.clear();
        consumed_ = 0;
    }
}

}  // namespace sallyport::ftp
