#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace sallyport::cli {

/// What a sub-command does once its options are parsed; returns the exit status. May throw
/// std::exception with one sentence, which ends as an error line and exit status 1.
using Action = std::function<int()>;

/// Each declares the options of one sub-command on `app` and returns what it does with them.
[[nodiscard]] Action declare_serve(CLI::App& app);
[[nodiscard]] Action declare_quickstart(CLI::App& app);
[[nodiscard]] Action declare_check(CLI::App& app);
[[nodiscard]] Action declare_show(CLI::App& app);
[[nodiscard]] Action declare_policy(CLI::App& app);
[[nodiscard]] Action declare_status(CLI::App& app);
[[nodiscard]] Action declare_hash_password(CLI::App& app);
[[nodiscard]] Action declare_totp(CLI::App& app);
[[nodiscard]] Action declare_keygen(CLI::App& app);

}  // namespace sallyport::cli
