#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "auth/totp.hpp"
#include "server/events/event.hpp"
#include "storage/blocking_pool.hpp"

namespace sallyport::server::state {

/// Keeps from one process to the next which one-time codes were used, so that a restart gives none
/// of them a second life. As JSON, for people to read, and only as long as a code could be right:
/// {"version":1,"used":[{"user":"acme","step":59421337}]}. Thread-safe.
class UsedCodes {
  public:
    using Clock = std::function<std::chrono::sys_seconds()>;

    /// Knows what is in `state_dir`; or a sentence. Without a folder nothing outlasts the process.
    /// `files` and `sink` must outlive this object. Blocks.
    [[nodiscard]] static std::variant<std::unique_ptr<UsedCodes>, std::string> open(
        const std::filesystem::path& state_dir, BlockingPool& files, events::Sink& sink,
        Clock clock);

    /// Lives as long as this object. What it accepts is written down by its `keep`; the event
    /// `auth.codes_unkept` says that this failed.
    [[nodiscard]] auth::CodeChecker& checker() { return checker_; }

  private:
    UsedCodes(std::filesystem::path file, auth::CodeChecker::Steps known, BlockingPool& files,
              events::Sink& sink, Clock clock);

    Async<void> save();

    const std::filesystem::path file_;  ///< empty: there is none
    BlockingPool& files_;
    events::Sink& sink_;
    const Clock clock_;
    auth::CodeChecker checker_;
    std::mutex writing_;  ///< held while the file is replaced, on threads of `files_`
};

}  // namespace sallyport::server::state
