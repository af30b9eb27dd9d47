#pragma once

#include <boost/asio/ip/address.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace sallyport::net {

/// Whom a connection is counted for, such as "192.0.2.1" or "2001:db8:1:2::/64": an IPv4 address or
/// an IPv6 /64. One customer gets a whole /64, so single IPv6 addresses cost an attacker nothing.
[[nodiscard]] std::string source_of(const boost::asio::ip::address& peer);

/// How many connections there are in all and per source. Thread-safe.
class Admission {
  public:
    struct Caps {
        unsigned total = 0;
        unsigned per_source = 0;
    };

    /// Holds a place until destroyed.
    class Place {
      public:
        Place(Place&& other) noexcept;
        Place& operator=(Place&&) = delete;
        ~Place();

      private:
        friend class Admission;
        Place(Admission& owner, std::string source) : owner_(&owner), source_(std::move(source)) {}
        Admission* owner_;
        std::string source_;
    };

    /// A place for one connection, or nothing when a cap is reached. The admission must outlive its
    /// places.
    [[nodiscard]] std::optional<Place> enter(const boost::asio::ip::address& peer,
                                             const Caps& caps);
    /// Places taken now.
    [[nodiscard]] std::size_t taken() const;

  private:
    void leave(const std::string& source);

    mutable std::mutex mutex_;
    unsigned total_ = 0;
    std::map<std::string, unsigned> by_source_;
};

/// What counts as one source: the IPv4 address, or the IPv6 /64, as text.
[[nodiscard]] std::string source_of(const boost::asio::ip::address& peer);

/// IPv4-mapped IPv6 addresses become plain IPv4; all others stay.
[[nodiscard]] boost::asio::ip::address canonical(const boost::asio::ip::address& address);

}  // namespace sallyport::net
