#include "server/cli/status_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "server/events/escape.hpp"

namespace sallyport::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t bar_width = 20;
constexpr std::size_t least_width = 60;

/// Text of the server, which has been escaped once: what escaping would change still is taken out.
std::string shown(const json::value& value) {
    const auto& text = value.as_string();
    const auto escaped = events::escape({text.data(), text.size()});
    std::string result;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        if (escaped[i] == '\\' && i + 1 < escaped.size() && escaped[i + 1] == '\\') ++i;
        result += escaped[i];
    }
    return result;
}

double number(const json::value& value) {
    return value.to_number<double>();
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string bar(double fraction) {
    const auto full = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * bar_width);
    return '[' + std::string(full, '#') + std::string(bar_width - full, '-') + ']';
}

/// Cuts in the middle, so that both ends can be read. Never cuts a character in two.
std::string shortened(const std::string& text, std::size_t width) {
    const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    const auto length = static_cast<std::size_t>(std::ranges::count_if(text, is_start));
    if (length <= width || width < 8) return text;
    const std::size_t front = (width - 3) / 3;
    const std::size_t back = width - 3 - front;
    std::string result;
    std::size_t at = 0;
    bool cut = false;
    for (const char c : text) {
        if (is_start(c)) ++at;
        const bool keep = at <= front || at > length - back;
        if (keep) result += c;
        if (!keep && !std::exchange(cut, true)) result += "...";
    }
    return result;
}

