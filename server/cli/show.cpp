#include "config/show.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/report.hpp"

namespace sallyport::cli {
namespace {

struct Options {
    std::string file;
    std::optional<std::string> user;
};

int show(const Options& options) {
    const config::Shown shown = config::show(options.file, options.user);
    print_findings(shown.problems, shown.warnings);
    if (!shown.problems.empty()) return exit_refused;
    if (!shown.knows_user) {
        print_error(fmt::format("{} has no [user.{}]", options.file, *options.user));
        return exit_usage;
    }
    fmt::print("{}", shown.text);
    return exit_ok;
}

}  // namespace

Action declare_show(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("file", options->file, "Configuration file")->required()->type_name("FILE");
    app.add_option("--user", options->user, "Only what holds for this user")->type_name("NAME");
    return [options] { return show(*options); };
}

}  // namespace sallyport::cli
