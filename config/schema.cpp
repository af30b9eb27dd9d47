#include "config/schema.hpp"

#include "config/key.hpp"
#include "config/schema_users.hpp"

namespace sallyport::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Most threads: more than any machine has cores that this server could use.
constexpr unsigned max_threads = 256;
constexpr unsigned max_connections = 1'000'000;
constexpr hours day{24};

TableSchema server_table() {
    return {
        "server",
        Repeats::once,
        "The server as a whole.",
        {key("name", a_word(), "\"sallyport\"", "Name that clients see in the greeting.",
             [](Draft& d) { return &d.config.server.name; }),
         optional_key("state_dir", a_path(), "none",
                      "Folder for what must outlive a restart, and for the socket that "
                      "`sallyport status` asks. Made if missing.",
                      [](Draft& d) { return &d.config.server.state_dir; }),
         optional_key("user", a_text(), "none",
                      "System user to become once all ports are open, when started as root.",
                      [](Draft& d) { return &d.config.server.user; }),
         optional_key("hardening",
                      one_of<Hardening>({{"required", Hardening::required},
                                         {"best-effort", Hardening::best_effort}}),
                      "`required` where the kernel has Landlock and seccomp, else `best-effort`",
                      "Whether the server starts on a kernel that cannot confine it.",
                      [](Draft& d) { return &d.config.server.hardening; }),
         key("threads", an_integer(0, max_threads), "0",
             "Threads that serve connections; 0 means one per core.",
             [](Draft& d) { return &d.config.server.threads; }),
         key("drain", a_duration(milliseconds(0), day), "\"30s\"",
             "How long running transfers may go on after the server was asked to stop.",
             [](Draft& d) { return &d.config.server.drain; }),
         key("include", some_patterns(), "[]",
             "Further files to read, with `*` and `?`, relative to this one; only in the main "
             "file.",
             [](Draft& d) { return &d.includes; })},
        {},
        {}};
}

TableSchema log_table() {
    return {
        "log",
        Repeats::once,
        "Where events go.",
        {key("level",
             one_of<LogLevel>({{"debug", LogLevel::debug},
                               {"info", LogLevel::info},
                               {"warning", LogLevel::warning},
                               {"error", LogLevel::error}}),
             "\"info\"", "Least important events that are written.",
             [](Draft& d) { return &d.config.log.level; }),
         key("format", one_of<LogFormat>({{"json", LogFormat::json}, {"text", LogFormat::text}}),
             "\"json\"", "One event is one line in either.",
             [](Draft& d) { return &d.config.log.format; }),
         key("file", a_log_target(), "\"-\"", "Log file; `\"-\"` is standard error.",
             [](Draft& d) { return &d.config.log.file; }),
         optional_key("audit", a_path(), "none",
                      "Second file with every event, whatever the level.",
                      [](Draft& d) { return &d.config.log.audit; })},
        {},
        {}};
}

TableSchema tls_table() {
    return {"tls",
            Repeats::once,
            "The certificate that FTPS clients check.",
            {optional_key("certificate", a_path(), "required by FTPS listeners",
                          "PEM file with the certificate and its chain, leaf first.",
                          [](Draft& d) { return &d.config.tls.certificate; }),
             optional_key("key", a_path(), "required by FTPS listeners",
                          "PEM file with the private key; only its owner may have access to it.",
                          [](Draft& d) { return &d.config.tls.key; }),
             key("min_version",
                 one_of<TlsVersion>({{"1.2", TlsVersion::v1_2}, {"1.3", TlsVersion::v1_3}}),
                 "\"1.2\"", "Oldest version of TLS that is spoken.",
                 [](Draft& d) { return &d.config.tls.min_version; }),
             optional_key("client_ca", a_path(), "none",
                          "PEM file with the authorities whose client certificates are accepted; "
                          "clients are asked for one only when it is set.",
                          [](Draft& d) { return &d.config.tls.client_ca; })},
            {},
            {}};
}

TableSchema host_keys_table() {
    return {"ssh",
            Repeats::once,
            "The keys that SFTP clients know the server by.",
            {optional_key("host_keys", some_paths(), "required by SFTP listeners",
                          "Files with the private keys; only their owner may have access to them.",
                          [](Draft& d) { return &d.host_keys; })},
            {},
            {}};
}

