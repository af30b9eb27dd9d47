#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <set>
#include <string>

#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/load_checked.hpp"
#include "server/cli/report.hpp"
#include "server/hardening/obstacles.hpp"

namespace sallyport::cli {
namespace {

std::size_t policies_in_use(const auth::UserTable& users) {
    std::set<const auth::Policy*> policies;
    for (const auto& [name, user] : users) policies.insert(user.policy.get());
    return policies.size();
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string summary(const config::Config& config) {
    return fmt::format("{}, {}, {} in use",
                       counted(config.listeners.size(), "listener", "listeners"),
                       counted(config.users->size(), "user", "users"),
                       counted(policies_in_use(*config.users), "policy", "policies"));
}

int check(const std::string& file) {
    const config::Loaded loaded = load_checked(file);
    print_findings(loaded);
    if (!loaded.config) return exit_refused;
    for (const std::string& advice : hardening::try_out(*loaded.config)) {
        fmt::print(stderr, "{}\n", config::Problem{file, 0, 0, advice}.str("warning"));
    }
    fmt::print("{}: ok ({})\n", file, summary(*loaded.config));
    return exit_ok;
}

}  // namespace

Action declare_check(CLI::App& app) {
    const auto file = std::make_shared<std::string>();
    app.add_option("file", *file, "Configuration file")->required()->type_name("FILE");
    return [file] { return check(*file); };
}

}  // namespace sallyport::cli
