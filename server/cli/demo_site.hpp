#pragma once

#include <cstdint>
#include <filesystem>

#include "auth/secret.hpp"
#include "server/cli/key_files.hpp"

namespace sallyport::cli {

/// What `quickstart` keeps in its directory.
struct DemoSite {
    explicit DemoSite(const std::filesystem::path& directory)
        : dir(directory),
          config(dir / "sallyport.toml"),
          password(dir / "demo-password"),
          log(dir / "sallyport.log"),
          files(dir / "files" / "demo"),
          known_hosts(dir / "known_hosts"),
          tls(dir),
          host_keys(dir) {}

    std::filesystem::path dir;
    std::filesystem::path config;
    std::filesystem::path password;  ///< the user demo's, in clear, for its owner alone
    std::filesystem::path log;
    std::filesystem::path files;        ///< what the user demo sees as "/"
    std::filesystem::path known_hosts;  ///< for SFTP clients on this machine
    TlsFiles tls;
    HostKeyFiles host_keys;
};

/// Ports on 127.0.0.1.
struct DemoPorts {
    std::uint16_t ftps = 2121;
    std::uint16_t sftp = 2222;
};

/// Makes what is missing and keeps what is there, so that the next start finds the same user and
/// keys. `ports` are written into a new configuration file. Throws std::runtime_error with one
/// sentence.
void complete(const DemoSite& site, const DemoPorts& ports);

/// The password of the user demo; empty when its file is gone.
[[nodiscard]] auth::Secret demo_password(const DemoSite& site);

}  // namespace sallyport::cli
