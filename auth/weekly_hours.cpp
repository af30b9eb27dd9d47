#include "auth/weekly_hours.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <vector>

namespace sallyport::auth {
namespace {

constexpr std::array<std::string_view, 7> days{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view example = "write such as \"Mon-Fri 06:00-20:00\"";

HoursProblem problem(std::string_view what) {
    return {std::string(what) + "; " + std::string(example)};
}

/// Up to the first `separator`, which is taken away with it; all when there is none.
std::string_view take(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto head = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return head;
}

std::optional<std::size_t> day_named(std::string_view word) {
    const auto* const found = std::find(days.begin(), days.end(), word);
    if (found == days.end()) return std::nullopt;
    return static_cast<std::size_t>(found - days.begin());
}

/// "Mon-Fri,Sun" as days counted from Monday.
boost::system::result<std::vector<std::size_t>, HoursProblem> days_in(std::string_view text) {
    std::vector<std::size_t> named;
    const bool is_cut_off = text.ends_with(',');
    do {
        std::string_view range = take(text, ',');
        const bool is_range = range.find('-') != range.npos;
        const auto first = day_named(take(range, '-'));
        const auto last = is_range ? day_named(range) : first;
        if (!first || !last || is_cut_off) {
            return problem("the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun");
        }
        for (std::size_t day = *first;; day = (day + 1) % days.size()) {
            named.push_back(day);
            if (day == *last) break;
        }
    } while (!text.empty());
    return named;
}

/// "06:30" in minutes since midnight; "24:00" is the end of the day.
std::optional<std::size_t> time_in(std::string_view text) {
    const auto digit = [text](std::size_t at) { return static_cast<std::size_t>(text[at] - '0'); };
    constexpr std::string_view digits = "0123456789";
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const std::size_t at : {0U, 1U, 3U, 4U}) {
        if (digits.find(text[at]) == digits.npos) return std::nullopt;
    }
    const std::size_t hours = digit(0) * 10 + digit(1);
    const std::size_t minutes = digit(3) * 10 + digit(4);
    if (minutes > 59 || hours * 60 + minutes > 24 * 60) return std::nullopt;
    return hours * 60 + minutes;
}

}  // namespace

void throw_exception_from_error(const HoursProblem& problem, const boost::source_location&) {
    throw std::runtime_error("no hours: " + problem.sentence);
}

boost::system::result<WeeklyHours, HoursProblem> WeeklyHours::parse(std::string_view text) {
    std::string_view rest = text;
    const bool names_days = text.find(' ') != text.npos;
    const auto named = days_in(names_days ? take(rest, ' ') : "Mon-Sun");
    if (!named) return named.error();
    const auto from = time_in(take(rest, '-'));
    const auto to = time_in(rest);
    if (!from || !to) return problem("the times are two from 00:00 to 24:00 with '-' between them");
    if (*from % minutes_a_day == *to % minutes_a_day && !(*from == 0 && *to == minutes_a_day)) {
        return HoursProblem{
            "no minute lies between the two times; write \"00:00-24:00\" for a whole day"};
    }
    const std::size_t length = *to > *from ? *to - *from : *to + minutes_a_day - *from;
    WeeklyHours hours;
    for (const std::size_t day : *named) {
        const std::size_t begin = day * minutes_a_day + *from;
        for (std::size_t i = 0; i < length; ++i) hours.minutes_.set((begin + i) % minutes_a_week);
    }
    return hours;
}

WeeklyHours& WeeklyHours::operator|=(const WeeklyHours& other) {
    minutes_ |= other.minutes_;
    return *this;
}

bool WeeklyHours::contains(std::chrono::system_clock::time_point moment) const {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(moment);
    std::tm wall{};
    if (::localtime_r(&seconds, &wall) == nullptr) return false;
    return contains(std::chrono::weekday(static_cast<unsigned>(wall.tm_wday)),
                    std::chrono::hours(wall.tm_hour) + std::chrono::minutes(wall.tm_min));
}

bool WeeklyHours::contains(std::chrono::weekday day, std::chrono::minutes since_midnight) const {
    const auto minute = static_cast<std::size_t>(since_midnight.count());
    return minutes_.test((day.iso_encoding() - 1) * minutes_a_day + minute);
}

}  // namespace sallyport::auth
