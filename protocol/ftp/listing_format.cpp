#include "protocol/ftp/listing_format.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "protocol/ftp/time_value.hpp"

namespace sallyport::ftp {
namespace {

namespace chrono = std::chrono;
using storage::Entry;
using storage::EntryType;

std::string permission_letters(const Entry& entry) {
    std::string out = entry.type == EntryType::directory ? "d" : "-";
    for (int bit = 8; bit >= 0; --bit) {
        out += (entry.mode >> bit & 1U) != 0 ? "rwx"[(8 - bit) % 3] : '-';
    }
    return out;
}

std::string unix_date(storage::FileTime time, storage::FileTime now) {
    constexpr std::array names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto minutes = chrono::floor<chrono::minutes>(time);
    const auto day = chrono::floor<chrono::days>(minutes);
    const chrono::year_month_day date(day);
    const auto month = names.at(static_cast<unsigned>(date.month()) - 1);
    const auto month_day = static_cast<unsigned>(date.day());
    const bool recent = time <= now + chrono::days(1) && time > now - chrono::days(180);
    if (!recent)
        return fmt::format("{} {:>2}  {:04}", month, month_day, static_cast<int>(date.year()));
    const chrono::hh_mm_ss clock(minutes - day);
    return fmt::format("{} {:>2} {:02}:{:02}", month, month_day, clock.hours().count(),
                       clock.minutes().count());
}

std::string unix_line(const Entry& entry, storage::FileTime now) {
    return fmt::format("{} 1 ftp ftp {:>12} {} {}", permission_letters(entry), entry.size,
                       unix_date(entry.modified, now), entry.name);
}

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
            return unix_line(entry, now);
        case ListFormat::names:
            return std::string(name_prefix) + entry.name;
        case ListFormat::facts:
            return facts_of(entry) + " " + entry.name;
    }
    __builtin_unreachable();
}

}  // namespace sallyport::ftp
