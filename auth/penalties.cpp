#include "auth/penalties.hpp"

#include <algorithm>

namespace sallyport::auth {

using std::chrono::seconds;

std::string_view describe(Offence offence) {
    switch (offence) {
        case Offence::wrong_credentials:
            return "wrong credentials";
        case Offence::unknown_user:
            return "unknown user";
        case Offence::never_tried:
            return "never tried";
        case Offence::out_of_time:
            return "out of time";
    }
    __builtin_unreachable();
}

seconds weight_of(Offence offence) {
    switch (offence) {
        case Offence::wrong_credentials:
        case Offence::unknown_user:
            return seconds(5);
        case Offence::never_tried:
            return seconds(1);
        case Offence::out_of_time:
            return seconds(10);
    }
    __builtin_unreachable();
}

std::optional<seconds> Penalties::count(const std::string& source, Offence offence, Time now) {
    const std::lock_guard lock(mutex_);
    forget_ended(now);
    auto found = entries_.find(source);
    if (found == entries_.end()) {
        if (!make_room()) return std::nullopt;
        found = entries_.emplace(source, Entry{now}).first;
    }
    auto& [key, entry] = *found;
    order_of(entry).erase({entry.end, &key});
    entry.end = std::min(entry.end + weight_of(offence), now + longest_penalty);
    const bool begins = !entry.refused && entry.end - now >= penalty_begins_at;
    if (begins) entry.refused = true;
    order_of(entry).emplace(entry.end, &key);
    if (!begins) return std::nullopt;
    return std::chrono::ceil<seconds>(entry.end - now);
}

bool Penalties::refuses(const std::string& source, Time now) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(source);
    return found != entries_.end() && found->second.refused && now < found->second.end;
}

std::vector<Penalties::Refused> Penalties::refused(Time now) const {
    const std::lock_guard lock(mutex_);
    std::vector<Refused> all;
    for (const auto& [end, source] : orders_[1]) {
        if (now < end) all.push_back({*source, end});
    }
    return all;
}

std::size_t Penalties::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

void Penalties::forget_ended(Time now) {
    for (Order& order : orders_) {
        while (!order.empty() && order.begin()->first <= now) {
            const std::string* const source = order.begin()->second;
            order.erase(order.begin());
            entries_.erase(entries_.find(*source));
        }
    }
}

bool Penalties::make_room() {
    if (entries_.size() < max_sources_) return true;
    Order& let_in = orders_[0];
    if (let_in.empty()) return false;
    const std::string* const source = let_in.begin()->second;
    let_in.erase(let_in.begin());
    entries_.erase(entries_.find(*source));
    return true;
}

}  // namespace sallyport::auth
