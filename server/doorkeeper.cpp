#include "server/doorkeeper.hpp"

#include <sodium.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/net/admission.hpp"

namespace sallyport::server {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using net::Anteroom;

/// How long a connection waits while others of its address are on their way to a login, and how
/// often it looks. Long enough for the parallel connections of one client, short enough that
/// somebody who is kept out hears of it.
constexpr auto patience = std::chrono::seconds(5);
constexpr auto look_interval = std::chrono::milliseconds(20);

/// Ends the wait when the server stops.
class Waiting final : public Drainable {
  public:
    void drain() override { over = true; }
    void abort() override { over = true; }
    bool over = false;
};

bool is_exempt(const asio::ip::address& client, const config::Limits& limits) {
    const auto text = net::canonical(client).to_string();
    return !limits.penalties ||
           std::ranges::any_of(limits.penalty_exempt,
                               [&text](const auto& prefix) { return prefix.contains(text); });
}

}  // namespace

bool Doorkeeper::refuses(const asio::ip::address& client, const config::Limits& limits) const {
    return !is_exempt(client, limits) && penalties_.refuses(net::source_of(client), Clock::now());
}

Async<std::unique_ptr<Newcomer>> Doorkeeper::admit(const Arrival& arrival) {
    const auto& limits = arrival.limits;
    const Anteroom::Caps caps{limits.unauthenticated.start, limits.unauthenticated.rate,
                              limits.unauthenticated.full, limits.unauthenticated_per_address};
    const auto source = net::source_of(arrival.ends.client);
    const auto patient_until = std::min(Clock::now() + patience, arrival.login_deadline);
    Waiting waiting;
    const SessionRegistry::Entry registered(arrival.registry, waiting);
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        auto answer = anteroom_.enter(source, caps, randombytes_uniform(100));
        if (auto* seat = std::get_if<Anteroom::Seat>(&answer)) {
            co_return seated(std::move(*seat), arrival);
        }
        const bool dropped = std::holds_alternative<Anteroom::Dropped>(answer);
        if (dropped || waiting.over || Clock::now() >= patient_until) co_return nullptr;
        timer.expires_after(look_interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

std::unique_ptr<Newcomer> Doorkeeper::seated(Anteroom::Seat seat, const Arrival& arrival) {
    // Health checks never log in.
    const bool exempt =
        arrival.ends.are_of_balancer() || is_exempt(arrival.ends.client, arrival.limits);
    auto* penalties = exempt ? nullptr : &penalties_;
    return std::make_unique<Newcomer>(
        std::move(seat),
        Newcomer::Case{net::source_of(arrival.ends.client), penalties, arrival.login_deadline},
        arrival.events);
}

}  // namespace sallyport::server
