#include "storage/quota/passage.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::storage {

Passage& Passage::operator=(Passage&& other) noexcept {
    leave();
    ledger_ = std::move(other.ledger_);
    entered_ = std::exchange(other.entered_, {});
    from_ = std::move(other.from_);
    to_ = std::move(other.to_);
    return *this;
}

Async<Passage> Passage::through(std::shared_ptr<Ledger> ledger, std::string from, std::string to) {
    Passage passage;
    passage.from_ = ledger->covering(from);
    passage.to_ = ledger->covering(to);
    Meters all = passage.from_;
    for (const auto& meter : passage.to_) {
        // Entering a gate twice would wait for itself.
        if (std::ranges::find(all, meter) == all.end()) all.push_back(meter);
    }
    passage.entered_.reserve(all.size());  // what is entered must be left
    // One by one: when an exception ends the wait, only what was entered is left.
    for (const auto& meter : all) {
        co_await meter->gate().enter();
        passage.entered_.push_back(meter);
    }
    passage.ledger_ = std::move(ledger);
    co_return passage;
}

Async<Passage> Passage::through(std::shared_ptr<Ledger> ledger, std::string path) {
    std::string same = path;
    return through(std::move(ledger), std::move(path), std::move(same));
}

Passage::Locks Passage::exclusively() const {
    // Whoever changes the same file has the same outermost meter, so that its mutex is enough.
    Meter* first = from_.empty() ? nullptr : from_.front().get();
    Meter* second = to_.empty() || to_.front().get() == first ? nullptr : to_.front().get();
    if (std::less<>()(second, first)) std::swap(first, second);
    Locks locks;
    if (first != nullptr) locks[0] = std::unique_lock(first->changing());
    if (second != nullptr) locks[1] = std::unique_lock(second->changing());
    return locks;
}

void Passage::changed(const Usage& added, const Usage& removed) const {
    if (ledger_) ledger_->changed(to_, added, removed);
}

void Passage::moved(const Usage& file, const Usage& replaced) const {
    if (!ledger_) return;
    ledger_->changed(from_, {}, file);
    ledger_->changed(to_, file, replaced);
}

void Passage::moved_back(const Usage& file) const {
    if (!ledger_) return;
    ledger_->changed(to_, {}, file);
    ledger_->changed(from_, file, {});
}

void Passage::leave() {
    for (const auto& meter : entered_) meter->gate().leave();
    entered_.clear();
}

}  // namespace sallyport::storage
