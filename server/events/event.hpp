#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::events {

enum class Level { debug, info, warning, error };

struct Field {
    std::string_view key;  ///< a literal
    std::variant<std::string, std::int64_t, double, bool> value;
};
using Fields = std::vector<Field>;

/// Where events go. Thread-safe. Never throws and never blocks for long: a full disk or a stalled
/// reader of the log costs log lines, not sessions.
class Sink {
  public:
    virtual ~Sink() = default;
    /// `name` such as "file.received", a literal. String values may hold client bytes: the sink
    /// escapes them.
    virtual void emit(Level level, std::string_view name, const Fields& fields) noexcept = 0;
    /// Soon goes on in new files where the old ones have been renamed or removed, as log rotation
    /// does.
    virtual void reopen() noexcept {}
};

/// The events of one session: adds session, protocol, address and, once known, user to each.
class SessionEvents {
  public:
    /// `sink` must outlive this object.
    SessionEvents(Sink& sink, std::string session, std::string protocol, std::string address)
        : sink_(sink),
          session_(std::move(session)),
          protocol_(std::move(protocol)),
          address_(std::move(address)) {}

    void emit(Level level, std::string_view name, Fields fields = {}) const noexcept;
    /// `session.close`: why it ended, and how long it was.
    void close(std::string_view reason) const;
    void set_user(std::string user) { user_ = std::move(user); }
    [[nodiscard]] const std::string& session() const { return session_; }
    [[nodiscard]] const std::string& address() const { return address_; }

  private:
    Sink& sink_;
    std::string session_;
    std::string protocol_;
    std::string address_;
    std::string user_;
    std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
};

}  // namespace sallyport::events