/// Columns as wide as their widest cell.
class Grid {
  public:
    using Row = std::vector<std::string>;
    void add(Row row) {
        widths_.resize(std::max(widths_.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths_[i] = std::max(widths_[i], row[i].size());
        }
        rows_.push_back(std::move(row));
    }
    [[nodiscard]] std::string line(std::size_t row) const {
        std::string text = " ";
        for (std::size_t i = 0; i < rows_[row].size(); ++i) {
            text += fmt::format(" {:<{}}", rows_[row][i], widths_[i] + 1);
        }
        return text.substr(0, text.find_last_not_of(' ') + 1) + '\n';
    }

  private:
    std::vector<std::size_t> widths_;
    std::vector<Row> rows_;
};

std::string heading(const json::object& status) {
    auto text =
        fmt::format("{}  Sallyport {}, up {}", shown(status.at("name")),
                    shown(status.at("version")), readable_duration(number(status.at("uptime"))));
    if (status.at("ready").as_bool()) return text + ", ready\n";
    std::vector<std::string> reasons;
    for (const auto& why : status.at("not_ready").as_array()) reasons.push_back(shown(why));
    return text + fmt::format(", NOT READY: {}\n", fmt::join(reasons, ", "));
}

std::string listeners(const json::object& status) {
    std::vector<std::string> doors;
    for (const auto& listener : status.at("listeners").as_array()) {
        doors.push_back(shown(listener.at("protocol")) + " on " + shown(listener.at("address")));
    }
    return doors.empty() ? "" : fmt::format("  listens      {}\n", fmt::join(doors, ", "));
}

std::string certificates(const json::object& status) {
    std::string text;
    for (const auto& certificate : status.at("certificates").as_array()) {
        const double left = number(certificate.at("seconds_left"));
        const auto expires = shown(certificate.at("expires"));
        text += left > 0 ? fmt::format("  certificate  ends in {} ({})\n", readable_duration(left),
                                       expires)
                         : fmt::format("  certificate  ENDED at {}\n", expires);
    }
    return text;
}

std::string storage(const json::object& status) {
    const auto& space = status.at("storage");
    if (space.is_null()) return "  storage      NOT USABLE\n";
    return fmt::format("  storage      {} free of {}\n", readable_size(number(space.at("free"))),
                       readable_size(number(space.at("total"))));
}

std::string pools(const json::object& status) {
    std::vector<std::string> all;
    for (const auto& pool : status.at("pools").as_array()) {
        const double jobs = number(pool.at("jobs"));
        const double threads = number(pool.at("threads"));
        all.push_back(fmt::format("{}: {:.0f} of {:.0f} threads busy, {:.0f} waiting",
                                  shown(pool.at("name")), std::min(jobs, threads), threads,
                                  std::max(0.0, jobs - threads)));
    }
    return fmt::format("  pools        {}\n", fmt::join(all, "; "));
}

std::string transfer_line(const json::value& transfer, std::size_t width) {
    const double position = number(transfer.at("position"));
    const double rate = number(transfer.at("rate"));
    std::string progress = readable_size(position);
    std::string left;
    if (!transfer.at("size").is_null()) {
        const double size = number(transfer.at("size"));
        const double fraction = size > 0 ? position / size : 1;
        progress = fmt::format("{} {:3.0f} %  {} of {}", bar(fraction),
                               std::min(fraction, 1.0) * 100, progress, readable_size(size));
        if (rate > 0 && size >= position) {
            left = fmt::format("  {} left", readable_duration((size - position) / rate));
        }
    }
    const auto facts = fmt::format("{}  {}/s{}", progress, readable_size(rate), left);
    const auto head = fmt::format("      {} ", shown(transfer.at("direction")));
    const auto taken = head.size() + facts.size() + 2;
    const auto path = shortened(shown(transfer.at("path")), width > taken ? width - taken : 0);
    return head + path + "  " + facts + '\n';
}

std::string sessions(const json::object& status, std::size_t width) {
    const auto& all = status.at("sessions").as_array();
    auto text = fmt::format("\n{}\n", counted(all.size(), "session", "sessions"));
    if (all.empty()) return text;
    Grid grid;
    grid.add({"USER", "ADDRESS", "PROTOCOL", "SINCE", "IDLE"});
    for (const auto& session : all) {
        const auto user = shown(session.at("user"));
        grid.add({user.empty() ? "(login)" : user, shown(session.at("address")),
                  shown(session.at("protocol")), readable_duration(number(session.at("seconds"))),
                  readable_duration(number(session.at("idle")))});
    }
    text += grid.line(0);
    for (std::size_t i = 0; i < all.size(); ++i) {
        text += grid.line(i + 1);
        for (const auto& transfer : all[i].at("transfers").as_array()) {
            text += transfer_line(transfer, width);
        }
    }
    return text;
}

std::string penalties(const json::object& status) {
    const auto& all = status.at("penalties").as_array();
    if (all.empty()) return "";
    auto text = fmt::format("\n{} shut out\n", counted(all.size(), "source", "sources"));
    Grid grid;
    grid.add({"SOURCE", "FOR"});
    for (const auto& penalty : all) {
        grid.add(
            {shown(penalty.at("source")), readable_duration(number(penalty.at("seconds_left")))});
    }
    for (std::size_t i = 0; i <= all.size(); ++i) text += grid.line(i);
    return text;
}

}  // namespace

std::string readable_size(double bytes) {
    constexpr std::array<std::string_view, 6> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < units.size()) {
        bytes /= 1024;
        ++unit;
    }
    const int digits = unit == 0 || bytes >= 100 ? 0 : 1;
    return fmt::format("{:.{}f} {}", bytes, digits, units[unit]);
}

std::string readable_duration(double seconds) {
    constexpr double longest = 100.0 * 365 * 86400;
    const auto whole = static_cast<std::uint64_t>(std::clamp(seconds, 0.0, longest));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    if (whole < 86400) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
    return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

std::string status_table(std::string_view text, std::size_t width) {
    try {
        const auto value = json::parse({text.data(), text.size()});
        const auto& status = value.as_object();
        return heading(status) + listeners(status) + certificates(status) + storage(status) +
               pools(status) + sessions(status, std::max(width, least_width)) + penalties(status);
    } catch (const std::exception& error) {
        throw std::runtime_error(fmt::format("the answer is no status: {}", error.what()));
    }
}

}  // namespace sallyport::cli
