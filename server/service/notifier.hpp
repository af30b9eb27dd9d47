#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sallyport::service {

/// Tells the service manager how the service is doing (sd_notify(3)): one datagram each, to the
/// socket that NOTIFY_SOCKET names. Not through libsystemd: the protocol is a line of text, and the
/// library would bring compression and crypto code into a process that holds keys.
///
/// Used on one thread.
class Notifier {
  public:
    /// What the environment says; without NOTIFY_SOCKET nothing is ever sent.
    [[nodiscard]] static Notifier from_environment();
    Notifier(Notifier&& other) noexcept;
    Notifier& operator=(Notifier&&) = delete;
    ~Notifier();

    /// `state`: assignments, one a line, such as "READY=1\nSTATUS=Serving". Never waits and never
    /// fails: a service manager that does not listen is no reason to serve any worse.
    void send(std::string_view state) const noexcept;
    /// RELOADING=1, which needs the time; READY=1 is to follow.
    void send_reloading() const noexcept;

    /// How soon after one WATCHDOG=1 the next must come, if it must.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

  private:
    explicit Notifier(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;  ///< connected, as later the server may not be allowed to; -1: nobody listens
    std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace sallyport::service
