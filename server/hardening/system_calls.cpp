#include "server/hardening/system_calls.hpp"

#include <array>
#include <sstream>

namespace sallyport::hardening {
namespace {

/// Names of system calls, separated by spaces. Each stands behind the reason why it is there.
using Calls = const char*;

constexpr auto allowed = std::to_array<Calls>(
    {// Clients' connections: listeners and passive ports.
     "accept4 accept bind listen getsockname getpeername getsockopt setsockopt shutdown",
     "recvfrom recvmsg",
     // Waiting for sockets and timers: Asio, libssh, the log.
     "epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd2 timerfd_create",
     "timerfd_settime poll ppoll select pselect6 pipe2",
     // Reading and writing, in pieces and in places.
     "read write readv writev pread64 pwrite64 preadv pwritev lseek close dup dup3 fcntl",
     // Files of users, staging, configuration, certificates. Where they may be is Landlock's part.
     "openat openat2 open fstat newfstatat stat lstat statx fstatfs statfs access faccessat",
     "faccessat2 readlink readlinkat getdents64 getcwd umask",
     // Publishing: durable, renamed, with mode, time and digest. The C library changes the mode of
     // something that may be a link with chmod, by way of /proc.
     "fsync fdatasync ftruncate fallocate fadvise64 copy_file_range flock rename renameat "
     "renameat2",
     "unlink unlinkat rmdir mkdir mkdirat fchmod fchmodat utimensat fgetxattr fsetxattr",
     "chmod fremovexattr flistxattr",
     // Memory. What makes it executable is refused by its arguments.
     "munmap mremap brk madvise mlock mlock2 munlock",
     // Threads and locks, and their end.
     "futex set_robust_list rseq sched_yield sched_getaffinity membarrier exit exit_group",
     // Signals: drain, reload, and the end after a failed assertion.
     "rt_sigaction rt_sigprocmask rt_sigreturn rt_sigtimedwait sigaltstack restart_syscall",
     // Clocks, pauses, randomness: deadlines and keys.
     "clock_gettime clock_getres gettimeofday time nanosleep clock_nanosleep getrandom",
     // Who and where the process is, and what it may use: questions only.
     "getpid getppid gettid getuid geteuid getgid getegid getresuid getresgid getgroups capget",
     "uname sysinfo getrlimit getrusage getcpu"});

constexpr auto connecting = std::to_array<Calls>(
    {// The connection, and name look-ups, which send their two questions at once.
     "connect sendmmsg recvmmsg"});

constexpr auto refused = std::to_array<Calls>(
    {// Names that lead elsewhere, and files that are none.
     "symlink symlinkat link linkat mknod mknodat truncate",
     // Other owners.
     "chown lchown fchownat",
     // Other users and privileges.
     "setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset",
     // Other processes.
     "fork vfork kill tkill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo setpriority",
     "sched_setaffinity"});

constexpr auto deadly = std::to_array<Calls>(
    {// Other programs and other processes' memory.
     "execve execveat ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise",
     // Large attack surfaces of the kernel.
     "bpf io_uring_setup io_uring_enter io_uring_register userfaultfd perf_event_open add_key",
     "request_key keyctl modify_ldt iopl ioperm",
     // Other kernels and modules.
     "kexec_load kexec_file_load init_module finit_module delete_module reboot",
     // Other views of the file system, and namespaces.
     "mount umount2 move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr pivot_root",
     "chroot unshare setns open_by_handle_at", "swapon swapoff quotactl acct"});

template <std::size_t size>
std::vector<std::string> names_in(const std::array<Calls, size>& rows) {
    std::vector<std::string> names;
    for (const Calls row : rows) {
        std::istringstream words(row);
        for (std::string name; words >> name;) names.push_back(name);
    }
    return names;
}

}  // namespace

std::vector<std::string> allowed_calls() {
    return names_in(allowed);
}

std::vector<std::string> calls_to_connect() {
    return names_in(connecting);
}

std::vector<std::string> refused_calls() {
    return names_in(refused);
}

std::vector<std::string> deadly_calls() {
    return names_in(deadly);
}

}  // namespace sallyport::hardening
