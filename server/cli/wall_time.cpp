#include "server/cli/wall_time.hpp"

#include <array>
#include <ctime>

namespace sallyport::cli {

std::optional<std::chrono::system_clock::time_point> parse_wall_time(const std::string& text) {
    constexpr std::array formats{"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S",
                                 "%Y-%m-%d %H:%M"};
    const bool is_utc = text.ends_with('Z');
    const std::string local = is_utc ? text.substr(0, text.size() - 1) : text;
    for (const char* const format : formats) {
        std::tm wall{};
        const char* const end = ::strptime(local.c_str(), format, &wall);
        if (end == nullptr || *end != '\0' || local.find('\0') != std::string::npos) continue;
        wall.tm_isdst = -1;
        const int day = wall.tm_mday;
        const std::time_t seconds = is_utc ? ::timegm(&wall) : ::mktime(&wall);
        // February has no 30th: it would be taken for the 2nd of March.
        if (seconds == -1 || wall.tm_mday != day) return std::nullopt;
        return std::chrono::system_clock::from_time_t(seconds);
    }
    return std::nullopt;
}

}  // namespace sallyport::cli
