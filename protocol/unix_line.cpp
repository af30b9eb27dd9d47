#include "protocol/unix_line.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace sallyport {
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

}  // namespace

std::string unix_line(const Entry& entry, storage::FileTime now, std::string_view owner,
                      std::string_view group) {
    return fmt::format("{} 1 {} {} {:>12} {} {}", permission_letters(entry), owner, group,
                       entry.size, unix_date(entry.modified, now), entry.name);
}

}  // namespace sallyport
