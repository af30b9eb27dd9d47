#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sallyport::net {

/// How fast bytes may move: a token bucket, for all transfers of one session together. Bytes are
/// counted when they have moved, and whoever moves more waits until `ready`, so that transfers that
/// share a limit get their turns in the order in which they ask. The clock is the caller's.
class RateLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// What may move at once after a pause, as time at the full rate.
    static constexpr std::chrono::milliseconds burst{250};
    /// Longest pause after one `piece`, as near as whole bytes allow. Keeps progress smooth, and
    /// the end of a session from waiting for its limit.
    static constexpr std::chrono::milliseconds beat{250};

    /// `rate`: bytes a second; 0: no limit.
    RateLimit(std::uint64_t rate, Time now) : rate_(rate), free_at_(now - burst) {}

    /// The bytes to move before `ready` is asked again: `most`, or fewer.
    [[nodiscard]] std::size_t piece(std::size_t most) const {
        if (rate_ == 0) return most;
        constexpr std::uint64_t beats_a_second = std::chrono::seconds(1) / beat;
        const auto fair = std::max<std::uint64_t>(rate_ / beats_a_second, 1);
        return static_cast<std::size_t>(std::min<std::uint64_t>(most, fair));
    }

    /// Counts bytes that have moved, or are about to.
    void spend(std::uint64_t bytes, Time now) {
        if (rate_ == 0) return;
        const auto cost = static_cast<double>(bytes) / static_cast<double>(rate_);
        free_at_ = std::max(free_at_, now - burst) +
                   std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(cost));
    }

    /// When the next bytes may move; in the past: at once.
    [[nodiscard]] Time ready() const { return rate_ == 0 ? Time::min() : free_at_; }

  private:
    std::uint64_t rate_;
    Time free_at_;  ///< when everything that has moved is paid for
};

}  // namespace sallyport::net
