// Preloaded into a server under test: stands between it and the calls by which it stores files, and
// makes those that a test chooses fail or hang, or kills the server there. `faults.py` tells it
// which, through a file that both map.
//
// Counts over all threads of the process, which strace's own injection cannot: it counts each
// thread for itself.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "plan.hpp"

namespace {

/// In the order of `faults.OPERATIONS`.
enum Operation {
    make_file,
    write_bytes,
    sync_file,
    sync_directory,
    move,
    exchange,
    remove_name,
    operations
};

enum Action : std::int32_t { let_pass, fail, kill_before, kill_after, hang };

/// What shall happen to the calls of one operation. `faults.py` knows the layout.
struct Plan {
    std::atomic<std::int32_t> action;  ///< written last
    std::atomic<std::int32_t> error;   ///< for `fail`
    std::atomic<std::int32_t> skip;    ///< calls that are let pass before
    std::atomic<std::int32_t> times;   ///< calls that it happens to
    std::atomic<std::int32_t> seen;    ///< calls so far
    std::atomic<std::int32_t> done;    ///< calls that it happened to
};

Plan* plans = nullptr;

[[gnu::constructor]] void map_plans() {
    plans = static_cast<Plan*>(map_plan_of("SALLYPORT_FAULT_PLAN", sizeof(Plan) * operations));
}

template <class Function>
Function next_of(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

/// What happens to the call of `operation` that is made now.
Action action_now(Operation operation, std::int32_t& error) {
    if (plans == nullptr) return let_pass;
    Plan& plan = plans[operation];
    ++plan.seen;
    const auto action = static_cast<Action>(plan.action.load());
    if (action == let_pass || plan.skip-- > 0) return let_pass;
    if (plan.times-- <= 0) return let_pass;
    ++plan.done;
    error = plan.error;
    return action;
}

/// Makes the call unless the plan says otherwise.
template <class Call>
auto planned(Operation operation, Call call) -> decltype(call()) {
    std::int32_t error = 0;
    const Action action = action_now(operation, error);
    if (action == kill_before) ::raise(SIGKILL);
    while (action == hang) ::pause();
    if (action == fail) {
        errno = error;
        return -1;
    }
    const auto result = call();
    if (action == kill_after) ::raise(SIGKILL);
    return result;
}

}  // namespace

extern "C" {

int openat(int directory, const char* path, int flags, ...) {
    static const auto real = next_of<int (*)(int, const char*, int, mode_t)>("openat");
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if ((flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
        return real(directory, path, flags, mode);
    return planned(make_file, [&] { return real(directory, path, flags, mode); });
}

ssize_t pwrite(int file, const void* data, size_t size, off_t offset) {
    static const auto real = next_of<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
    return planned(write_bytes, [&] { return real(file, data, size, offset); });
}

int fsync(int file) {
    static const auto real = next_of<int (*)(int)>("fsync");
    struct stat status {};
    const bool directory = ::fstat(file, &status) == 0 && S_ISDIR(status.st_mode);
    return planned(directory ? sync_directory : sync_file, [&] { return real(file); });
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) noexcept {
    static const auto real =
        next_of<int (*)(int, const char*, int, const char*, unsigned)>("renameat2");
    const Operation operation = (flags & RENAME_EXCHANGE) != 0 ? exchange : move;
    return planned(operation, [&] { return real(from_directory, from, to_directory, to, flags); });
}

int renameat(int from_directory, const char* from, int to_directory, const char* to) noexcept {
    static const auto real = next_of<int (*)(int, const char*, int, const char*)>("renameat");
    return planned(move, [&] { return real(from_directory, from, to_directory, to); });
}

int unlinkat(int directory, const char* name, int flags) noexcept {
    static const auto real = next_of<int (*)(int, const char*, int)>("unlinkat");
    return planned(remove_name, [&] { return real(directory, name, flags); });
}
}
