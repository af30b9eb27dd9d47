// Preloaded into a server under test: its wall clock is wrong by the seconds that stand, as a
// number of 64 bits, in the file SALLYPORT_WALL_CLOCK_FILE, which `clock.py` writes. The steady
// clock and all waiting stay right.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using Offset = std::atomic<std::int64_t>;
static_assert(sizeof(Offset) == sizeof(std::int64_t) && Offset::is_always_lock_free);

/// Mapped once, before the server gives up the right to open files.
const Offset* map_offset() {
    const char* const path = std::getenv("SALLYPORT_WALL_CLOCK_FILE");
    const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
    void* const place =
        file < 0 ? MAP_FAILED : ::mmap(nullptr, sizeof(Offset), PROT_READ, MAP_SHARED, file, 0);
    if (place == MAP_FAILED) {
        std::perror("wall_clock: SALLYPORT_WALL_CLOCK_FILE");
        std::abort();
    }
    ::close(file);
    return static_cast<const Offset*>(place);
}

std::int64_t offset() {
    static const Offset* const mapped = map_offset();
    return mapped->load();
}

bool is_wall_clock(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
    const int result = real(clock, now);
    if (result == 0 && is_wall_clock(clock)) now->tv_sec += offset();
    return result;
}

time_t time(time_t* now) noexcept {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now != nullptr) *now = precise.tv_sec;
    return precise.tv_sec;
}

int gettimeofday(timeval* now, void*) noexcept {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = {precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}
}
