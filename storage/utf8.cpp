#include "storage/utf8.hpp"

namespace sallyport::storage {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;  ///< 0: malformed
};

std::size_t sequence_length(unsigned lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}

Character decode_first(std::string_view text) {
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    constexpr unsigned lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    const unsigned lead = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(lead);
    if (length == 0 || length > text.size()) return {};
    char32_t code = lead & lead_mask[length];
    for (const char byte : text.substr(1, length - 1)) {
        if (!is_continuation(byte)) return {};
        code = (code << 6) | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < least[length] || code > 0x10FFFF || surrogate) return {};
    return {code, length};
}

bool is_control(char32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

bool is_bidirectional_control(char32_t code) {
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

bool is_acceptable_text(std::string_view text) {
    while (!text.empty()) {
        const Character next = decode_first(text);
        if (next.bytes == 0 || is_control(next.code) || is_bidirectional_control(next.code))
            return false;
        text.remove_prefix(next.bytes);
    }
    return true;
}

std::string_view clip_text(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && is_continuation(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

}  // namespace sallyport::storage
