#include "storage/local/recounts.hpp"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "storage/local/usage_below.hpp"

namespace sallyport::storage {
namespace {

/// Counting may take one thread out of so many.
constexpr std::size_t share_of_threads = 4;

/// An upload that has no room waits so long for a count that keeps its distance to the last one.
constexpr auto longest_wait = std::chrono::seconds(2);

Result<Usage> count(const std::string& folder) {
    const Descriptor opened(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!opened.is_open()) return from_errno(errno);
    return usage_below(opened);
}

Async<void> wait_for(Meters meters) {
    for (const auto& meter : meters) {
        co_await meter->gate().enter();
        meter->gate().leave();
    }
}

}  // namespace

void Recounts::start(const std::shared_ptr<Meter>& meter, Clock::duration age) {
    static_cast<void>(ledger_->begin_count(*meter, age, Clock::now(), begin(meter)));
}

Async<bool> Recounts::refresh(std::shared_ptr<Recounts> recounts,
                              std::shared_ptr<Account> account) {
    bool refreshed = false;
    for (auto& meter : recounts->ledger_->meters_of(*account)) {
        const bool counted = co_await refresh_one(recounts, std::move(meter));
        refreshed = refreshed || counted;
    }
    co_return refreshed;
}

Async<bool> Recounts::refresh_one(std::shared_ptr<Recounts> recounts,
                                  std::shared_ptr<Meter> meter) {
    const auto begin = recounts->begin(meter);
    const auto soon = Clock::now() + longest_wait;
    for (;;) {
        const auto now = Clock::now();
        const auto count =
            recounts->ledger_->begin_count(*meter, Clock::duration::zero(), now, begin);
        if (count.state != Ledger::Count::State::recent) break;
        if (now + count.wait > soon) co_return false;
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, count.wait);
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
    co_await meter->gate().enter();
    meter->gate().leave();
    co_return true;
}

Async<void> Recounts::finish(std::shared_ptr<Ledger> ledger, std::shared_ptr<Account> account) {
    return wait_for(ledger->meters_of(*account));
}

std::function<void()> Recounts::begin(const std::shared_ptr<Meter>& meter) {
    const auto place = std::make_shared<Queue>(1, meter);
    return [self = shared_from_this(), place] { self->enqueue(*place); };
}

void Recounts::enqueue(Queue& place) {
    if (!may_run(place)) return;
    pool_.post([self = shared_from_this(), first = place.front()] {
        for (auto next = first; next; next = self->next()) self->run(next);
    });
}

bool Recounts::may_run(Queue& place) {
    const std::lock_guard lock(mutex_);
    if (running_ >= std::max<std::size_t>(1, pool_.threads() / share_of_threads)) {
        waiting_.splice(waiting_.end(), place);
        return false;
    }
    ++running_;
    return true;
}

std::shared_ptr<Meter> Recounts::next() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
        --running_;
        return nullptr;
    }
    auto meter = std::move(waiting_.front());
    waiting_.pop_front();
    return meter;
}

void Recounts::run(const std::shared_ptr<Meter>& meter) {
    std::optional<Usage> usage;
    try {
        const auto counted = count(meter->folder());
        if (counted) usage = *counted;
        if (!counted && counted.error() == Error::not_found) usage = Usage();
    } catch (const std::bad_alloc&) {
        // The old numbers hold until there is memory again.
    }
    ledger_->end_count(*meter, usage, Clock::now());
}

}  // namespace sallyport::storage
