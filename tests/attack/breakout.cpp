// What somebody who runs code inside the server would try, after the same confinement as the
// server's. usage: breakout CONFIG confined|free ATTEMPT [ARGUMENT] Prints "done", or "refused: "
// and the error; ends by SIGSYS where the filter of system calls kills.

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <thread>

#include "config/load.hpp"
#include "server/hardening/harden.hpp"

namespace {

using Attempt = int (*)(const char* argument);  ///< 0 when it worked, else errno

int outcome(long result) {
    return result < 0 ? errno : 0;
}

int opened(int descriptor) {
    if (descriptor < 0) return errno;
    ::close(descriptor);
    return 0;
}

int made_socket(int family, int type, int protocol = 0) {
    return opened(::socket(family, type, protocol));
}

sockaddr_in address_of(const char* port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port)));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int connects(const char* port) {
    const sockaddr_in address = address_of(port);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    return outcome(
        ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

int connects_while_sending(const char* port) {
    const sockaddr_in address = address_of(port);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    return outcome(::sendto(descriptor, "x", 1, MSG_FASTOPEN,
                            reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

int makes_socket_file(const char* path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
    if (descriptor < 0) return errno;
    return outcome(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

int maps(int protection) {
    return ::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
               ? errno
               : 0;
}

int makes_memory_executable(const char*) {
    void* memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return outcome(::mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

int maps_file_executable(const char* path) {
    const int descriptor = ::open(path, O_RDONLY);
    if (descriptor < 0) return errno;
    return ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0) == MAP_FAILED
               ? errno
               : 0;
}

int forks(long child) {
    if (child == 0) ::_exit(0);
    if (child < 0) return errno;
    ::waitpid(static_cast<pid_t>(child), nullptr, 0);
    return 0;
}

int clones(const char*) {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    return forks(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

int executes(const char* path) {
    const char* const arguments[] = {path, nullptr};
    const char* const none[] = {nullptr};
    ::execve(path, const_cast<char**>(arguments), const_cast<char**>(none));
    return errno;
}

int reads_memory_of_parent(const char*) {
    char byte = 0;
    const iovec local{&byte, 1};
    const iovec remote{reinterpret_cast<void*>(1), 1};
    const long result = ::process_vm_readv(::getppid(), &local, 1, &remote, 1, 0);
    return result < 0 && errno == EFAULT ? 0 : outcome(result);  // the address, not the process
}

int makes_file(const char* path) {
    return opened(::open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
}

int appends(const char* path) {
    return opened(::open(path, O_WRONLY | O_CREAT | O_APPEND, 0600));
}

int moves(const char* path) {
    return outcome(::rename(path, (std::string(path) + ".moved").c_str()));
}

int runs_thread(const char*) {
    int ran = EAGAIN;
    std::thread([&ran] { ran = 0; }).join();
    return ran;
}

const std::map<std::string, Attempt> attempts{
    {"read", [](const char* path) { return opened(::open(path, O_RDONLY)); }},
    {"list", [](const char* path) { return opened(::open(path, O_RDONLY | O_DIRECTORY)); }},
    {"overwrite", [](const char* path) { return opened(::open(path, O_WRONLY)); }},
    {"empty", [](const char* path) { return opened(::open(path, O_WRONLY | O_TRUNC)); }},
    {"make-file", makes_file},
    {"append", appends},
    {"make-folder", [](const char* path) { return outcome(::mkdir(path, 0700)); }},
    {"remove", [](const char* path) { return outcome(::unlink(path)); }},
    {"move", moves},
    {"symlink", [](const char* path) { return outcome(::symlink("/etc/passwd", path)); }},
    {"hard-link", [](const char* path) { return outcome(::link(path, "hard")); }},
    {"pipe-file", [](const char* path) { return outcome(::mkfifo(path, 0600)); }},
    {"device",
     [](const char* path) { return outcome(::mknod(path, S_IFCHR | 0600, makedev(1, 3))); }},
    {"socket-file", makes_socket_file},
    {"change-mode",
     [](const char* path) {
         return outcome(::fchmodat(AT_FDCWD, path, 0600, AT_SYMLINK_NOFOLLOW));
     }},
    {"change-owner", [](const char* path) { return outcome(::chown(path, 1, 1)); }},
    {"execute", executes},
    {"fork", [](const char*) { return forks(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
    {"clone3", clones},
    {"thread", runs_thread},
    {"trace",
     [](const char*) { return outcome(::ptrace(PTRACE_SEIZE, ::getppid(), nullptr, nullptr)); }},
    {"memory-of-parent", reads_memory_of_parent},
    {"signal-parent", [](const char*) { return outcome(::kill(::getppid(), SIGCONT)); }},
    {"writable-code", [](const char*) { return maps(PROT_READ | PROT_WRITE | PROT_EXEC); }},
    {"new-code", makes_memory_executable},
    {"uploaded-code", maps_file_executable},
    {"become-root", [](const char*) { return outcome(::syscall(SYS_setuid, 0)); }},
    {"mount", [](const char* path) { return outcome(::mount("none", path, "tmpfs", 0, nullptr)); }},
    {"namespace", [](const char*) { return outcome(::unshare(CLONE_NEWNET)); }},
    {"rings",
     [](const char*) {
         return opened(static_cast<int>(::syscall(SYS_io_uring_setup, 1, nullptr)));
     }},
    {"bpf", [](const char*) { return outcome(::syscall(SYS_bpf, 0, nullptr, 0)); }},
    {"keys", [](const char*) { return outcome(::syscall(SYS_keyctl, 0, -3, 1)); }},
    {"tcp", [](const char*) { return made_socket(AF_INET, SOCK_STREAM); }},
    {"udp", [](const char*) { return made_socket(AF_INET, SOCK_DGRAM); }},
    {"raw", [](const char*) { return made_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }},
    {"netlink", [](const char*) { return made_socket(AF_NETLINK, SOCK_RAW); }},
    {"packet", [](const char*) { return made_socket(AF_PACKET, SOCK_RAW); }},
    {"kernel-crypto", [](const char*) { return made_socket(AF_ALG, SOCK_SEQPACKET); }},
    {"connect", connects},
    {"fast-open", connects_while_sending},
    {"type-into-terminal", [](const char*) { return outcome(::ioctl(0, TIOCSTI, "x")); }},
};

std::string confine(const sallyport::config::Config& config) {
    using sallyport::hardening::Hardening;
    auto prepared = Hardening::prepare(config);
    if (const auto* problem = std::get_if<std::string>(&prepared)) return *problem;
    auto& hardening = std::get<Hardening>(prepared);
    if (const auto problem = hardening.give_up_privileges()) return *problem;
    const auto confined = hardening.confine();
    const auto* problem = std::get_if<std::string>(&confined);
    return problem ? *problem : "";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const auto attempt = attempts.find(argv[3]);
    const auto loaded = sallyport::config::load(argv[1]);
    if (!loaded.config || attempt == attempts.end()) return 2;
    if (std::string(argv[2]) == "confined") {
        if (const auto problem = confine(*loaded.config); !problem.empty()) {
            std::fprintf(stderr, "%s\n", problem.c_str());
            return 2;
        }
    }
    // On a thread of its own: what binds the process binds what it starts.
    int error = 0;
    std::thread([&] { error = attempt->second(argc > 4 ? argv[4] : ""); }).join();
    std::printf("%s%s\n",
                error == 0 ? "done" : "refused: ", error == 0 ? "" : strerrorname_np(error));
    return 0;
}
