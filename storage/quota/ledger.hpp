#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "storage/error.hpp"
#include "storage/quota/meter.hpp"

namespace sallyport::storage {

/// All quotas of a backend: what is stored where, and whether more may be. Usage belongs to folders
/// and to the stashes of owners; a quota is a limit on the sum of some of them. Thread-safe; never
/// blocks for long.
class Ledger {
  public:
    using Clock = std::chrono::steady_clock;

    /// The meter of a folder; a new one if there is none yet.
    [[nodiscard]] std::shared_ptr<Meter> meter(const std::string& folder);
    /// The meters of `path` and of all folders above it, the outermost first.
    [[nodiscard]] Meters covering(std::string_view path) const;
    /// All meters.
    [[nodiscard]] Meters meters() const;

    /// The stash of that name; a new one if there is none yet.
    [[nodiscard]] std::shared_ptr<Stash> stash(const std::string& name);
    /// Null if there is none.
    [[nodiscard]] std::shared_ptr<Stash> find_stash(const std::string& name) const;
    /// How much the partials of a stash are, counted while none of them could change.
    void count_partials(Stash& stash, const Usage& counted);

    /// The account of that name, with a new limit.
    [[nodiscard]] std::shared_ptr<Account> account(const std::string& name, const Usage& limit);
    void add(Account& account, const std::shared_ptr<Meter>& meter,
             const std::shared_ptr<Stash>& stash);
    [[nodiscard]] Meters meters_of(const Account& account) const;

    /// Counts `more` to the stash, before it is stored: `quota_exceeded` if the account, which may
    /// be null, has no room for it.
    [[nodiscard]] Result<void> reserve(const Account* account, Stash& stash, const Usage& more);
    void give_back(Stash& stash, const Usage& less);
    /// A partial goes on, by an upload that has reserved nothing yet.
    void partial_taken(Stash& stash, const Usage& partial);
    /// An upload becomes a partial in the place of another one, of that much.
    void partial_kept(Stash& stash, const Usage& partial, const Usage& replaced);
    void partial_removed(Stash& stash, const Usage& partial);
    /// What was in a stash is published where `meters` count.
    void publish(Stash& stash, const Meters& meters, const Usage& what);
    void changed(const Meters& meters, const Usage& added, const Usage& removed);
    /// What may still be stored.
    [[nodiscard]] Usage left(const Account& account) const;
    [[nodiscard]] Usage limit(const Account& account) const;

    /// What became of a wish to count.
    struct Count {
        enum class State {
            begun,    ///< a new one: the gate is closing
            running,  ///< somebody else's
            recent,   ///< the last one is younger than asked for, or too young to be repeated
        };
        State state = State::begun;
        Clock::duration wait{};  ///< after `recent`: how long until it can be repeated
    };
    /// Begins to count, unless the last count is younger than `age` or counting would take more
    /// than a tenth of all time: stops a client that runs into its quota again and again from
    /// keeping the disk busy. `empty` as in `Gate::close`; whoever is told then must call
    /// `end_count`.
    [[nodiscard]] Count begin_count(Meter& meter, Clock::duration age, Clock::time_point now,
                                    std::function<void()> empty);
    /// Opens the gate; nothing keeps the old numbers.
    void end_count(Meter& meter, std::optional<Usage> counted, Clock::time_point now);

  private:
    [[nodiscard]] Usage used(const Account& account) const;

    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Meter>, std::less<>> meters_;
    std::map<std::string, std::shared_ptr<Stash>> stashes_;
    std::map<std::string, std::shared_ptr<Account>> accounts_;
};

}  // namespace sallyport::storage
