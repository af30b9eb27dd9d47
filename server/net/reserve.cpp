#include "server/net/reserve.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include <utility>

namespace sallyport::net {

void Reserve::take() noexcept {
    // Of all descriptors the one that needs neither a path nor memory worth the name.
    descriptor_ = ::eventfd(0, EFD_CLOEXEC);
}

std::size_t Reserve::turn_away(int listening, std::size_t most) noexcept {
    if (descriptor_ < 0) take();
    std::size_t count = 0;
    while (count < most && descriptor_ >= 0) {
        ::close(std::exchange(descriptor_, -1));
        const int waiting = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
        if (waiting >= 0) ::close(waiting);
        take();
        if (waiting < 0) break;
        ++count;
    }
    return count;
}

}  // namespace sallyport::net
