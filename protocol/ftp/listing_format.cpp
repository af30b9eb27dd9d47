#include "protocol/ftp/listing_format.hpp"

#include <fmt/format.h>

#include "protocol/ftp/time_value.hpp"
#include "protocol/unix_line.hpp"

namespace sallyport::ftp {
namespace {

using storage::Entry;
using storage::EntryType;

// What RFC 3659 section 7.5.5 lets a client expect to work; policy may still refuse.
std::string_view permission_fact(const Entry& entry) {
    return entry.type == EntryType::directory ? "cdeflmp" : "adfrw";
}

}  // namespace

std::string facts_of(const Entry& entry) {
    const bool directory = entry.type == EntryType::directory;
    auto out = fmt::format("type={};", directory ? "dir" : "file");
    if (!directory) out += fmt::format("size={};", entry.size);
    out += fmt::format("modify={};perm={};unique={};UNIX.mode={:04o};", format_time(entry.modified),
                       permission_fact(entry), entry.id, entry.mode);
    return out;
}

std::string listing_line(const Entry& entry, ListFormat format, storage::FileTime now,
                         std::string_view name_prefix) {
    switch (format) {
        case ListFormat::unix_long:
            return unix_line(entry, now, "ftp", "ftp");
        case ListFormat::names:
            return std::string(name_prefix) + entry.name;
        case ListFormat::facts:
            return facts_of(entry) + " " + entry.name;
    }
    __builtin_unreachable();
}

}  // namespace sallyport::ftp
