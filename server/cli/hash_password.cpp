#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "auth/password_hash.hpp"
#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/password_input.hpp"

namespace sallyport::cli {

Action declare_hash_password(CLI::App&) {
    return [] {
        fmt::print("{}\n", auth::hash_password(read_new_password()));
        return exit_ok;
    };
}

}  // namespace sallyport::cli
