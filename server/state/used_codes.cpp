#include "server/state/used_codes.hpp"

#include <boost/json.hpp>
#include <optional>
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

std::optional<std::string> write_steps(const std::filesystem::path& file, const Steps& steps) {
    json::array entries;
    for (const auto& [user, step] : steps) entries.push_back({{"user", user}, {"step", step}});
    return replace_list(file, format, std::move(entries));
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
      checker_(std::move(known), [this] { return save(); }) {}

Async<void> UsedCodes::save() {
    if (file_.empty()) co_return;
    auto write = [this] {
        const std::lock_guard lock(writing_);
        return write_steps(file_, checker_.recent(clock_())).value_or("");
    };
    const std::string problem = co_await files_.run(std::move(write));
    if (!problem.empty()) {
        sink_.emit(events::Level::error, "auth.codes_unkept", {{"reason", problem}});
    }
}

}  // namespace sallyport::server::state
