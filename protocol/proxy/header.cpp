#include "protocol/proxy/header.hpp"

#include <algorithm>

#include "protocol/proxy/version1.hpp"
#include "protocol/proxy/version2.hpp"

namespace sallyport::proxy {
namespace {

/// True when `bytes` is the beginning of `start`, or begins with it.
bool agrees(std::string_view bytes, std::string_view start) {
    const auto common = std::min(bytes.size(), start.size());
    return bytes.substr(0, common) == start.substr(0, common);
}

}  // namespace

std::size_t HeaderParser::feed(std::span<const std::byte> bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && state_ == State::more) {
        bytes_ += static_cast<char>(bytes[used++]);
        look();
    }
    return used;
}

void HeaderParser::look() {
    if (agrees(bytes_, v1_start)) return look_at_line();
    if (agrees(bytes_, v2_start)) return look_at_block();
    refuse("no PROXY header");
}

void HeaderParser::look_at_line() {
    if (bytes_.ends_with('\n')) {
        if (!bytes_.ends_with("\r\n")) return refuse("malformed line");
        auto header = parse_v1(std::string_view(bytes_).substr(0, bytes_.size() - 2));
        return header ? finish(std::move(*header)) : refuse("malformed line");
    }
    if (bytes_.size() >= max_v1_bytes) refuse("line too long");
}

void HeaderParser::look_at_block() {
    if (bytes_.size() < v2_fixed_bytes) return;
    const auto size = v2_size(bytes_);
    if (size > max_v2_bytes) return refuse("too long");
    if (bytes_.size() < size) return;
    auto parsed = parse_v2(bytes_);
    if (const auto* problem = std::get_if<std::string_view>(&parsed)) return refuse(*problem);
    finish(std::get<Header>(std::move(parsed)));
}

void HeaderParser::finish(Header header) {
    header_ = std::move(header);
    state_ = State::complete;
}

void HeaderParser::refuse(std::string_view problem) {
    problem_ = problem;
    state_ = State::malformed;
}

}  // namespace sallyport::proxy
