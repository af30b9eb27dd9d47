#include "protocol/ftp/time_value.hpp"

#include <fmt/format.h>

#include <chrono>

#include "protocol/ftp/arguments.hpp"

namespace sallyport::ftp {
namespace chrono = std::chrono;

/// What a 64-bit count of nanoseconds can hold.
constexpr std::uint64_t last_year = 2261;

std::string format_time(storage::FileTime time) {
    const auto seconds = chrono::floor<chrono::seconds>(time);
    const auto day = chrono::floor<chrono::days>(seconds);
    const chrono::year_month_day date(day);
    const chrono::hh_mm_ss clock(seconds - day);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::optional<storage::FileTime> parse_time(std::string_view text) {
    if (const auto dot = text.find('.'); dot != text.npos) {
        if (dot + 1 == text.size() || !parse_number(text.substr(dot + 1))) return std::nullopt;
        text = text.substr(0, dot);
    }
    if (text.size() != 14) return std::nullopt;
    const auto field = [&](std::size_t at, std::size_t size) {
        return parse_number(text.substr(at, size));
    };
    const auto year = field(0, 4), month = field(4, 2), day = field(6, 2);
    const auto hour = field(8, 2), minute = field(10, 2), second = field(12, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const chrono::year_month_day date(chrono::year(static_cast<int>(*year)),
                                      chrono::month(static_cast<unsigned>(*month)),
                                      chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60 || *year < 1900 ||
        *year > last_year)
        return std::nullopt;
    return chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) +
           chrono::seconds(*second);
}

}  // namespace sallyport::ftp
