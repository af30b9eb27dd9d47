#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "server/cli/demo_site.hpp"

namespace sallyport::cli {

/// What `quickstart` prints when it serves: how to reach it, and commands for curl, Python and lftp
/// that work as printed from any folder. Holds the password of the user demo: for the terminal
/// alone, never for a log.
[[nodiscard]] std::string demo_guide(const DemoSite& site, const config::Endpoint& endpoint,
                                     std::string_view password);

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace sallyport::cli
