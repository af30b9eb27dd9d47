#pragma once

#include <bitset>
#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <string>
#include <string_view>

namespace sallyport::auth {

/// Why a text names no hours: a sentence part in lower case for whoever wrote it.
struct HoursProblem {
    std::string sentence;
};

/// Called by `value()` on hours that were refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const HoursProblem& problem,
                                             const boost::source_location& where);

/// The minutes of a week in which something is allowed, by the clock on the wall of this machine:
/// its time zone, its daylight saving time. Minutes that the clock skips do not come, those that it
/// repeats come twice.
class WeeklyHours {
  public:
    /// "Mon-Fri 06:00-20:00", "Sat,Sun 08:00-12:00", "22:00-06:00" (every day). The second time is
    /// not included and may be "24:00"; one before the first is meant for the next day, which the
    /// days need not name. Days may run over the end of the week: "Sat-Mon".
    [[nodiscard]] static boost::system::result<WeeklyHours, HoursProblem> parse(
        std::string_view text);

    /// Adds the minutes of `other`.
    WeeklyHours& operator|=(const WeeklyHours& other);
    /// Is this moment in one of the minutes? Reads the time zone of the process.
    [[nodiscard]] bool contains(std::chrono::system_clock::time_point moment) const;
    /// The same for a moment told by a wall clock.
    [[nodiscard]] bool contains(std::chrono::weekday day,
                                std::chrono::minutes since_midnight) const;
    bool operator==(const WeeklyHours&) const = default;

  private:
    static constexpr std::size_t minutes_a_day = 24 * 60;
    static constexpr std::size_t minutes_a_week = 7 * minutes_a_day;

    std::bitset<minutes_a_week> minutes_;  ///< from Monday, 00:00
};

}  // namespace sallyport::auth
