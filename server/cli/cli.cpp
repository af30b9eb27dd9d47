#include "server/cli/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <exception>
#include <string>

#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/report.hpp"
#include "server/version.hpp"

namespace sallyport::cli {
namespace {

struct Command {
    const char* name;
    const char* summary;
    const char* example;
    Action (*declare)(CLI::App& app);
};

constexpr auto commands = std::to_array<Command>({
    {"serve", "Run the server in the foreground; SIGTERM drains, SIGHUP reloads",
     "sallyport serve --config /etc/sallyport/sallyport.toml", declare_serve},
    {"quickstart", "Try it: make keys and a user, then serve FTPS and SFTP on this machine",
     "sallyport quickstart --dir ./sallyport-data", declare_quickstart},
    {"check", "Show every problem of a configuration file",
     "sallyport check /etc/sallyport/sallyport.toml", declare_check},
    {"status", "Show who is connected, what is being transferred, and whether the server is ready",
     "sallyport status --config /etc/sallyport/sallyport.toml --watch", declare_status},
    {"show", "Show the configuration in effect, and where each value comes from",
     "sallyport show /etc/sallyport/sallyport.toml --user acme", declare_show},
    {"policy", "Ask what a user may do",
     "sallyport policy test /etc/sallyport/sallyport.toml --user acme --from 198.51.100.7 upload "
     "/in/a.csv",
     declare_policy},
    {"hash-password", "Print the argon2id hash of a password, for a user's \"password\"",
     "sallyport hash-password < password.txt", declare_hash_password},
    {"totp", "Make a secret for one-time codes and show it as a QR code",
     "sallyport totp acme --issuer files.example.com", declare_totp},
    {"keygen", "Make a self-signed certificate with its key, and SSH host keys",
     "sallyport keygen /etc/sallyport --name files.example.com", declare_keygen},
});

Action declare(CLI::App& app, const Command& command) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    sub->footer(fmt::format("Example:\n  {}", command.example));
    return command.declare(*sub);
}

int perform(const Action& action) {
    try {
        return action();
    } catch (const std::exception& error) {
        print_error(error.what());
        return exit_refused;
    }
}

}  // namespace

int run(int argc, char** argv) {
    CLI::App app("Receives files over FTPS and SFTP, and nothing in clear.", "sallyport");
    app.set_version_flag("--version", fmt::format("sallyport {}", version));
    app.require_subcommand(0, 1);
    app.footer("Example:\n  sallyport quickstart\nEach command has its own --help.");
    Action chosen;
    for (const Command& command : commands) {
        Action action = declare(app, command);
        app.get_subcommand(command.name)->callback([&chosen, action] { chosen = action; });
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& answer) {
        return app.exit(answer);
    } catch (const CLI::ParseError& error) {
        print_error(fmt::format("{} (see sallyport --help)", error.what()));
        return exit_usage;
    }
    if (chosen) return perform(chosen);
    print_error("no command given (see sallyport --help)");
    return exit_usage;
}

}  // namespace sallyport::cli
