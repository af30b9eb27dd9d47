#include "server/state/used_codes.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "auth/authenticator.hpp"
#include "server/state/list_file.hpp"

namespace sallyport::server::state {
namespace {

namespace json = boost::json;
using Steps = auth::CodeChecker::Steps;

constexpr std::string_view file_name = "used-codes.json";
constexpr ListFile format{"used",
                          "remove it to forget which one-time codes were used in the last minutes"};

/// Adds one; false when it is none.
bool add_step(const json::value& value, Steps& steps) {
    const auto* entry = value.if_object();
    const auto* user = entry ? entry->if_contains("user") : nullptr;
    const auto* step = entry ? entry->if_contains("step") : nullptr;
    if (!user || !step || !user->is_string() || !step->is_int64()) return false;
    std::string name(user->get_string());
    if (!auth::is_user_name(name)) return false;
    return steps.emplace(std::move(name), step->get_int64()).second;
}

std::variant<Steps, std::string> read_steps(const std::filesystem::path& file) {
    Steps steps;
    const auto take = [&steps](const json::value& value) { return add_step(value, steps); };
    if (auto problem = read_list(file, format, take)) return std::move(*problem);
    return steps;
}

/// The later of each two.
void merge(const Steps& more, Steps& steps) {
    for (const auto& [user, step] : more) {
        const auto place = steps.try_emplace(user, step).first;
        place->second = std::max(place->second, step);
    }
}

json::array entries_of(const Steps& steps) {
    json::array entries;
    for (const auto& [user, step] : steps) entries.push_back({{"user", user}, {"step", step}});
    return entries;
}

}  // namespace

std::variant<std::unique_ptr<UsedCodes>, std::string> UsedCodes::open(
    const std::filesystem::path& state_dir, BlockingPool& files, events::Sink& sink, Clock clock) {
    const auto file = state_dir.empty() ? std::filesystem::path() : state_dir / file_name;
    std::variant<Steps, std::string> known;
    if (!file.empty()) known = read_steps(file);
    if (auto* problem = std::get_if<std::string>(&known)) return std::move(*problem);
    return std::unique_ptr<UsedCodes>(
        new UsedCodes(file, std::get<Steps>(std::move(known)), files, sink, std::move(clock)));
}

UsedCodes::UsedCodes(std::filesystem::path file, Steps known, BlockingPool& files,
                     events::Sink& sink, Clock clock)
    : file_(std::move(file)),
      files_(files),
      sink_(sink),
      clock_(std::move(clock)),
      checker_(std::move(known),
               [this](const std::string& user, std::int64_t step) { return claim(user, step); }) {}

Async<bool> UsedCodes::claim(const std::string& user, std::int64_t step) {
    if (file_.empty()) co_return true;
    bool is_first = true;
    const auto problem =
        co_await files_.run([this, &user, step, &is_first] { return add(user, step, is_first); });
    if (problem) sink_.emit(events::Level::error, "auth.codes_unkept", {{"reason", *problem}});
    co_return is_first;
}

std::optional<std::string> UsedCodes::add(const std::string& user, std::int64_t step,
                                          bool& is_first) {
    const std::lock_guard lock(writing_);
    const auto earliest = auth::earliest_totp_step(clock_());
    const auto is_over = [earliest](const auto& entry) { return entry.second < earliest; };
    std::erase_if(own_, is_over);
    merge({{user, step}}, own_);
    Steps steps;
    const auto take = [&steps](const json::value& value) { return add_step(value, steps); };
    const auto change = [&]() -> std::optional<json::array> {
        const auto used = steps.find(user);
        is_first = used == steps.end() || used->second < step;
        if (!is_first) return std::nullopt;
        merge(own_, steps);
        std::erase_if(steps, is_over);
        return entries_of(steps);
    };
    return change_list(file_, format, take, change);
}

}  // namespace sallyport::server::state
