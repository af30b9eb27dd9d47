#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "auth/totp.hpp"
#include "server/events/event.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::server::state {

/// Keeps from one process to the next which one-time codes were used, so that a restart gives none
/// of them a second life, and no process beside this one takes them, too. As JSON, for people to
/// read, and only as long as a code could be right:
/// {"version":1,"used":[{"user":"acme","step":59421337}]}. Thread-safe.
class UsedCodes {
  public:
    using Clock = std::function<std::chrono::sys_seconds()>;

    /// Knows what is in `state_dir`; or a sentence. Without a folder nothing outlasts the process.
    /// `files` and `sink` must outlive this object. Blocks.
    [[nodiscard]] static std::variant<std::unique_ptr<UsedCodes>, std::string> open(
        const std::filesystem::path& state_dir, BlockingPool& files, events::Sink& sink,
        Clock clock);

    /// Lives as long as this object. The event `auth.codes_unkept` says that what it accepts could
    /// not be written down.
    [[nodiscard]] auth::CodeChecker& checker() { return checker_; }

  private:
    UsedCodes(std::filesystem::path file, auth::CodeChecker::Steps known, BlockingPool& files,
              events::Sink& sink, Clock clock);

    Async<bool> claim(const std::string& user, std::int64_t step);
    /// Adds it to those in the file; `is_first` becomes false when it is there. Or a sentence.
    std::optional<std::string> add(const std::string& user, std::int64_t step, bool& is_first);

    const std::filesystem::path file_;  ///< empty: there is none
    BlockingPool& files_;
    events::Sink& sink_;
    const Clock clock_;
    auth::CodeChecker checker_;
    std::mutex writing_;            ///< held while the file is changed, on threads of `files_`
    auth::CodeChecker::Steps own_;  ///< used in this process, also those that are not in the file
};

}  // namespace sallyport::server::state
