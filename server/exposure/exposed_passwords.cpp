#include "server/exposure/exposed_passwords.hpp"

#include "server/exposure/lock_file.hpp"

namespace sallyport::server::exposure {
namespace {

using events::Level;

constexpr std::string_view file_name = "exposed-passwords.json";

/// One of `max_checks` places.
class Place {
  public:
    explicit Place(std::atomic<std::size_t>& taken)
        : taken_(taken), granted_(++taken <= max_checks) {}
    ~Place() { --taken_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] bool granted() const { return granted_; }

  private:
    std::atomic<std::size_t>& taken_;
    bool granted_;
};

}  // namespace

std::variant<std::shared_ptr<ExposedPasswords>, std::string> ExposedPasswords::open(
    const std::filesystem::path& state_dir, BlockingPool& files) {
    if (state_dir.empty()) {
        return std::shared_ptr<ExposedPasswords>(new ExposedPasswords({}, {}, files));
    }
    auto file = state_dir / file_name;
    auto locks = read_locks(file);
    if (auto* problem = std::get_if<std::string>(&locks)) return std::move(*problem);
    return std::shared_ptr<ExposedPasswords>(
        new ExposedPasswords(std::move(file), std::get<0>(std::move(locks)), files));
}

ExposedPasswords::ExposedPasswords(std::filesystem::path file,
                                   std::vector<auth::PasswordLocks::Lock> locks,
                                   BlockingPool& files)
    : file_(std::move(file)),
      locks_(std::make_shared<auth::PasswordLocks>(std::move(locks))),
      files_(files) {}

Async<void> ExposedPasswords::check(std::shared_ptr<auth::Authenticator> authenticator,
                                    config::OnExposedPassword policy,
                                    auth::ExposedPassword password, events::SessionEvents events) {
    const auto answer = co_await judge(*authenticator, password);
    report_unchecked(events);
    const auto* burned = std::get_if<auth::Burned>(&answer);
    if (!burned) co_return;
    const bool locked = policy == config::OnExposedPassword::lock && !burned->hash_digest.empty();
    std::string problem;
    if (locked && locks_->add({password.user, burned->hash_digest})) problem = co_await save();
    events.set_user(password.user);
    events.emit(Level::error, "credential.exposed", {{"locked", locked}});
    if (!problem.empty()) {
        events.emit(Level::error, "credential.lock_failed", {{"reason", problem}});
    }
}

Async<auth::ExposureAnswer> ExposedPasswords::judge(auth::Authenticator& authenticator,
                                                    const auth::ExposedPassword& password) {
    const Place place(checks_);
    auth::ExposureAnswer answer = auth::Refusal::overloaded;
    if (place.granted()) answer = co_await authenticator.judge_exposed(password);
    const auto* refusal = std::get_if<auth::Refusal>(&answer);
    const bool judged =
        !refusal || (*refusal != auth::Refusal::overloaded && *refusal != auth::Refusal::failed);
    if (!judged) ++unchecked_;
    co_return answer;
}

// One event for a whole flood: when the last check of it has ended.
void ExposedPasswords::report_unchecked(const events::SessionEvents& events) {
    if (checks_.load() != 0) return;
    const auto count = unchecked_.exchange(0);
    if (count != 0) events.emit(Level::error, "credential.unchecked", {{"count", count}});
}

Async<std::string> ExposedPasswords::save() {
    if (file_.empty()) co_return "no server.state_dir was configured at the start";
    auto write = [this] {
        const std::lock_guard lock(writing_);
        const auto stored = add_locks(file_, locks_->all());
        if (const auto* problem = std::get_if<std::string>(&stored)) return *problem;
        // Also those of a process that this one took over from.
        for (const auto& each : std::get<0>(stored)) locks_->add(each);
        return std::string();
    };
    co_return co_await files_.run(std::move(write));
}

}  // namespace sallyport::server::exposure
