#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::auth {

/// What a source is held to account for. Why a login failed makes no difference to its weight, so
/// that nobody learns from it which users exist.
enum class Offence {
    wrong_credentials,
    unknown_user,
    never_tried,  ///< connected, and left without trying to log in
    out_of_time,  ///< did not log in while there was time
};
/// Such as "never tried", for events.
[[nodiscard]] std::string_view describe(Offence offence);
[[nodiscard]] std::chrono::seconds weight_of(Offence offence);

/// Weights on one source from which on it is refused, and the most that they add up to.
inline constexpr std::chrono::seconds penalty_begins_at{15};
inline constexpr std::chrono::seconds longest_penalty{600};
/// Sources that are remembered. Stops memory from growing with the number of attackers.
inline constexpr std::size_t max_penalised_sources = 65'536;

/// Sources that failed to log in too often are refused for a while, in the manner of OpenSSH's
/// PerSourcePenalties. An offence weighs some seconds, and time takes them off again. Once more
/// than `penalty_begins_at` is left, the source is refused until nothing is left. Users are not
/// looked at: nobody can lock somebody else out by guessing.
///
/// A full table forgets first the source that will be free again soonest, of those that are not
/// refused; when all are, new sources are let in uncounted. So a flood from many sources neither
/// frees one that is refused nor shuts anybody else out.
///
/// Time is the steady clock's and is passed in: no change of the wall clock matters. Thread-safe.
class Penalties {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Penalties(std::size_t max_sources = max_penalised_sources)
        : max_sources_(max_sources) {}
    Penalties(const Penalties&) = delete;
    Penalties& operator=(const Penalties&) = delete;

    /// Counts an offence. How long the source is refused if it is from now on; nothing when it was
    /// already, or still is not.
    std::optional<std::chrono::seconds> count(const std::string& source, Offence offence, Time now);

    [[nodiscard]] bool refuses(const std::string& source, Time now) const;

    /// A source that is refused, and until when.
    struct Refused {
        std::string source;
        Time until;
    };
    /// All that are refused, those that will be free soonest first.
    [[nodiscard]] std::vector<Refused> refused(Time now) const;
    /// Sources that are remembered.
    [[nodiscard]] std::size_t size() const;

  private:
    struct Entry {
        Time end;  ///< when time has taken off all weight
        bool refused = false;
    };
    using Entries = std::map<std::string, Entry>;
    /// By end, then by source.
    using Order = std::set<std::pair<Time, const std::string*>>;

    [[nodiscard]] Order& order_of(const Entry& entry) { return orders_[entry.refused ? 1 : 0]; }
    void forget_ended(Time now);
    /// Room for one more source; false when there is none.
    [[nodiscard]] bool make_room();

    const std::size_t max_sources_;
    mutable std::mutex mutex_;
    Entries entries_;
    std::array<Order, 2> orders_;  ///< of those that are let in, and of those that are refused
};

}  // namespace sallyport::auth
