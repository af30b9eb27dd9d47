#pragma once

#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>

#include "storage/backend.hpp"

namespace sallyport::server::admin {

/// Asks storage whether it works, for those who cannot wait for a disk that hangs. Lives on the
/// thread of its executor, and must outlive what `look` has begun.
class StorageWatch {
  public:
    /// For how long an answer is good.
    static constexpr std::chrono::seconds freshness{2};

    /// `patience`: how long an answer may take before storage counts as unavailable.
    StorageWatch(boost::asio::any_io_executor executor, std::shared_ptr<storage::Backend> backend,
                 std::chrono::milliseconds patience = std::chrono::seconds(5))
        : executor_(std::move(executor)), backend_(std::move(backend)), patience_(patience) {}

    /// What `Backend::probe` said just now or a moment ago; `unavailable` when it does not answer.
    Async<storage::Result<storage::Space>> look();

  private:
    using Clock = std::chrono::steady_clock;

    static Async<void> probe(StorageWatch& self);
    void start();

    boost::asio::any_io_executor executor_;
    std::shared_ptr<storage::Backend> backend_;
    std::chrono::milliseconds patience_;
    bool running_ = false;
    Clock::time_point began_;  ///< the probe that runs
    Clock::time_point answered_ = Clock::time_point::min();
    storage::Result<storage::Space> answer_ = storage::Error::unavailable;
    std::set<boost::asio::steady_timer*> waiting_;
};

}  // namespace sallyport::server::admin
