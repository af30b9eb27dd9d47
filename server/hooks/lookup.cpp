#include "server/hooks/lookup.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>

namespace sallyport::server::hooks {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Addresses = std::vector<asio::ip::address>;

/// Outlives whoever waits for it: the resolver cannot be told to stop.
struct Search {
    explicit Search(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

    tcp::resolver resolver;
    net::Event done;
    Addresses found;
    std::string problem = "the look-up of the host timed out";
};

/// On this thread.
int& lookups() {
    static thread_local int count = 0;
    return count;
}

void begin(const std::shared_ptr<Search>& search, const std::string& host) {
    search->resolver.async_resolve(
        host, "",
        [search](boost::system::error_code error, const tcp::resolver::results_type& all) {
            --lookups();
            search->problem = error ? "the host cannot be looked up: " + error.message() : "";
            for (const auto& entry : all) search->found.push_back(entry.endpoint().address());
            search->done.notify();
        });
    ++lookups();
}

}  // namespace

Async<std::variant<Addresses, std::string>> look_up(const std::string& host,
                                                    net::SteadyTime deadline) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address) co_return Addresses{address};
    if (lookups() >= max_lookups) co_return "look-ups of hosts stall";
    auto search = std::make_shared<Search>(co_await asio::this_coro::executor);
    begin(search, host);
    co_await search->done.wait_until(deadline);
    if (!search->problem.empty()) co_return search->problem;
    co_return std::move(search->found);
}

}  // namespace sallyport::server::hooks
