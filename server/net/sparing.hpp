#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace sallyport::net {

/// Lets something be said once in a while, however often there is reason to. Stops clients from
/// filling the log. The clock is the caller's.
class Sparing {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Sparing(std::chrono::seconds interval) : interval_(interval) {}

    /// There is reason to say it. Whether to: then how often it was not said since the last time.
    [[nodiscard]] std::optional<std::int64_t> due(Time now) {
        if (last_ && now - *last_ < interval_) {
            ++withheld_;
            return std::nullopt;
        }
        last_ = now;
        return std::exchange(withheld_, 0);
    }

  private:
    std::chrono::seconds interval_;
    std::optional<Time> last_;
    std::int64_t withheld_ = 0;
};

}  // namespace sallyport::net
