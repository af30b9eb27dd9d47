#include "server/net/admission.hpp"

#include <boost/asio/ip/address_v6.hpp>

namespace sallyport::net {
namespace ip = boost::asio::ip;

std::string source_of(const ip::address& peer) {
    const auto address = canonical(peer);
    if (address.is_v4()) return address.to_string();
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    return ip::address_v6(bytes).to_string() + "/64";
}

ip::address canonical(const ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

std::optional<Admission::Place> Admission::enter(const ip::address& peer, const Caps& caps) {
    auto source = source_of(peer);
    const std::lock_guard lock(mutex_);
    if (total_ >= caps.total) return std::nullopt;
    const auto found = by_source_.find(source);
    if (found != by_source_.end() && found->second >= caps.per_source) return std::nullopt;
    ++by_source_[source];
    ++total_;
    return Place(*this, std::move(source));
}

std::size_t Admission::taken() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

void Admission::leave(const std::string& source) {
    const std::lock_guard lock(mutex_);
    --total_;
    const auto found = by_source_.find(source);
    if (--found->second == 0) by_source_.erase(found);
}

Admission::Place::Place(Place&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), source_(std::move(other.source_)) {}

Admission::Place::~Place() {
    if (owner_) owner_->leave(source_);
}

}  // namespace sallyport::net
