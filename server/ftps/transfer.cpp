#include "server/ftps/transfer.hpp"

#include <algorithm>

namespace sallyport::server::ftps {

double Stopwatch::rate(std::uint64_t bytes) const {
    constexpr double shortest = 1e-6;
    return static_cast<double>(bytes) / std::max(seconds(), shortest);
}

Async<Prepared> prepare(ftp::Transfer request, storage::Volume& volume,
                        const events::SessionEvents& events) {
    if (auto* receive = std::get_if<ftp::Receive>(&request)) {
        co_return co_await prepare_receive(std::move(*receive), volume, events);
    }
    if (auto* send = std::get_if<ftp::Send>(&request)) {
        co_return co_await prepare_send(std::move(*send), volume, events);
    }
    co_return co_await prepare_listing(std::move(std::get<ftp::SendListing>(request)), volume);
}

}  // namespace sallyport::server::ftps
