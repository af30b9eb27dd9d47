#include "server/events/escape.hpp"

#include <array>

namespace sallyport::events {
namespace {

struct Character {
    char32_t code = 0;
    std::size_t bytes = 0;  ///< 0: not well-formed UTF-8
};

struct Lead {
    unsigned char mask;
    unsigned char bits;
    std::size_t bytes;
    char32_t smallest;  ///< anything below is an overlong form
};

constexpr std::array<Lead, 4> leads{{
    {0x80, 0x00, 1, 0x0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x10000},
}};

struct Range {
    char32_t first;
    char32_t last;
};

constexpr std::array<Range, 7> unsafe_ranges{{
    {0x00, 0x1F},      // C0: line breaks, ESC
    {0x7F, 0x9F},      // DEL and C1: CSI in one character
    {0x061C, 0x061C},  // Arabic letter mark
    {0x200E, 0x200F},  // direction marks
    {0x2028, 0x2029},  // line and paragraph separator
    {0x202A, 0x202E},  // direction embeddings and overrides
    {0x2066, 0x2069},  // direction isolates
}};

bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

Character decode(const Lead& lead, std::string_view text) {
    if (text.size() < lead.bytes) return {};
    char32_t code = static_cast<unsigned char>(text[0]) & static_cast<unsigned char>(~lead.mask);
    for (std::size_t i = 1; i < lead.bytes; ++i) {
        if (!is_continuation(text[i])) return {};
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < lead.smallest || surrogate || code > 0x10FFFF) return {};
    return {code, lead.bytes};
}

Character first_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    for (const Lead& lead : leads) {
        if ((first & lead.mask) == lead.bits) return decode(lead, text);
    }
    return {};
}

bool is_unsafe(char32_t code) {
    for (const Range& range : unsafe_ranges) {
        if (code >= range.first && code <= range.last) return true;
    }
    return false;
}

void append_hex(std::string& out, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        out += "\\x";
        out += digits[value >> 4U];
        out += digits[value & 0xFU];
    }
}

void append_character(std::string& out, const Character& character, std::string_view bytes) {
    if (character.bytes == 0 || is_unsafe(character.code)) {
        append_hex(out, bytes);
    } else if (character.code == U'\\') {
        out += "\\\\";
    } else {
        out += bytes;
    }
}

}  // namespace

std::string escape(std::string_view client_bytes) {
    std::string out;
    out.reserve(std::min(client_bytes.size(), max_field_bytes));
    std::size_t position = 0;
    while (position < client_bytes.size()) {
        const std::string_view rest = client_bytes.substr(position);
        const Character character = first_character(rest);
        const std::size_t bytes = std::max<std::size_t>(character.bytes, 1);
        if (position + bytes > max_field_bytes) return out + "...";
        append_character(out, character, rest.substr(0, bytes));
        position += bytes;
    }
    return out;
}

}  // namespace sallyport::events
