#include "server/stop_limit.hpp"

#include <semaphore.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

namespace sallyport::server {
namespace {

constexpr std::array signals{SIGTERM, SIGINT};
/// For the log to be written.
constexpr auto last_words = std::chrono::seconds(1);
constexpr std::string_view reason = "still busy long after it was told to end; ended by force";

::sem_t told;  ///< what a signal handler may touch
std::array<struct sigaction, signals.size()> handlers_before;

void take_note(int number) {
    ::sem_post(&told);
    for (std::size_t i = 0; i < signals.size(); ++i) {
        const auto before = handlers_before[i].sa_handler;
        if (signals[i] == number && before != SIG_DFL && before != SIG_IGN) before(number);
    }
}

void install_handlers() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
        ::sigaction(signals[i], nullptr, &handlers_before[i]);
        struct sigaction ours = handlers_before[i];
        ours.sa_handler = &take_note;
        ::sigaction(signals[i], &ours, nullptr);
    }
}

/// Unless somebody else has put theirs there meanwhile.
void restore_handlers() {
    for (std::size_t i = 0; i < signals.size(); ++i) {
        struct sigaction now {};
        ::sigaction(signals[i], nullptr, &now);
        if (now.sa_handler == &take_note) ::sigaction(signals[i], &handlers_before[i], nullptr);
    }
}

/// False when nobody has posted `told` by then.
bool wait_until(StopLimit::Clock::time_point end) {
    const auto since_boot = end.time_since_epoch();  // as CLOCK_MONOTONIC counts
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    const timespec until{seconds.count(), std::chrono::nanoseconds(since_boot - seconds).count()};
    int waited = -1;
    do {
        waited = ::sem_clockwait(&told, CLOCK_MONOTONIC, &until);
    } while (waited != 0 && errno == EINTR);
    return waited == 0;
}

}  // namespace

StopLimit::StopLimit(Limits limits, events::Sink& sink) : limits_(limits), sink_(sink) {
    ::sem_init(&told, 0, 0);
    install_handlers();
    thread_ = std::thread([this] { watch(); });
}

StopLimit::~StopLimit() {
    ended_ = true;
    ::sem_post(&told);
    thread_.join();
    restore_handlers();
}

void StopLimit::watch() noexcept {
    while (::sem_wait(&told) != 0) {
    }
    if (ends_in_time()) return;
    report();
    std::this_thread::sleep_for(last_words);
    if (!ended_) ::_exit(EXIT_FAILURE);
}

bool StopLimit::ends_in_time() noexcept {
    auto end = Clock::now() + limits_.told;
    while (!ended_ && wait_until(end - last_words)) {
        end = std::min(end, Clock::now() + limits_.told_again);
    }
    return ended_;
}

void StopLimit::report() noexcept {
    try {
        sink_.emit(events::Level::error, "server.failed", {{"reason", std::string(reason)}});
    } catch (...) {
        // It ends all the same.
    }
}

}  // namespace sallyport::server
