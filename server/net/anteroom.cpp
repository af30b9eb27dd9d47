#include "server/net/anteroom.hpp"

#include <utility>

namespace sallyport::net {
namespace {

/// How many of a hundred are turned away while `taken` seats are.
unsigned drop_rate(std::size_t taken, const Anteroom::Caps& caps) {
    if (taken >= caps.full) return 100;
    if (taken < caps.start) return 0;
    const auto above = static_cast<unsigned>(taken) - caps.start;
    return caps.rate + (100 - caps.rate) * above / (caps.full - caps.start);
}

}  // namespace

Anteroom::Answer Anteroom::enter(const std::string& source, const Caps& caps, unsigned chance) {
    const std::lock_guard lock(mutex_);
    const auto found = by_source_.find(source);
    if (found != by_source_.end() && found->second >= caps.per_source) return Later{};
    if (chance < drop_rate(total_, caps)) return Dropped{};
    std::string key = source;
    ++by_source_[key];
    ++total_;
    return Seat(*this, std::move(key));
}

std::size_t Anteroom::taken() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

void Anteroom::leave(const std::string& source) {
    const std::lock_guard lock(mutex_);
    --total_;
    const auto found = by_source_.find(source);
    if (--found->second == 0) by_source_.erase(found);
}

Anteroom::Seat::Seat(Seat&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), source_(std::move(other.source_)) {}

Anteroom::Seat::~Seat() {
    if (owner_) owner_->leave(source_);
}

}  // namespace sallyport::net
