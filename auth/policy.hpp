#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/login_rules.hpp"
#include "auth/path_pattern.hpp"
#include "storage/backend.hpp"
#include "storage/virtual_path.hpp"

namespace sallyport::auth {

/// What a session may ask of the storage; one bit each in `VerbSet`.
enum class Verb : std::uint8_t {
    upload,
    overwrite,
    download,
    list,
    stat,
    remove,
    rename,
    mkdir,
    rmdir,
    attributes,
};
inline constexpr std::array all_verbs{Verb::upload, Verb::overwrite, Verb::download, Verb::list,
                                      Verb::stat,   Verb::remove,    Verb::rename,   Verb::mkdir,
                                      Verb::rmdir,  Verb::attributes};
inline constexpr std::size_t verb_count = all_verbs.size();

/// The word used in policy files and events, such as "upload"; `remove` is "delete".
[[nodiscard]] std::string_view name_of(Verb verb);
[[nodiscard]] std::optional<Verb> verb_named(std::string_view word);

/// A set of verbs. Default-constructed: nothing is allowed.
class VerbSet {
  public:
    constexpr VerbSet() = default;
    constexpr VerbSet(std::initializer_list<Verb> verbs) {
        for (Verb verb : verbs) insert(verb);
    }
    constexpr void insert(Verb verb) { bits_ |= bit(verb); }
    [[nodiscard]] constexpr bool contains(Verb verb) const { return (bits_ & bit(verb)) != 0; }
    constexpr bool operator==(const VerbSet&) const = default;

  private:
    static constexpr std::uint16_t bit(Verb verb) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(verb));
    }
    std::uint16_t bits_ = 0;
};

/// Requirements on the transport of one user's files that go beyond encryption. Absent: the
/// listener decides.
struct TransportPolicy {
    std::optional<bool>
        require_resumption;  ///< data connections must resume the control session's TLS session
    bool allow_missing_close_notify = false;  ///< accept uploads whose end TLS did not confirm
};

struct Decision {
    bool allowed = false;
    std::string rule;  ///< which rule decided, for events and `policy test`; never empty
};

/// Whose a path is, for a policy: was it uploaded in this session, by this user?
enum class Ownership { others, own };

/// What may be done at the paths that a pattern matches, instead of what may be done elsewhere.
struct PathRule {
    PathPattern pattern;
    VerbSet allowed;
    std::string name;  ///< for decisions, such as "policy.partners.rule /reports/**"
};

/// Most rules that one table may have. Every operation looks at all rules of a user.
inline constexpr std::size_t max_rules = 256;

/// Keys that decide, and that a user's table can override.
enum class PolicyKey : std::uint8_t {
    overwrite,
    names,
    from,
    hours,
    protocols,
    max_sessions,
    max_sessions_per_address,
};
inline constexpr std::size_t policy_key_count = 7;
[[nodiscard]] std::string_view name_of(PolicyKey key);

/// The stricter of two modes: `deny` before `keep` before `replace`.
[[nodiscard]] storage::Overwrite stricter(storage::Overwrite a, storage::Overwrite b);

/// Who may do what, as read from a policy file. Immutable once loaded, shared by sessions. Nothing
/// allowed means refused.
struct Policy {
    std::string name;
    VerbSet allowed;              ///< on every path that no rule matches
    VerbSet own;                  ///< besides, on what this user uploaded in this session
    std::vector<PathRule> rules;  ///< as `sort_rules` leaves them: the first that matches decides
    storage::Overwrite overwrite = storage::Overwrite::deny;
    std::uint64_t max_file_size = UINT64_MAX;  ///< bytes
    std::uint64_t upload_rate = 0;             ///< bytes a second and session; 0: no limit
    std::uint64_t download_rate = 0;           ///< likewise
    std::uint64_t quota = UINT64_MAX;          ///< bytes that may be stored
    std::uint64_t quota_files = UINT64_MAX;    ///< files that may be stored
    std::string quota_group;                   ///< who shares the quota; empty: each has their own
    std::vector<storage::Mount> mounts;        ///< where files can be received is asked below
    std::uint32_t file_mode = 0640;
    std::uint32_t directory_mode = 0750;
    std::vector<std::string> names;            ///< patterns for names of files; empty: any name
    std::vector<std::string> transient_names;  ///< patterns, see `storage::matches_glob`
    TransportPolicy transport;
    LoginRules login;
    std::string user;  ///< whose table has overridden some keys; empty: nobody's
    std::bitset<policy_key_count> overridden;

    /// What holds at one path.
    struct Rights {
        VerbSet allowed;
        /// As `Policy::own`, where `allowed` has `upload`; a rule without it leaves nothing.
        VerbSet own;
        const PathRule* rule = nullptr;  ///< that decided; null: the policy itself
    };
    /// Valid as long as this policy is.
    [[nodiscard]] Rights rights_at(const storage::VirtualPath& path) const;

    /// May this verb be applied to this path?
    [[nodiscard]] Decision decide(Verb verb, const storage::VirtualPath& path,
                                  Ownership ownership = Ownership::others) const;
    /// May this verb be applied to everything that could ever lie below this directory? What is
    /// own does not count. For changes of a directory that change the paths of all that is in it.
    [[nodiscard]] Decision decide_below(Verb verb, const storage::VirtualPath& directory) const;
    /// May a file come to be called like this, by an upload or a rename? Yes for `names` and for
    /// `transient_names`, which are not where it ends.
    [[nodiscard]] Decision decide_name(const storage::VirtualPath& path) const;

    /// Could a file be uploaded somewhere below this directory? No only when that is certain.
    [[nodiscard]] bool may_upload_below(const storage::VirtualPath& directory) const;
    /// The mounts, writable where this policy may let files be uploaded.
    [[nodiscard]] std::vector<storage::Mount> granted_mounts() const;
    /// False when as much may be stored as there is room for.
    [[nodiscard]] bool has_quota() const {
        return quota != UINT64_MAX || quota_files != UINT64_MAX;
    }

    /// True when files of others at `path` look as if they did not exist: `stat` is granted for own
    /// ones only.
    [[nodiscard]] bool hides_others(const storage::VirtualPath& path) const;
    /// True when the last component matches one of `transient_names`: a name that clients give to a
    /// file until it is whole, and then rename.
    [[nodiscard]] bool is_transient(const storage::VirtualPath& path) const;
    /// How decisions name a key: "policy.partners.names", or "user.acme.names" when overridden.
    [[nodiscard]] std::string name_of_rule(PolicyKey key) const;
};

/// The most specific first, see `PathPattern::by_specificity`; those that are equally specific keep
/// their order.
void sort_rules(std::vector<PathRule>& rules);

inline constexpr std::array<std::string_view, 4> preset_names{"dropbox", "exchange", "collect",
                                                              "full"};

/// The ready-made sets of verbs. Nothing for a word that is not in `preset_names`.
[[nodiscard]] std::optional<Policy> preset_named(std::string_view word);

}  // namespace sallyport::auth
