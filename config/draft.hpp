#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/path_pattern.hpp"
#include "config/config.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// A virtual folder and where its folder was written.
struct PlacedMount {
    storage::Mount mount;
    Position at;
};

/// What a policy or a user sets beyond the preset or policy it names.
struct Overrides {
    std::optional<storage::Overwrite> overwrite;
    std::optional<std::uint64_t> max_file_size;
    std::optional<std::uint64_t> upload_rate;
    std::optional<std::uint64_t> download_rate;
    std::optional<std::uint64_t> quota;
    std::optional<std::uint64_t> quota_files;
    std::optional<std::string> quota_group;
    std::optional<std::vector<PlacedMount>> mounts;
    std::optional<std::uint32_t> file_mode;
    std::optional<std::uint32_t> directory_mode;
    std::optional<std::vector<std::string>> transient_names;
    std::optional<DataSession> data_session;
    std::optional<bool> allow_missing_close_notify;
    std::optional<std::vector<std::string>> names;
    std::optional<std::vector<auth::AddressPrefix>> from;
    std::optional<auth::WeeklyHours> hours;
    std::optional<std::vector<std::string>> protocols;
    std::optional<unsigned> max_sessions;
    std::optional<unsigned> max_sessions_per_address;
};

/// One `rule` of a policy or a user.
struct RuleDraft {
    auth::PathPattern pattern;
    auth::VerbSet allowed;
    Position at;  ///< of its path
};

/// One `[policy.NAME]` table as written.
struct PolicyDraft {
    std::string name;
    std::optional<auth::Policy> preset;
    std::optional<auth::VerbSet> allow;
    Overrides overrides;
    std::vector<RuleDraft> rules;
};

/// A combination of methods and where it was written.
struct PlacedMethods {
    auth::Methods methods;
    Position at;
};

/// One `[user.NAME]` table as written.
struct UserDraft {
    std::string name;
    std::string policy;
    std::string home;
    std::string password_hash;
    std::optional<std::vector<auth::PublicKey>>
        ssh_keys;  ///< nothing: not written, or not readable
    std::optional<std::vector<auth::CertificateName>> certificates;  ///< the same
    auth::Secret totp;
    std::optional<std::vector<PlacedMethods>> login;  ///< the same
    bool enabled = true;
    std::optional<std::chrono::sys_days> expires;
    Overrides overrides;
    std::vector<RuleDraft> rules;
};

/// `[auth.http]` as written.
struct HttpHookDraft {
    std::optional<HookUrl> url;  ///< nothing: not written, or not readable
    std::filesystem::path ca;
    auth::Secret token;
    Duration timeout = HttpHook().timeout;
    std::uint64_t max_answer = HttpHook().max_answer;
    std::vector<std::string> policies;
};

/// A path and where it was written.
struct PlacedPath {
    std::filesystem::path path;
    Position at;
};

/// A pattern of files to read besides.
struct Include {
    std::string pattern;
    Position at;
};

/// A configuration while it is read: values as written, and where each was written.
struct Draft {
    Config config;  ///< all but the users and what follows
    /// What each listener speaks; nothing where that could not be read.
    std::vector<std::optional<Protocol>> protocols;
    std::optional<std::vector<PlacedPath>> host_keys;  ///< nothing: not written, or not readable
    std::vector<Include> includes;
    HttpHookDraft http_hook;
    std::vector<PolicyDraft> policies;
    std::vector<UserDraft> users;
    std::map<std::string, Position> places;  ///< of tables and keys, by `place_name`
    std::map<std::string, Value> written;    ///< values of keys, by `place_name`

    /// Where `name` was set; nothing when it was not.
    [[nodiscard]] std::optional<Position> place(const std::string& name) const;
};

/// Names a table, such as "tls", "listener/0" or "user/acme", or with `key` one of its keys. A
/// slash cannot be part of a name in a file that is accepted, so places do not collide.
[[nodiscard]] std::string place_name(std::string_view table, std::string_view item = {},
                                     std::string_view key = {});

}  // namespace sallyport::config
