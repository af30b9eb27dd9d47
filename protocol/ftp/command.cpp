#include "protocol/ftp/command.hpp"

#include <algorithm>
#include <array>

namespace sallyport::ftp {
namespace {

constexpr char iac = '\xff';
constexpr char interrupt_process = '\xf4';
constexpr char data_mark = '\xf2';
constexpr char tls_handshake_record = '\x16';
constexpr std::size_t max_verb_bytes = 8;

// First words of protocols that attackers make browsers and mail clients speak to us.
constexpr std::array foreign_words{
    std::string_view("GET"),     std::string_view("HEAD"),   std::string_view("POST"),
    std::string_view("PUT"),     std::string_view("DELETE"), std::string_view("OPTIONS"),
    std::string_view("CONNECT"), std::string_view("PATCH"),  std::string_view("TRACE"),
    std::string_view("PRI"),     std::string_view("EHLO"),   std::string_view("HELO"),
    std::string_view("LHLO"),
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

char to_upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// Letters, and digits behind the first one: XSHA256.
bool is_verb(std::string_view word) {
    return !word.empty() && is_letter(word.front()) &&
           std::ranges::all_of(word, [](char c) { return is_letter(c) || is_digit(c); });
}

std::string_view without_telnet_synch(std::string_view line) {
    while (line.size() >= 2 && line[0] == iac &&
           (line[1] == interrupt_process || line[1] == data_mark)) {
        line.remove_prefix(2);
    }
    return line;
}

bool is_foreign(std::string_view line, std::string_view word) {
    if (!line.empty() && is_foreign_start(line.front())) return true;
    return word.starts_with("SSH-") ||
           std::ranges::find(foreign_words, word) != foreign_words.end();
}

}  // namespace

bool is_foreign_start(char first_byte) {
    return first_byte == iac || first_byte == tls_handshake_record;
}

ParsedLine parse_line(std::string_view line) {
    line = without_telnet_synch(line);
    const auto space = line.find(' ');
    std::string word(line.substr(0, space));
    std::ranges::transform(word, word.begin(), to_upper);
    if (is_foreign(line, word)) return Foreign{};
    if (line.find_first_of(std::string_view("\0\r\n", 3)) != line.npos) return Malformed{};
    if (word.empty() || word.size() > max_verb_bytes || !is_verb(word)) {
        return Malformed{};
    }
    const auto argument = space == line.npos ? std::string_view() : line.substr(space + 1);
    return Command{std::move(word), auth::Secret(argument)};
}

}  // namespace sallyport::ftp
