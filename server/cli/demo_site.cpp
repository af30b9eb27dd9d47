#include "server/cli/demo_site.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "auth/password_hash.hpp"
#include "auth/sodium.hpp"
#include "server/cli/new_file.hpp"

namespace sallyport::cli {
namespace {

/// No letter or digit that looks like another, and nothing that a shell or a URL gives a meaning
/// to.
constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr std::size_t password_length = 20;

/// {0}: FTPS port, {1}: SFTP port, {2}: password hash.
constexpr const char* config_template =
    R"(# Made by `sallyport quickstart`; an ordinary configuration file, to change and to keep:
#   sallyport check FILE
#   sallyport serve --config FILE
# Relative paths are relative to this file. Sizes and times carry units: "2GiB", "30s".

[server]
name      = "sallyport"
state_dir = "state"

[log]
level  = "info"
format = "text"                         # for people; "json" for machines
file   = "sallyport.log"                # "-": standard error
# audit = "audit.jsonl"                 # every event, one JSON object a line

[tls]
certificate = "tls/fullchain.pem"       # self-signed; put a real one here before others connect
key         = "tls/privkey.pem"
min_version = "1.2"

[ssh]
host_keys = ["ssh/ed25519", "ssh/rsa"]

[[listener]]
protocol      = "ftps"
address       = "127.0.0.1:{0}"         # this machine only; "0.0.0.0:21" is reached from elsewhere
passive_ports = "50000-50099"           # data connections; open these in the firewall as well

[[listener]]
protocol = "sftp"
address  = "127.0.0.1:{1}"

[storage]
root = "files"

[auth]
providers = ["file"]

[policy.demo]
preset = "full"                         # or "dropbox", "exchange", "collect"

[user.demo]
policy   = "demo"
home     = "demo"                       # under storage.root; made on first login
password = "{2}"  # sallyport hash-password
# ssh_keys = ["ssh-ed25519 AAAA..."]    # public keys that may log in by SFTP
)";

auth::Secret random_password() {
    auth::require_sodium();
    std::array<char, password_length> letters{};
    for (char& letter : letters) {
        letter = alphabet[::randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    }
    auth::Secret password(std::string_view(letters.data(), letters.size()));
    ::sodium_memzero(letters.data(), letters.size());
    return password;
}

void complete_tls(const DemoSite& site) {
    const bool has_certificate = std::filesystem::exists(site.tls.certificate);
    const bool has_key = std::filesystem::exists(site.tls.key);
    if (!has_certificate && !has_key) make_tls_files(site.tls, "localhost");
}

void complete_host_keys(const DemoSite& site) {
    const bool has_ed25519 = std::filesystem::exists(site.host_keys.ed25519);
    const bool has_rsa = std::filesystem::exists(site.host_keys.rsa);
    if (!has_ed25519 && !has_rsa) make_host_keys(site.host_keys);
}

auth::Secret complete_password(const DemoSite& site) {
    auth::Secret password = demo_password(site);
    if (!password.empty()) return password;
    password = random_password();
    write_new_file(site.password, password.reveal(), 0600);
    return password;
}

void make_dir(const std::filesystem::path& dir) {
    if (!std::filesystem::create_directories(dir)) return;
    std::filesystem::permissions(dir, std::filesystem::perms::owner_all);
}

}  // namespace

void complete(const DemoSite& site, const DemoPorts& ports) {
    make_dir(site.dir);
    make_dir(site.dir / "state");
    make_dir(site.dir / "files");
    complete_tls(site);
    complete_host_keys(site);
    if (std::filesystem::exists(site.config)) return;
    const std::string hash = auth::hash_password(complete_password(site));
    write_new_file(site.config, fmt::format(config_template, ports.ftps, ports.sftp, hash), 0600);
}

auth::Secret demo_password(const DemoSite& site) {
    const int descriptor = ::open(site.password.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return {};
    std::array<char, 256> bytes{};
    const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
    ::close(descriptor);
    std::string_view text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    auth::Secret password(text.substr(0, text.find_first_of("\r\n")));
    ::sodium_memzero(bytes.data(), bytes.size());
    return password;
}

}  // namespace sallyport::cli
