#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "storage/blocking_pool.hpp"
#include "storage/quota/ledger.hpp"

namespace sallyport::storage {

/// Counts metered folders on the pool, few at a time, so that counting never takes all of its
/// threads. Thread-safe; nothing blocks.
class Recounts : public std::enable_shared_from_this<Recounts> {
  public:
    using Clock = Ledger::Clock;

    Recounts(std::shared_ptr<Ledger> ledger, BlockingPool& pool)
        : ledger_(std::move(ledger)), pool_(pool) {}

    /// Begins to count, unless the last count is younger than `age`.
    void start(const std::shared_ptr<Meter>& meter, Clock::duration age);
    /// Waits for new counts of all folders of an account, but not where they would have to keep a
    /// long distance to the last ones: false if there was none, so that nothing has changed for the
    /// better.
    static Async<bool> refresh(std::shared_ptr<Recounts> recounts,
                               std::shared_ptr<Account> account);
    /// Waits for the counts of all folders of an account that have begun.
    static Async<void> finish(std::shared_ptr<Ledger> ledger, std::shared_ptr<Account> account);

  private:
    /// One of them.
    static Async<bool> refresh_one(std::shared_ptr<Recounts> recounts,
                                   std::shared_ptr<Meter> meter);
    using Queue = std::list<std::shared_ptr<Meter>>;
    /// What counts `meter`, now or when its turn has come, without taking memory: nobody could be
    /// told that there is none, and the gate would stay closed.
    [[nodiscard]] std::function<void()> begin(const std::shared_ptr<Meter>& meter);
    void enqueue(Queue& place);
    /// False when `place` went to those that wait.
    [[nodiscard]] bool may_run(Queue& place);
    void run(const std::shared_ptr<Meter>& meter);
    [[nodiscard]] std::shared_ptr<Meter> next();

    const std::shared_ptr<Ledger> ledger_;
    BlockingPool& pool_;
    std::mutex mutex_;  ///< guards the rest
    std::size_t running_ = 0;
    Queue waiting_;
};

}  // namespace sallyport::storage
