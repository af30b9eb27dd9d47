#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <variant>

namespace sallyport::net {

/// Connections that are served but not logged in, in all and per source, in the manner of OpenSSH's
/// MaxStartups and PerSourceMaxStartups. Stops connections that never log in from taking the places
/// of those that would. Thread-safe.
class Anteroom {
  public:
    struct Caps {
        unsigned start = 0;  ///< from so many on, some newcomers are turned away
        unsigned rate = 0;   ///< so many of a hundred at first, then more and more
        unsigned full = 0;   ///< from so many on, all are
        unsigned per_source = 0;
    };

    /// Held until destroyed.
    class Seat {
      public:
        Seat(Seat&& other) noexcept;
        Seat& operator=(Seat&&) = delete;
        ~Seat();

      private:
        friend class Anteroom;
        Seat(Anteroom& owner, std::string source) : owner_(&owner), source_(std::move(source)) {}
        Anteroom* owner_;
        std::string source_;
    };
    /// The source has all the seats it can have; there will be one when one of its connections has
    /// logged in or ended.
    struct Later {};
    /// Turned away, by chance or because the room is full.
    struct Dropped {};
    using Answer = std::variant<Later, Dropped, Seat>;

    /// `chance`: a random number from 0 to 99. The room must outlive its seats.
    [[nodiscard]] Answer enter(const std::string& source, const Caps& caps, unsigned chance);
    /// Seats taken now.
    [[nodiscard]] std::size_t taken() const;

  private:
    void leave(const std::string& source);

    mutable std::mutex mutex_;
    std::size_t total_ = 0;
    std::map<std::string, unsigned> by_source_;
};

}  // namespace sallyport::net
