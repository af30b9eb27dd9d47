#include <CLI/CLI.hpp>
#include <memory>

#include "server/app.hpp"
#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/load_checked.hpp"
#include "server/cli/report.hpp"

namespace sallyport::cli {
namespace {

int serve(const std::string& file) {
    const config::Loaded loaded = load_checked(file);
    print_findings(loaded);
    if (!loaded.config) return exit_refused;
    server::ServeHooks hooks;
    hooks.warnings = loaded.warnings;
    return server::serve(
        loaded.config, [file] { return load_checked(file); }, hooks);
}

}  // namespace

Action declare_serve(CLI::App& app) {
    const auto file = std::make_shared<std::string>();
    app.add_option("--config,-c", *file, "Configuration file")->required()->type_name("FILE");
    return [file] { return serve(*file); };
}

}  // namespace sallyport::cli
