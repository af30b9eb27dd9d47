#include "protocol/ftp/reply.hpp"

#include <fmt/format.h>

#include <utility>

namespace sallyport::ftp {
namespace {

std::string printable(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    }
    return out;
}

int code_of(storage::Error error) {
    using enum storage::Error;
    switch (error) {
        case invalid_name:
            return 553;
        case not_found:
            return 550;
        case exists:
            return 550;
        case not_a_directory:
            return 550;
        case is_a_directory:
            return 550;
        case not_a_regular_file:
            return 550;
        case not_empty:
            return 550;
        case forbidden:
            return 550;
        case read_only:
            return 550;
        case no_space:
            return 452;
        case quota_exceeded:
            return 552;
        case too_large:
            return 552;
        case crosses_folders:
            return 550;
        case bad_offset:
            return 554;
        case changed:
        case unavailable:
            return 450;
        case io:
            return 451;
    }
    __builtin_unreachable();
}

}  // namespace

std::string Reply::wire() const {
    if (middle.empty()) return fmt::format("{} {}\r\n", code, printable(text));
    std::string out = fmt::format("{}-{}\r\n", code, printable(text));
    for (const auto& line : middle) out += fmt::format(" {}\r\n", printable(line));
    return out + fmt::format("{} {}\r\n", code, printable(last));
}

Reply reply(int code, std::string text) {
    return {code, std::move(text), {}, {}};
}

Reply reply(int code, std::string first, std::vector<std::string> middle, std::string last) {
    if (middle.empty()) return reply(code, std::move(last));
    return {code, std::move(first), std::move(middle), std::move(last)};
}

Reply reply_to(storage::Error error) {
    std::string text(storage::describe(error));
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    return reply(code_of(error), text + ".");
}

std::string quote_path(std::string_view path) {
    std::string out = "\"";
    for (char c : path) {
        out += c;
        if (c == '"') out += c;
    }
    return out + '"';
}

}  // namespace sallyport::ftp
