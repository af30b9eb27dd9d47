#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

/// The stricter of two modes: `deny` before `keep` before `replace`.
[[nodiscard]] storage::Overwrite stricter(storage::Overwrite a, storage::Overwrite b);

/// Who may do what, as read from a policy file. Immutable once loaded, shared by sessions. Nothing
/// allowed means refused.
struct Policy {
    std::string name;
    VerbSet allowed;  ///< on every path
    VerbSet own;      ///< besides, on what this user uploaded in this session
    storage::Overwrite overwrite = storage::Overwrite::deny;
    std::uint64_t max_file_size = UINT64_MAX;  ///< bytes
    std::uint32_t file_mode = 0640;
    std::uint32_t directory_mode = 0750;
    std::vector<std::string> transient_names;  ///< patterns, see `storage::matches_glob`
    TransportPolicy transport;

    /// May this verb be applied to this path?
    [[nodiscard]] Decision decide(Verb verb, const storage::VirtualPath& path,
                                  Ownership ownership = Ownership::others) const;
    /// True when the files of others look as if they did not exist: `stat` is granted for own paths
    /// only.
    [[nodiscard]] bool hides_others() const {
        return own.contains(Verb::stat) && !allowed.contains(Verb::stat);
    }
    /// True when the last component matches one of `transient_names`: a name that clients give to a
    /// file until it is whole, and then rename.
    [[nodiscard]] bool is_transient(const storage::VirtualPath& path) const;
};

inline constexpr std::array<std::string_view, 4> preset_names{"dropbox", "exchange", "collect",
                                                              "full"};

/// The ready-made sets of verbs. Nothing for a word that is not in `preset_names`.
[[nodiscard]] std::optional<Policy> preset_named(std::string_view word);

}  // namespace sallyport::auth
