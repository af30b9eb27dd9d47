#include "storage/quota/ledger.hpp"

#include <algorithm>

namespace sallyport::storage {
namespace {

/// Counting takes at most one part in so many of all time.
constexpr int share_of_time = 10;

bool lies_in(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) {
    return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

template <class T>
std::shared_ptr<T> find_or_make(auto& map, const std::string& name, const auto&... arguments) {
    auto& place = map[name];
    if (!place) place = std::make_shared<T>(arguments...);
    return place;
}

}  // namespace

std::shared_ptr<Meter> Ledger::meter(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    return find_or_make<Meter>(meters_, folder, folder);
}

Meters Ledger::covering(std::string_view path) const {
    Meters found;
    const std::lock_guard lock(mutex_);
    if (meters_.empty()) return found;
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const auto meter = meters_.find(path.substr(0, end));
        if (meter != meters_.end()) found.push_back(meter->second);
        if (end == path.npos) return found;
    }
}

Meters Ledger::meters() const {
    Meters all;
    const std::lock_guard lock(mutex_);
    for (const auto& [folder, meter] : meters_) all.push_back(meter);
    return all;
}

std::shared_ptr<Stash> Ledger::stash(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return find_or_make<Stash>(stashes_, name);
}

std::shared_ptr<Stash> Ledger::find_stash(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = stashes_.find(name);
    return found == stashes_.end() ? nullptr : found->second;
}

void Ledger::count_partials(Stash& stash, const Usage& counted) {
    const std::lock_guard lock(mutex_);
    stash.partials_ = counted;
}

std::shared_ptr<Account> Ledger::account(const std::string& name, const Usage& limit) {
    const std::lock_guard lock(mutex_);
    auto account = find_or_make<Account>(accounts_, name);
    account->limit_ = limit;
    return account;
}

void Ledger::add(Account& account, const std::shared_ptr<Meter>& meter,
                 const std::shared_ptr<Stash>& stash) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(account.stashes_, stash) == account.stashes_.end()) {
        account.stashes_.push_back(stash);
    }
    if (std::ranges::find(account.meters_, meter) != account.meters_.end()) return;
    account.meters_.push_back(meter);
    account.outermost_.clear();
    for (const auto& one : account.meters_) {
        const bool inside = std::ranges::any_of(account.meters_, [&](const auto& other) {
            return other != one && lies_in(one->folder(), other->folder());
        });
        if (!inside) account.outermost_.push_back(one);
    }
}

Meters Ledger::meters_of(const Account& account) const {
    const std::lock_guard lock(mutex_);
    return account.meters_;
}

Result<void> Ledger::reserve(const Account* account, Stash& stash, const Usage& more) {
    const std::lock_guard lock(mutex_);
    if (account != nullptr) {
        const Usage now = used(*account);
        const Usage& limit = account->limit_;
        // Who has too many files already, because other programs made them, may still write on.
        const bool bytes_fit = more.bytes == 0 || sum(now.bytes, more.bytes) <= limit.bytes;
        const bool files_fit = more.files == 0 || sum(now.files, more.files) <= limit.files;
        if (!bytes_fit || !files_fit) return Error::quota_exceeded;
    }
    stash.under_way_ += more;
    return {};
}

void Ledger::give_back(Stash& stash, const Usage& less) {
    const std::lock_guard lock(mutex_);
    stash.under_way_ -= less;
}

void Ledger::partial_taken(Stash& stash, const Usage& partial) {
    const std::lock_guard lock(mutex_);
    stash.partials_ -= partial;
    stash.under_way_ += partial;
}

void Ledger::partial_kept(Stash& stash, const Usage& partial, const Usage& replaced) {
    const std::lock_guard lock(mutex_);
    stash.under_way_ -= partial;
    stash.partials_ += partial;
    stash.partials_ -= replaced;
}

void Ledger::partial_removed(Stash& stash, const Usage& partial) {
    const std::lock_guard lock(mutex_);
    stash.partials_ -= partial;
}

void Ledger::publish(Stash& stash, const Meters& meters, const Usage& what) {
    const std::lock_guard lock(mutex_);
    stash.under_way_ -= what;
    for (const auto& meter : meters) meter->usage_ += what;
}

void Ledger::changed(const Meters& meters, const Usage& added, const Usage& removed) {
    const std::lock_guard lock(mutex_);
    for (const auto& meter : meters) {
        meter->usage_ += added;
        meter->usage_ -= removed;
    }
}

Usage Ledger::left(const Account& account) const {
    const std::lock_guard lock(mutex_);
    Usage left = account.limit_;
    left -= used(account);
    return left;
}

Usage Ledger::limit(const Account& account) const {
    const std::lock_guard lock(mutex_);
    return account.limit_;
}

Usage Ledger::used(const Account& account) const {
    Usage total;
    for (const auto& meter : account.outermost_) total += meter->usage_;
    for (const auto& stash : account.stashes_) {
        total += stash->under_way_;
        total += stash->partials_;
    }
    return total;
}

Ledger::Count Ledger::begin_count(Meter& meter, Clock::duration age, Clock::time_point now,
                                  std::function<void()> empty) {
    const std::lock_guard lock(mutex_);
    using enum Count::State;
    if (meter.counting_) return {running, {}};
    const auto pause = std::max(age, (meter.ended_ - meter.began_) * share_of_time);
    const auto since = now - meter.ended_;
    if (meter.counted_ && since < pause) return {recent, pause - since};
    meter.counting_ = true;
    meter.began_ = now;
    // Before anybody else can see that it is being counted and rely on the gate.
    meter.gate_.close(std::move(empty));
    return {begun, {}};
}

void Ledger::end_count(Meter& meter, std::optional<Usage> counted, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (counted) meter.usage_ = *counted;
    meter.counting_ = false;
    meter.counted_ = true;
    meter.ended_ = now;
    meter.gate_.open();
}

}  // namespace sallyport::storage
