#include "server/state/used_codes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <optional>
#include <utility>

#include "auth/authenticator.hpp"
#include "config/file_text.hpp"
#include "server/state/replace_file.hpp"

namespace sallyport::server::state {
namespace {

namespace json = boost::json;
using Steps = auth::CodeChecker::Steps;

constexpr std::string_view file_name = "used-codes.json";
constexpr int version = 1;

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

std::optional<Steps> steps_in(const std::string& text) {
    boost::system::error_code error;
    const auto document = json::parse(text, error);
    const auto* root = error ? nullptr : document.if_object();
    const auto* number = root ? root->if_contains("version") : nullptr;
    const auto* entries = root ? root->if_contains("used") : nullptr;
    if (!number || *number != version || !entries || !entries->is_array()) return std::nullopt;
    Steps steps;
    for (const auto& entry : entries->get_array()) {
        if (!add_step(entry, steps)) return std::nullopt;
    }
    return steps;
}

std::string text_of(const Steps& steps) {
    json::array entries;
    for (const auto& [user, step] : steps) entries.push_back({{"user", user}, {"step", step}});
    return json::serialize(json::object{{"version", version}, {"used", std::move(entries)}}) + "\n";
}

std::variant<Steps, std::string> read_steps(const std::filesystem::path& file) {
    if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) return Steps();
    const auto text = config::read_file(file, max_used_codes_bytes, config::Access::anybody);
    if (const auto* mistake = std::get_if<config::Mistake>(&text)) return mistake->text;
    if (auto steps = steps_in(std::get<std::string>(text))) return std::move(*steps);
    return fmt::format(
        "{} is damaged: remove it to forget which one-time codes were used in the last minutes",
        file.native());
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
        return replace_file(file_, text_of(checker_.recent(clock_()))).value_or("");
    };
    const std::string problem = co_await files_.run(std::move(write));
    if (!problem.empty()) {
        sink_.emit(events::Level::error, "auth.codes_unkept", {{"reason", problem}});
    }
}

}  // namespace sallyport::server::state
