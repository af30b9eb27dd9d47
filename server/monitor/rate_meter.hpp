#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace sallyport::server::monitor {

/// How fast bytes have moved lately, whether they come all the time or in lumps. The clock is the
/// caller's.
class RateMeter {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// Shortest time that is measured over.
    static constexpr std::chrono::seconds span{1};

    explicit RateMeter(Time now) : since_(now) {}

    void count(std::uint64_t bytes, Time now) {
        bytes_ += bytes;
        if (now - since_ < span) return;
        rate_ = per_second(bytes_, now - since_);
        span_ = now - since_;
        since_ = now;
        bytes_ = 0;
    }

    /// Bytes a second. Falls when nothing has come for twice as long as it usually takes.
    [[nodiscard]] double rate(Time now) const {
        const auto waiting = now - since_;
        if (span_ != Time::duration::zero() && waiting <= 2 * span_) return rate_;
        return per_second(bytes_, std::max<Time::duration>(waiting, span));
    }

  private:
    static double per_second(std::uint64_t bytes, Time::duration time) {
        return static_cast<double>(bytes) / std::chrono::duration<double>(time).count();
    }

    Time since_;
    std::uint64_t bytes_ = 0;  ///< since then
    double rate_ = 0;          ///< over `span_`, which ended then
    Time::duration span_{};
};

}  // namespace sallyport::server::monitor
