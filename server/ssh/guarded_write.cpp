#include "server/ssh/guarded_write.hpp"

#include <libssh/callbacks.h>

#include <csetjmp>
#include <cstring>

namespace sallyport::server::ssh {
namespace {

/// What libssh logs on each turn of the endless loop.
constexpr const char* sign_of_the_loop = "ssh_channel_write wrote 0 bytes";

void leave_the_loop(int, const char*, const char* line, void* way_out) {
    if (std::strstr(line, sign_of_the_loop) == nullptr) return;
    std::longjmp(*static_cast<std::jmp_buf*>(way_out), 1);
}

/// libssh's log settings, which are those of this thread.
struct LogSettings {
    int level = ssh_get_log_level();
    ssh_logging_callback callback = ssh_get_log_callback();
    void* userdata = ssh_get_log_userdata();

    void apply() const {
        ssh_set_log_level(level);
        ssh_set_log_callback(callback);
        ssh_set_log_userdata(userdata);
    }
};

}  // namespace

std::optional<int> write_guarded(ChannelWrite write, ssh_channel channel,
                                 std::span<const std::byte> bytes) {
    const LogSettings before;
    std::jmp_buf way_out;
    // The library offers no way to see the peer's maximum packet, nor to stop the loop. Only its
    // own C frames lie between here and the callback, and they hold no lock.
    if (setjmp(way_out) != 0) {
        before.apply();
        return std::nullopt;
    }
    LogSettings{SSH_LOG_PACKET, leave_the_loop, &way_out}.apply();
    const int written = write(channel, bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    before.apply();
    return written;
}

}  // namespace sallyport::server::ssh
