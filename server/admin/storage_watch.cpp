#include "server/admin/storage_watch.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sallyport::server::admin {
namespace asio = boost::asio;

Async<storage::Result<storage::Space>> StorageWatch::look() {
    const bool asked = answered_ != Clock::time_point::min();
    if (asked && Clock::now() - answered_ < freshness) co_return answer_;
    if (!running_) start();
    asio::steady_timer timer(executor_, began_ + patience_);
    waiting_.insert(&timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    waiting_.erase(&timer);
    if (running_) co_return storage::Error::unavailable;
    co_return answer_;
}

void StorageWatch::start() {
    running_ = true;
    began_ = Clock::now();
    asio::co_spawn(executor_, probe(*this), [this](std::exception_ptr failure) {
        if (failure) answer_ = storage::Error::unavailable;
        running_ = false;
        answered_ = Clock::now();
        for (auto* timer : waiting_) timer->cancel();
    });
}

Async<void> StorageWatch::probe(StorageWatch& self) {
    self.answer_ = co_await self.backend_->probe();
}

}  // namespace sallyport::server::admin
