#pragma once

#include <chrono>
#include <cstdint>

namespace sallyport::net {

/// Tells whether a sender keeps up a least rate, measured over whole windows, so that short pauses
/// do no harm. Stops peers that hold a transfer open by a byte now and then. The clock is the
/// caller's.
class Pace {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds window{60};

    /// `least`: bytes a second; 0 accepts any pace.
    Pace(std::uint64_t least, Time now) : least_(least), window_start_(now) {}

    void count(std::uint64_t bytes) { bytes_ += bytes; }
    /// Leaves out a time in which the sender was kept waiting.
    void pause(Time::duration duration) { window_start_ += duration; }
    /// True when a window has passed that brought too little; begins a new one when it has passed.
    [[nodiscard]] bool too_slow(Time now) {
        if (least_ == 0 || now - window_start_ < window) return false;
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - window_start_);
        const bool slow = bytes_ / static_cast<std::uint64_t>(seconds.count()) < least_;
        window_start_ = now;
        bytes_ = 0;
        return slow;
    }

  private:
    std::uint64_t least_;
    Time window_start_;
    std::uint64_t bytes_ = 0;
};

}  // namespace sallyport::net
