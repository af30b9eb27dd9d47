#include "server/stop_limit.hpp"

#include <unistd.h>

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

timespec from_now(std::chrono::steady_clock::duration limit) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto all =
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) + limit;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(all);
    return {seconds.count(), (all - seconds).count()};
}

}  // namespace

StopLimit::StopLimit(std::chrono::steady_clock::duration limit, events::Sink& sink)
    : limit_(limit), sink_(sink) {
    ::sem_init(&told, 0, 0);
    ::sem_init(&ending_, 0, 0);
    install_handlers();
    thread_ = std::thread([this] { watch(); });
}

StopLimit::~StopLimit() {
    ::sem_post(&ending_);
    ::sem_post(&told);
    thread_.join();
    restore_handlers();
    ::sem_destroy(&ending_);
}

void StopLimit::watch() noexcept {
    while (::sem_wait(&told) != 0) {
    }
    if (ends_within(limit_)) return;
    report();
    if (!ends_within(last_words)) ::_exit(EXIT_FAILURE);
}

bool StopLimit::ends_within(std::chrono::steady_clock::duration limit) noexcept {
    const timespec end = from_now(limit);
    int waited = -1;
    do {
        waited = ::sem_clockwait(&ending_, CLOCK_MONOTONIC, &end);
    } while (waited != 0 && errno == EINTR);
    return waited == 0;
}

void StopLimit::report() noexcept {
    try {
        sink_.emit(events::Level::error, "server.failed", {{"reason", std::string(reason)}});
    } catch (...) {
        // It ends all the same.
    }
}

}  // namespace sallyport::server
