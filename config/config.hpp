#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/address_prefix.hpp"
#include "auth/file_provider.hpp"
#include "auth/policy.hpp"
#include "config/hook_url.hpp"

namespace sallyport::config {

using Duration = std::chrono::milliseconds;

/// What happens when the kernel cannot confine the process.
enum class Hardening {
    required,     ///< no start
    best_effort,  ///< a start with what there is, and a warning
};

struct Server {
    std::string name = "sallyport";
    std::filesystem::path state_dir;
    std::string user;  ///< who to become when started as root; empty: stay who it is
    /// Nothing: required where the kernel has what is needed, else best effort.
    std::optional<Hardening> hardening;
    unsigned threads = 0;  ///< 0: one per core
    Duration drain = std::chrono::seconds(30);
    bool operator==(const Server&) const = default;
};

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { json, text };

struct Log {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::json;
    std::string file = "-";       ///< "-": standard error
    std::filesystem::path audit;  ///< empty: no audit file
    bool operator==(const Log&) const = default;
};

enum class TlsVersion { v1_2, v1_3 };

struct Tls {
    std::filesystem::path certificate;  ///< PEM, leaf first
    std::filesystem::path key;          ///< PEM, not readable by others
    TlsVersion min_version = TlsVersion::v1_2;
    std::filesystem::path client_ca{};  ///< PEM; empty: no client certificates are asked for
    bool operator==(const Tls&) const = default;
};

struct Ssh {
    std::vector<std::filesystem::path> host_keys;  ///< private keys, not readable by others
    bool operator==(const Ssh&) const = default;
};

enum class Protocol { ftps, ftps_implicit, sftp };
inline constexpr std::array protocols{Protocol::ftps, Protocol::ftps_implicit, Protocol::sftp};
/// As it is written in a configuration and in events, such as "ftps-implicit".
[[nodiscard]] std::string_view name_of(Protocol protocol);

enum class DataSession { any, resume };

struct PortRange {
    std::uint16_t first = 50000;
    std::uint16_t last = 50999;
    bool operator==(const PortRange&) const = default;
};

/// An address and port to listen on; port 0 lets the kernel choose.
struct Endpoint {
    std::string address;  ///< "0.0.0.0", "::", without brackets
    std::uint16_t port = 0;
    bool operator==(const Endpoint&) const = default;
};

struct Listener {
    Protocol protocol = Protocol::ftps;
    Endpoint endpoint;
    /// Load balancers, which say for whom they speak; not empty: nobody else may connect.
    std::vector<auth::AddressPrefix> proxy_protocol;
    // The rest is for FTPS: SFTP has no data connections.
    PortRange passive_ports;
    std::string
        public_address;  ///< IPv4 that PASV announces; empty: the address the client reached
    DataSession data_session = DataSession::any;
    bool operator==(const Listener&) const = default;
};

/// Where health, metrics and status are served: on a loopback address, or on a Unix socket.
using AdminAddress = std::variant<Endpoint, std::filesystem::path>;

struct Admin {
    std::optional<AdminAddress> address;
    bool operator==(const Admin&) const = default;
};

enum class StorageBackend { local, memory };
enum class Durability { fsync, none };
enum class StorageDigest { sha256, none };

struct Storage {
    StorageBackend backend = StorageBackend::local;
    std::filesystem::path root;  ///< of `local`
    Durability durability = Durability::fsync;
    StorageDigest digest = StorageDigest::sha256;
    Duration partial_retention = std::chrono::hours(24);
    std::uint64_t min_free = 0;  ///< bytes that uploads leave free on the file system
    bool operator==(const Storage&) const = default;
};

/// "10:30:100": from `start` on, `rate` of a hundred newcomers are turned away, rising to all of
/// them at `full`.
struct EarlyDrop {
    unsigned start = 10;
    unsigned rate = 30;
    unsigned full = 100;
    bool operator==(const EarlyDrop&) const = default;
};

/// Each limit stops an attack; docs say which.
struct Limits {
    unsigned connections = 1000;
    unsigned per_address = 20;
    EarlyDrop unauthenticated;
    unsigned unauthenticated_per_address = 5;
    bool penalties = true;
    std::vector<auth::AddressPrefix> penalty_exempt;
    Duration login_grace = std::chrono::seconds(60);
    Duration handshake = std::chrono::seconds(10);
    Duration idle = std::chrono::minutes(5);
    Duration data_accept = std::chrono::seconds(30);
    Duration data_stall = std::chrono::seconds(60);
    std::uint64_t min_upload_rate = 1024;  ///< bytes a second, over a minute; 0: any
    Duration failed_login_delay = std::chrono::seconds(1);
    bool operator==(const Limits&) const = default;
};

/// What becomes of a password that crossed the network in clear and was right.
enum class OnExposedPassword {
    report,  ///< an event
    lock,    ///< besides, it is refused until the user has another
};

/// Where a configuration was read from: what a reload will look at again.
struct Sources {
    std::vector<std::filesystem::path> files;    ///< those written in TOML, and secrets
    std::vector<std::filesystem::path> folders;  ///< that included files are looked for in
};

/// An HTTP server that knows users (docs/http-hook.md).
struct HttpHook {
    HookUrl url;
    std::filesystem::path ca;  ///< PEM, authorities that are trusted; empty: those of the system
    auth::Secret token;        ///< that the hook knows this server by; empty: none
    Duration timeout = std::chrono::seconds(5);
    std::uint64_t max_answer = 64 * 1024;  ///< bytes
    std::vector<std::string> policies;  ///< that the hook may give to users; the first by default
};

/// A whole, checked configuration. Immutable; sessions keep the snapshot they started with.
struct Config {
    Server server;
    Log log;
    Tls tls;  ///< without files when no listener speaks FTPS
    Ssh ssh;  ///< with a host key at least when a listener speaks SFTP
    std::vector<Listener> listeners;
    Admin admin;
    Storage storage;
    Limits limits;
    std::vector<std::string> auth_providers{"file"};
    OnExposedPassword on_exposed_password = OnExposedPassword::report;
    std::shared_ptr<const auth::UserTable> users;
    Sources sources;
    std::map<std::string, std::shared_ptr<const auth::Policy>> policies;  ///< by name
    std::shared_ptr<const HttpHook> http_hook;  ///< null: the provider `http` is not asked
};

/// The Unix socket in the state folder on which status can be asked for without an `[admin]`
/// table; nothing without a state folder.
[[nodiscard]] std::optional<std::filesystem::path> status_socket(const Server& server);

}  // namespace sallyport::config
