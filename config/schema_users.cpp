#include "config/schema_users.hpp"

#include "config/key.hpp"
#include "config/readers_login.hpp"
#include "config/readers_mounts.hpp"
#include "config/readers_policy.hpp"

namespace sallyport::config {
namespace {

Reader<storage::Overwrite> an_overwrite_mode() {
    return one_of<storage::Overwrite>({{"deny", storage::Overwrite::deny},
                                       {"replace", storage::Overwrite::replace},
                                       {"keep", storage::Overwrite::keep}});
}

Reader<DataSession> a_data_session() {
    return one_of<DataSession>({{"any", DataSession::any}, {"resume", DataSession::resume}});
}

/// Most sessions that a limit can allow: more than there can be connections.
constexpr unsigned max_session_limit = 1'000'000;

/// The keys that say who may log in from where and when, see `override_keys`.
template <class Owner>
std::vector<Key> login_keys(Owner owner) {
    const auto count = an_integer(1, max_session_limit);
    std::vector<Key> keys;
    keys.push_back(
        optional_key("from", some_prefixes(), "any address",
                     "Addresses that users may log in from, such as `\"198.51.100.0/24\"` or "
                     "`\"2001:db8::/32\"`.",
                     [owner](Draft& d) { return &owner(d)->from; }));
    keys.push_back(optional_key(
        "hours", some_hours(), "any time",
        "When users may log in and begin transfers, such as `\"Mon-Fri 06:00-20:00\"`; by the "
        "server's local time. A span may run over midnight.",
        [owner](Draft& d) { return &owner(d)->hours; }));
    keys.push_back(optional_key("protocols", some_protocols(), "both",
                                "What users may log in by; implicit FTPS counts as `ftps`.",
                                [owner](Draft& d) { return &owner(d)->protocols; }));
    keys.push_back(optional_key("max_sessions", count, "no limit",
                                "Sessions that one user may have at once, over all protocols.",
                                [owner](Draft& d) { return &owner(d)->max_sessions; }));
    keys.push_back(optional_key(
        "max_sessions_per_address", count, "no limit",
        "Sessions that one user may have at once from one address (IPv6: from one /64).",
        [owner](Draft& d) { return &owner(d)->max_sessions_per_address; }));
    return keys;
}

/// The keys of a policy that a user may override; `owner` points to the overrides being read.
template <class Owner>
std::vector<Key> override_keys(Owner owner) {
    std::vector<Key> keys = login_keys(owner);
    keys.push_back(optional_key(
        "names", some_allowed_names(), "any name",
        "Names, with `*` and `?`, that files may have: others are refused when they are uploaded "
        "or renamed to. Those of `transient_names` are allowed as well.",
        [owner](Draft& d) { return &owner(d)->names; }));
    keys.push_back(optional_key(
        "overwrite", an_overwrite_mode(), "the preset's, else `deny`",
        "What happens when a file of that name exists: refused, replaced (needs the verb "
        "`overwrite`), or kept as `name.~1~`.",
        [owner](Draft& d) { return &owner(d)->overwrite; }));
    keys.push_back(optional_key("max_file_size", a_size(), "no limit",
                                "Largest file that may be uploaded.",
                                [owner](Draft& d) { return &owner(d)->max_file_size; }));
    keys.push_back(key("upload_rate", a_limiting_rate(), "\"0B/s\"",
                       "Most that one session receives, all its transfers together; `0B/s` sets no "
                       "limit.",
                       [owner](Draft& d) { return &owner(d)->upload_rate; }));
    keys.push_back(key("download_rate", a_limiting_rate(), "\"0B/s\"",
                       "Most that one session is sent, likewise.",
                       [owner](Draft& d) { return &owner(d)->download_rate; }));
    keys.push_back(optional_key(
        "quota", a_size(), "no limit",
        "Bytes that a user may have stored: their home, uploads under way and interrupted ones.",
        [owner](Draft& d) { return &owner(d)->quota; }));
    keys.push_back(optional_key(
        "quota_files", an_integer(1, UINT32_MAX), "no limit",
        "Files that a user may have stored, counted as for `quota`; folders do not count.",
        [owner](Draft& d) { return &owner(d)->quota_files; }));
    keys.push_back(optional_key(
        "quota_group", a_word(), "a quota for each user",
        "Users who name the same group share one quota, which must be the same for all of them.",
        [owner](Draft& d) { return &owner(d)->quota_group; }));
    keys.push_back(optional_key(
        "mounts", some_mounts(), "none",
        "Virtual folders: paths as users see them, and the folders on this machine that are there. "
        "They hide what the home has under those paths.",
        [owner](Draft& d) { return &owner(d)->mounts; }));
    keys.push_back(key("file_mode", a_mode(), "\"0640\"", "Permission bits of uploaded files.",
                       [owner](Draft& d) { return &owner(d)->file_mode; }));
    keys.push_back(key("dir_mode", a_mode(), "\"0750\"", "Permission bits of new folders.",
                       [owner](Draft& d) { return &owner(d)->directory_mode; }));
    keys.push_back(
        key("transient_names", some_name_patterns(), "[]",
            "Names, with `*` and `?`, that clients give to files until they are whole: such a file "
            "is announced as received when it is renamed.",
            [owner](Draft& d) { return &owner(d)->transient_names; }));
    keys.push_back(optional_key(
        "data_session", a_data_session(), "the listener's",
        "Whether a data connection must resume the TLS session of its control connection.",
        [owner](Draft& d) { return &owner(d)->data_session; }));
    keys.push_back(
        key("allow_missing_close_notify", a_flag(), "false",
            "Accept uploads whose end is not confirmed by TLS, and log them: a cut connection then "
            "looks like the end of the file.",
            [owner](Draft& d) { return &owner(d)->allow_missing_close_notify; }));
    return keys;
}

}  // namespace

TableSchema policy_table() {
    TableSchema table{
        "policy",
        Repeats::named,
        "What users may do. Policies are named and shared; what neither preset nor `allow` grants "
        "is refused.",
        {optional_key(
             "preset", a_preset(), "none",
             "Ready-made rights to start from: `dropbox` (upload; see, rename, delete and change "
             "times and modes only of what was uploaded in this session), `exchange` (upload, "
             "download, list, rename, make folders; change times and modes of what was uploaded "
             "in this session), `collect` (list, download, delete) or `full`.",
             [](Draft& d) { return &d.policies.back().preset; }),
         optional_key("allow", some_verbs(), "the preset's",
                      "The verbs that are allowed, instead of everything that the preset grants.",
                      [](Draft& d) { return &d.policies.back().allow; }),
         optional_key("rule", some_rules(), "none",
                      "`[[policy.NAME.rule]]`: at paths that match `path` (`*`, `?`, and `**` for "
                      "any number of folders) the verbs of `allow` are allowed, and no others. The "
                      "most specific rule that matches decides.",
                      [](Draft& d) { return &d.policies.back().rules; })},
        {},
        [](Draft& d, const std::string& name) { d.policies.emplace_back().name = name; }};
    const auto overrides = override_keys([](Draft& d) { return &d.policies.back().overrides; });
    table.keys.insert(table.keys.end(), overrides.begin(), overrides.end());
    return table;
}

TableSchema user_table() {
    TableSchema table{
        "user",
        Repeats::named,
        "Who may log in. Keys that a policy has, too, override the policy's for this user.",
        {required_key("policy", a_text(), "Name of the policy that says what the user may do.",
                      [](Draft& d) { return &d.users.back().policy; }),
         optional_key("home", a_home(), "the user's name",
                      "Folder below `storage.root` that the user sees as `/`, made on first login; "
                      "`\".\"` is all of `storage.root`.",
                      [](Draft& d) { return &d.users.back().home; }),
         optional_key(
             "password", a_password_hash(), "none",
             "Hash of the password, from `sallyport hash-password`. A file must not be accessible "
             "to others. Without it the user cannot log in with a password.",
             [](Draft& d) { return &d.users.back().password_hash; }),
         key("ssh_keys", some_public_keys(), "[]",
             "Public keys that log the user in over SFTP, each as in a `.pub` file: Ed25519, "
             "ECDSA, "
             "RSA from 2048 bits, and those of security keys.",
             [](Draft& d) { return &d.users.back().ssh_keys; }),
         key("certificates", some_certificates(), "[]",
             "Client certificates that log the user in over FTPS, issued by `tls.client_ca`: "
             "`\"sha256:FINGERPRINT\"`, or `\"subject:CN=acme,O=Example\"` for any of that "
             "subject.",
             [](Draft& d) { return &d.users.back().certificates; }),
         optional_key("totp", a_totp_secret(), "none",
                      "Secret for one-time codes, from `sallyport totp NAME`. A file must not be "
                      "accessible to others. With it a password needs a code, unless `login` says "
                      "otherwise.",
                      [](Draft& d) { return &d.users.back().totp; }),
         optional_key("login", some_combinations(), "any one of what the user has",
                      "The combinations that let the user in, such as `[\"publickey\", "
                      "\"password+totp\"]`: `password`, `publickey`, `certificate`, and `totp` "
                      "with one of them.",
                      [](Draft& d) { return &d.users.back().login; }),
         key("enabled", a_flag(), "true", "Whether the user may log in.",
             [](Draft& d) { return &d.users.back().enabled; }),
         optional_key("expires", a_date(), "never", "First day (UTC) on which logins are refused.",
                      [](Draft& d) { return &d.users.back().expires; }),
         optional_key("rule", some_rules(), "none",
                      "`[[user.NAME.rule]]`: rules besides the policy's, asked before those that "
                      "are as specific.",
                      [](Draft& d) { return &d.users.back().rules; })},
        {},
        [](Draft& d, const std::string& name) { d.users.emplace_back().name = name; }};
    for (Key& row : override_keys([](Draft& d) { return &d.users.back().overrides; })) {
        row.fallback.clear();
        row.absent = "the policy's";
        table.keys.push_back(std::move(row));
    }
    return table;
}

}  // namespace sallyport::config