TableSchema listener_table() {
    return {
        "listener",
        Repeats::list,
        "A door: an address to listen on and what is spoken there.",
        {required_key("protocol",
                      one_of<Protocol>({{"ftps", Protocol::ftps},
                                        {"ftps-implicit", Protocol::ftps_implicit},
                                        {"sftp", Protocol::sftp}}),
                      "FTP over TLS, where `ftps` begins with `AUTH TLS` and `ftps-implicit` with "
                      "TLS, or file transfer over SSH.",
                      [](Draft& d) { return &d.protocols.back(); }),
         required_key("address", an_endpoint(),
                      "IP address and port, such as `\"0.0.0.0:21\"` or `\"[::]:21\"`; port 0 lets "
                      "the system choose.",
                      [](Draft& d) { return &d.config.listeners.back().endpoint; }),
         optional_key("proxy_protocol", some_proxies(), "nobody",
                      "Load balancers that say, by a PROXY header of version 1 or 2, for whom they "
                      "connect. With it every connection must come from one of them and begin with "
                      "such a header, and the address in it is the client's for limits, policies "
                      "and events.",
                      [](Draft& d) { return &d.config.listeners.back().proxy_protocol; }),
         key("passive_ports", a_port_range(), "\"50000-50999\"",
             "FTPS only: ports for data connections; a firewall must let them in.",
             [](Draft& d) { return &d.config.listeners.back().passive_ports; }),
         optional_key("public_address", a_public_address(), "the address that the client reached",
                      "FTPS only: address that `PASV` announces, for servers behind NAT. An "
                      "environment variable that is not set, or empty, counts as not written.",
                      [](Draft& d) { return &d.config.listeners.back().public_address; }),
         key("data_session",
             one_of<DataSession>({{"any", DataSession::any}, {"resume", DataSession::resume}}),
             "\"any\"",
             "FTPS only: whether a data connection must resume the TLS session of its control "
             "connection. `\"resume\"` shuts out some clients, such as Python's ftplib.",
             [](Draft& d) { return &d.config.listeners.back().data_session; })},
        {},
        [](Draft& d, const std::string&) {
            d.config.listeners.emplace_back();
            d.protocols.emplace_back();
        }};
}

TableSchema admin_table() {
    return {
        "admin",
        Repeats::once,
        "Health, metrics and status, for this machine: `/healthz`, `/readyz`, `/metrics`, "
        "`/status`. Without this table, the socket `admin.sock` in `server.state_dir` tells the "
        "same to the server's own user and root.",
        {optional_key(
            "address", an_admin_address(), "only the socket in `server.state_dir`",
            "Where it is served by HTTP, such as `\"127.0.0.1:9321\"` or "
            "`\"unix:/run/sallyport/admin.sock\"`. A socket can be used by its owner alone.",
            [](Draft& d) { return &d.config.admin.address; })},
        {},
        {}};
}

TableSchema storage_table() {
    return {
        "storage",
        Repeats::once,
        "Where files are kept.",
        {key("backend",
             one_of<StorageBackend>(
                 {{"local", StorageBackend::local}, {"memory", StorageBackend::memory}}),
             "\"local\"",
             "`local`: folders of this machine. `memory`: for tests and demonstrations, up to 1 "
             "GiB "
             "that is gone when the server stops; it needs no `root`.",
             [](Draft& d) { return &d.config.storage.backend; }),
         required_key("root", a_path(), "Folder that holds the users' homes.",
                      [](Draft& d) { return &d.config.storage.root; }),
         key("durability",
             one_of<Durability>({{"fsync", Durability::fsync}, {"none", Durability::none}}),
             "\"fsync\"",
             "`\"fsync\"`: what was acknowledged survives a power cut; `\"none\"`: for scratch "
             "data.",
             [](Draft& d) { return &d.config.storage.durability; }),
         key("digest",
             one_of<StorageDigest>(
                 {{"sha256", StorageDigest::sha256}, {"none", StorageDigest::none}}),
             "\"sha256\"", "Digest that is computed while a file is received.",
             [](Draft& d) { return &d.config.storage.digest; }),
         key("partial_retention", a_duration(milliseconds(0), 365 * day), "\"1d\"",
             "How long an interrupted upload can be resumed before it is removed.",
             [](Draft& d) { return &d.config.storage.partial_retention; }),
         key("min_free", a_size(), "\"0B\"", "Space that uploads leave free on the file system.",
             [](Draft& d) { return &d.config.storage.min_free; })},
        {},
        {}};
}

/// A time limit from a tenth of a second up.
template <class Field>
Key time_limit(std::string name, Duration greatest, std::string fallback, std::string doc,
               Field field) {
    return key(std::move(name), a_duration(milliseconds(100), greatest), std::move(fallback),
               std::move(doc), field);
}

