#include "server/ftps/transfer.hpp"

namespace sallyport::server::ftps {

Async<Prepared> prepare(ftp::Transfer request, storage::Volume& volume,
                        const events::FileEvents& events) {
    if (auto* receive = std::get_if<ftp::Receive>(&request)) {
        co_return co_await prepare_receive(std::move(*receive), volume, events);
    }
    if (auto* send = std::get_if<ftp::Send>(&request)) {
        co_return co_await prepare_send(std::move(*send), volume, events);
    }
    co_return co_await prepare_listing(std::move(std::get<ftp::SendListing>(request)), volume);
}

}  // namespace sallyport::server::ftps
