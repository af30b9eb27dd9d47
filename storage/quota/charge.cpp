#include "storage/quota/charge.hpp"

#include <utility>

namespace sallyport::storage {

Result<Charge> Charge::begin(const Purse& purse, std::uint64_t announced) {
    const Usage whole{announced, 1};
    const auto reserved = purse.ledger->reserve(purse.account.get(), *purse.stash, whole);
    if (!reserved) return reserved.error();
    // What a client announces and never sends is not to keep others from sending.
    purse.ledger->give_back(*purse.stash, {announced, 0});
    return Charge(purse, {0, 1});
}

Charge Charge::adopt(const Purse& purse, std::uint64_t bytes) {
    const Usage partial{bytes, 1};
    purse.ledger->partial_taken(*purse.stash, partial);
    return Charge(purse, partial);
}

Result<void> Charge::grow(std::uint64_t bytes) {
    if (bytes == 0) return {};
    const Usage more{bytes, 0};
    const auto reserved = purse_.ledger->reserve(purse_.account.get(), *purse_.stash, more);
    if (reserved) held_ += more;
    return reserved;
}

void Charge::shrink(std::uint64_t bytes) {
    if (bytes == 0) return;
    purse_.ledger->give_back(*purse_.stash, {bytes, 0});
    held_ -= {bytes, 0};
}

void Charge::became_partial(const Usage& replaced) {
    purse_.ledger->partial_kept(*purse_.stash, std::exchange(held_, Usage()), replaced);
}

Usage Charge::became_published(const Meters& meters) {
    const Usage published = std::exchange(held_, Usage());
    purse_.ledger->publish(*purse_.stash, meters, published);
    return published;
}

void Charge::give_back() {
    if (held_ != Usage()) purse_.ledger->give_back(*purse_.stash, held_);
    held_ = {};
}

}  // namespace sallyport::storage
