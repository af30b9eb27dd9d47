#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "server/monitor/rate_meter.hpp"

/// What goes on at this moment, for those who look: sessions tell it from their own threads, and
/// status and metrics ask from another.
namespace sallyport::server::monitor {

enum class Direction : std::uint8_t { upload, download };
inline constexpr std::array directions{Direction::upload, Direction::download};
/// "upload" or "download".
[[nodiscard]] std::string_view name_of(Direction direction);

/// A transfer at one moment.
struct TransferView {
    std::string path;  ///< client bytes
    Direction direction = Direction::upload;
    std::uint64_t moved = 0;            ///< bytes since it began
    std::uint64_t position = 0;         ///< in the file, of the furthest byte
    std::optional<std::uint64_t> size;  ///< of the whole file, if that is known
    double seconds = 0;                 ///< since it began
    double rate = 0;                    ///< bytes a second, lately
};

/// A session at one moment.
struct SessionView {
    std::string id;
    std::string user;  ///< empty: not logged in
    std::string address;
    config::Protocol protocol = config::Protocol::ftps;
    std::chrono::system_clock::time_point since;
    double seconds = 0;  ///< since it began
    double idle = 0;     ///< seconds since the last command or byte
    std::vector<TransferView> transfers;
};

class LiveSessions;
class LiveTransfer;

/// One session, for as long as this object lives. Thread-safe.
class LiveSession {
  public:
    using Clock = std::chrono::steady_clock;

    LiveSession(LiveSessions& all, config::Protocol protocol, std::string id, std::string address);
    ~LiveSession();
    LiveSession(const LiveSession&) = delete;
    LiveSession& operator=(const LiveSession&) = delete;

    void set_user(std::string user);
    /// The client did something.
    void touch();
    [[nodiscard]] SessionView look(Clock::time_point now) const;

  private:
    friend class LiveTransfer;

    LiveSessions& all_;
    const config::Protocol protocol_;
    const std::string id_;
    const std::string address_;
    const std::chrono::system_clock::time_point since_ = std::chrono::system_clock::now();
    const Clock::time_point began_ = Clock::now();

    mutable std::mutex mutex_;  ///< guards what follows, and what transfers count
    std::string user_;
    Clock::time_point last_activity_ = began_;
    std::vector<const LiveTransfer*> transfers_;
};

/// One transfer of a session, for as long as this object lives.
class LiveTransfer {
  public:
    using Clock = std::chrono::steady_clock;

    struct File {
        std::string path;
        Direction direction = Direction::upload;
        std::uint64_t start = 0;  ///< bytes that were there before
        std::optional<std::uint64_t> size;
    };

    LiveTransfer(std::shared_ptr<LiveSession> session, File file);
    ~LiveTransfer();
    LiveTransfer(const LiveTransfer&) = delete;
    LiveTransfer& operator=(const LiveTransfer&) = delete;

    /// Bytes at `offset` of the file were received or sent.
    void moved(std::uint64_t offset, std::uint64_t bytes);

  private:
    friend class LiveSession;
    /// The session's mutex is held.
    [[nodiscard]] TransferView look(Clock::time_point now) const;

    const std::shared_ptr<LiveSession> session_;
    const File file_;
    const Clock::time_point began_ = Clock::now();
    std::uint64_t moved_ = 0;
    std::uint64_t position_;
    RateMeter meter_{began_};
};

/// All sessions of the server. Outlives them.
class LiveSessions {
  public:
    /// `protocol`, and how the session is called in events.
    [[nodiscard]] std::shared_ptr<LiveSession> open(config::Protocol protocol, std::string id,
                                                    std::string address);
    /// All of them as they are now, in the order of their beginning.
    [[nodiscard]] std::vector<SessionView> look() const;
    /// Bytes of files that have moved since the start.
    [[nodiscard]] std::uint64_t moved(config::Protocol protocol, Direction direction) const;

  private:
    friend class LiveSession;
    friend class LiveTransfer;
    using Counter = std::atomic<std::uint64_t>;
    [[nodiscard]] Counter& counter(config::Protocol protocol, Direction direction);

    mutable std::mutex mutex_;
    std::set<const LiveSession*> sessions_;
    std::array<std::array<Counter, directions.size()>, config::protocols.size()> moved_{};
};

}  // namespace sallyport::server::monitor
