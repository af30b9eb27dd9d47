#include "server/service/notifier.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <utility>

#include "server/service/environment.hpp"

namespace sallyport::service {
namespace {

/// The address that NOTIFY_SOCKET names: a path, or with '@' in front a name in the abstract
/// namespace. Empty for anything else.
std::string address_of(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const bool is_known = name.size() > 1 && (name[0] == '/' || name[0] == '@');
    if (!is_known || name.size() >= sizeof address.sun_path) return {};
    std::memcpy(address.sun_path, name.data(), name.size());
    const bool is_abstract = name[0] == '@';
    if (is_abstract) address.sun_path[0] = '\0';
    const std::size_t size = offsetof(sockaddr_un, sun_path) + name.size() + (is_abstract ? 0 : 1);
    return {reinterpret_cast<const char*>(&address), size};
}

/// -1 when that fails.
int connect_to(const std::string& address) {
    const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto* bytes = reinterpret_cast<const sockaddr*>(address.data());
    if (::connect(descriptor, bytes, static_cast<socklen_t>(address.size())) == 0)
        return descriptor;
    if (descriptor >= 0) ::close(descriptor);
    return -1;
}

std::optional<std::chrono::microseconds> watchdog_in_environment() {
    const auto interval = number_in_environment("WATCHDOG_USEC");
    if (!interval || *interval == 0 || !is_for_us("WATCHDOG_PID")) return std::nullopt;
    return std::chrono::microseconds(*interval);
}

}  // namespace

Notifier Notifier::from_environment() {
    const std::string address = address_of(text_in_environment("NOTIFY_SOCKET"));
    Notifier notifier(address.empty() ? -1 : connect_to(address));
    notifier.watchdog_ = watchdog_in_environment();
    return notifier;
}

Notifier::Notifier(Notifier&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), watchdog_(other.watchdog_) {}

Notifier::~Notifier() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void Notifier::send(std::string_view state) const noexcept {
    if (descriptor_ < 0) return;
    static_cast<void>(::send(descriptor_, state.data(), state.size(), MSG_NOSIGNAL));
}

void Notifier::send_reloading() const noexcept {
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now().time_since_epoch());
    try {
        send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
    } catch (...) {
        send("RELOADING=1");
    }
}

}  // namespace sallyport::service