TableSchema limits_table() {
    const auto count = an_integer(1, max_connections);
    return {"limits",
            Repeats::once,
            "What one client, or all together, may use.",
            {key("connections", count, "1000",
                 "Connections at once; stops floods from using up memory and descriptors.",
                 [](Draft& d) { return &d.config.limits.connections; }),
             key("per_address", count, "20",
                 "Connections at once from one address; stops one client from taking all.",
                 [](Draft& d) { return &d.config.limits.per_address; }),
             key("unauthenticated", an_early_drop(), "\"10:30:100\"",
                 "Connections at once that have not logged in: from 10 on, 30 of a hundred new "
                 "ones are turned away, rising to all of them at 100; stops strangers from taking "
                 "the places of users.",
                 [](Draft& d) { return &d.config.limits.unauthenticated; }),
             key("unauthenticated_per_address", count, "5",
                 "The same from one address; more of them wait up to 5 seconds for their turn, "
                 "and do not count for `unauthenticated`.",
                 [](Draft& d) { return &d.config.limits.unauthenticated_per_address; }),
             key("penalties", a_flag(), "true",
                 "Whether an address that fails to log in too often is refused for a while; stops "
                 "guessing. The rules are in SECURITY.md.",
                 [](Draft& d) { return &d.config.limits.penalties; }),
             key("penalty_exempt", some_address_prefixes(), "[]",
                 "Addresses that are never penalised, such as a gateway with many users behind it.",
                 [](Draft& d) { return &d.config.limits.penalty_exempt; }),
             time_limit("login_grace", minutes(10), "\"1m\"",
                        "Time to log in; stops connections that never do.",
                        [](Draft& d) { return &d.config.limits.login_grace; }),
             time_limit("handshake", minutes(5), "\"10s\"",
                        "Time for a TLS handshake; stops slow ones from holding connections.",
                        [](Draft& d) { return &d.config.limits.handshake; }),
             time_limit("idle", day, "\"5m\"", "Time without a command before the session ends.",
                        [](Draft& d) { return &d.config.limits.idle; }),
             time_limit("data_accept", minutes(10), "\"30s\"",
                        "Time to open a data connection; stops ports from being held.",
                        [](Draft& d) { return &d.config.limits.data_accept; }),
             time_limit("data_stall", hours(1), "\"1m\"",
                        "Time without a byte before a transfer ends; stops stalled peers.",
                        [](Draft& d) { return &d.config.limits.data_stall; }),
             key("min_upload_rate", a_rate(), "\"1KiB/s\"",
                 "Least rate of an upload over a minute; stops transfers held open by a byte now "
                 "and then. `0B/s` accepts any. Over SFTP that of each packet; between packets "
                 "`idle` counts.",
                 [](Draft& d) { return &d.config.limits.min_upload_rate; }),
             key("failed_login_delay", a_duration(milliseconds(0), minutes(1)), "\"1s\"",
                 "Wait before a failed login is answered; slows guessing.",
                 [](Draft& d) { return &d.config.limits.failed_login_delay; })},
            {},
            {}};
}

TableSchema auth_table() {
    return {"auth",
            Repeats::once,
            "How users prove who they are.",
            {key("providers", list_of(one_of<std::string>({{"file", "file"}, {"http", "http"}})),
                 "[\"file\"]",
                 "Who is asked, in this order: `file` knows the `[user.NAME]` tables, `http` asks "
                 "the hook of `[auth.http]`.",
                 [](Draft& d) { return &d.config.auth_providers; }),
             key("on_exposed_password",
                 one_of<OnExposedPassword>(
                     {{"report", OnExposedPassword::report}, {"lock", OnExposedPassword::lock}}),
                 "\"report\"",
                 "What happens when a password arrives in clear and is right: an event, and with "
                 "`\"lock\"` that password is refused until the user has another. Keys go on "
                 "working. Needs `server.state_dir`.",
                 [](Draft& d) { return &d.config.on_exposed_password; })},
            {},
            {}};
}

TableSchema http_hook_table() {
    return {
        "auth.http",
        Repeats::once,
        "An HTTP server that knows users, described in [http-hook.md](http-hook.md).",
        {optional_key("url", a_hook_url(), "required by the provider `http`",
                      "Where it is: `https://HOST/PATH`, `unix:/PATH`, or on a loopback address "
                      "`http://127.0.0.1:PORT/PATH`.",
                      [](Draft& d) { return &d.http_hook.url; }),
         optional_key("ca", a_path(), "the authorities that the system trusts",
                      "PEM file with the authorities whose certificates an `https` hook may "
                      "have.",
                      [](Draft& d) { return &d.http_hook.ca; }),
         optional_key("token", a_secret(), "none",
                      "What the hook knows this server by, sent as `Authorization: Bearer`. A "
                      "file must not be accessible to others.",
                      [](Draft& d) { return &d.http_hook.token; }),
         time_limit("timeout", minutes(1), "\"5s\"",
                    "Time for an answer; without one the login is refused.",
                    [](Draft& d) { return &d.http_hook.timeout; }),
         key("max_answer", a_size(), "\"64KiB\"",
             "Longest answer; stops a hook gone wrong from filling the memory.",
             [](Draft& d) { return &d.http_hook.max_answer; }),
         optional_key("policies", list_of(a_text()), "required by the provider `http`",
                      "Names of the policies that the hook may give to users; the first is the "
                      "default.",
                      [](Draft& d) { return &d.http_hook.policies; })},
        {},
        {}};
}

}  // namespace

const std::vector<TableSchema>& schema() {
    static const std::vector<TableSchema> tables{server_table(),    log_table(),      tls_table(),
                                                 host_keys_table(), listener_table(), admin_table(),
                                                 storage_table(),   limits_table(),   auth_table(),
                                                 http_hook_table(), policy_table(),   user_table()};
    return tables;
}

const std::vector<std::string>& unsupported_tables() {
    static const std::vector<std::string> tables;
    return tables;
}

}  // namespace sallyport::config
