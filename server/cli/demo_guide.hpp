#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "server/cli/demo_site.hpp"

namespace sallyport::cli {

/// Where the first listener of each door is; absent: there is none.
struct DemoDoors {
    std::optional<config::Endpoint> ftps;
    std::optional<config::Endpoint> sftp;
};

/// What `quickstart` prints when it serves: how to reach it, and commands for curl, Python, lftp
/// and sftp that work as printed from any folder. Holds the password of the user demo: for the
/// terminal alone, never for a log.
[[nodiscard]] std::string demo_guide(const DemoSite& site, const DemoDoors& doors,
                                     std::string_view password);

/// Lines of a known_hosts file for the host keys of `site`, reached at `endpoint`.
[[nodiscard]] std::string known_hosts(const DemoSite& site, const config::Endpoint& endpoint);

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace sallyport::cli
