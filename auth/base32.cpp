#include "auth/base32.hpp"

#include <sodium.h>

#include <cstdint>

namespace sallyport::auth {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr unsigned bits_per_digit = 5;

std::optional<std::uint32_t> digit_of(char c) {
    if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a');
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) return std::nullopt;
    return static_cast<std::uint32_t>(at);
}

/// A text that is wiped when it goes.
class Wiped {
  public:
    explicit Wiped(std::size_t capacity) { text_.reserve(capacity); }
    ~Wiped() { sodium_memzero(text_.data(), text_.size()); }
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    void add(std::uint32_t byte) { text_.push_back(static_cast<char>(byte & 0xffU)); }
    [[nodiscard]] Secret secret() const { return Secret(text_); }

  private:
    std::string text_;
};

}  // namespace

Secret to_base32(const Secret& bytes) {
    Wiped text(bytes.size() * 8 / bits_per_digit + 1);
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    for (const char c : bytes.reveal()) {
        held = (held << 8) | static_cast<unsigned char>(c);
        for (held_bits += 8; held_bits >= bits_per_digit; held_bits -= bits_per_digit) {
            text.add(static_cast<unsigned char>(
                alphabet[(held >> (held_bits - bits_per_digit)) & 0x1fU]));
        }
    }
    if (held_bits != 0) {
        text.add(
            static_cast<unsigned char>(alphabet[(held << (bits_per_digit - held_bits)) & 0x1fU]));
    }
    return text.secret();
}

std::optional<Secret> from_base32(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    Wiped bytes(text.size());
    std::uint32_t held = 0;
    unsigned held_bits = 0;
    for (const char c : text) {
        if (c == ' ' || c == '-') continue;
        const auto digit = digit_of(c);
        if (!digit) return std::nullopt;
        held = (held << bits_per_digit) | *digit;
        held_bits += bits_per_digit;
        if (held_bits < 8) continue;
        held_bits -= 8;
        bytes.add(held >> held_bits);
    }
    // What is left over are the zero bits that filled up the last digit.
    const bool is_rest = held_bits < bits_per_digit && (held & ((1U << held_bits) - 1)) == 0;
    if (!is_rest) return std::nullopt;
    return bytes.secret();
}

}  // namespace sallyport::auth
