#include "server/hardening/seccomp.hpp"

#include <fmt/format.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "server/hardening/system_calls.hpp"

namespace sallyport::hardening {
namespace {

constexpr std::uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
constexpr std::uint32_t deny_existence = SCMP_ACT_ERRNO(ENOSYS);
/// A name for memory, which newer C libraries give; the header may not know it.
constexpr std::uint64_t name_memory = 0x53564d41;

/// Collects the rules of one filter; the first mistake is kept.
class Filter {
  public:
    explicit Filter(std::uint32_t otherwise) : context_(::seccomp_init(otherwise)) {
        if (!context_) error_ = -ENOMEM;
    }

    void set(scmp_filter_attr attribute, std::uint32_t value) {
        keep(::seccomp_attr_set(context_.get(), attribute, value));
    }

    void add(std::uint32_t action, const char* call,
             const std::vector<scmp_arg_cmp>& arguments = {}) {
        const int number = ::seccomp_syscall_resolve_name(call);
        if (number == __NR_SCMP_ERROR) return;
        keep(::seccomp_rule_add_array(context_.get(), action, number,
                                      static_cast<unsigned>(arguments.size()), arguments.data()));
    }

    void add(std::uint32_t action, const std::vector<std::string>& calls) {
        for (const std::string& call : calls) add(action, call.c_str());
    }

    [[nodiscard]] std::optional<std::string> load() {
        if (context_) keep(::seccomp_load(context_.get()));
        if (error_ == 0) return std::nullopt;
        return fmt::format("seccomp: {}", std::strerror(-error_));
    }

  private:
    struct Release {
        void operator()(scmp_filter_ctx context) const { ::seccomp_release(context); }
    };

    void keep(int result) {
        if (error_ == 0) error_ = result < 0 ? result : 0;
    }

    std::unique_ptr<void, Release> context_;
    int error_ = 0;
};

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_EQ, value, 0};
}

scmp_arg_cmp differs(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_NE, value, 0};
}

scmp_arg_cmp greater(unsigned argument, std::uint64_t value) {
    return {argument, SCMP_CMP_GT, value, 0};
}

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
    return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

/// Memory is never executable but where the program and its libraries were loaded: neither bytes
/// that were received nor a file that was uploaded can be run.
void keep_memory_from_running(Filter& filter) {
    for (const char* call : {"mmap", "mprotect", "pkey_mprotect"}) {
        filter.add(SCMP_ACT_ALLOW, call, {masked(2, PROT_EXEC, 0)});
        filter.add(refuse, call, {masked(2, PROT_EXEC, PROT_EXEC)});
    }
}

/// Threads, but no processes.
void keep_to_one_process(Filter& filter) {
    filter.add(SCMP_ACT_ALLOW, "clone", {masked(0, CLONE_THREAD, CLONE_THREAD)});
    filter.add(refuse, "clone", {masked(0, CLONE_THREAD, 0)});
    // Its flags lie in memory, where a filter cannot look: `load_quiet_refusals` refuses it.
    filter.add(SCMP_ACT_ALLOW, "clone3");
    // To end itself after a failed assertion.
    filter.add(SCMP_ACT_ALLOW, "tgkill", {equals(0, static_cast<std::uint64_t>(::getpid()))});
}

/// TCP, as listeners and passive ports need it; connections and name look-ups where wanted.
void keep_to_sockets(Filter& filter, bool may_connect) {
    constexpr std::uint64_t type_bits = 0xf;
    for (std::uint64_t family = 0; family <= AF_INET6; ++family) {
        const bool is_ip = family == AF_INET || family == AF_INET6;
        if (is_ip) {
            filter.add(SCMP_ACT_ALLOW, "socket",
                       {equals(0, family), masked(1, type_bits, SOCK_STREAM)});
        }
        if (is_ip && may_connect) {
            filter.add(SCMP_ACT_ALLOW, "socket",
                       {equals(0, family), masked(1, type_bits, SOCK_DGRAM)});
        }
        if (family == AF_UNIX && may_connect) {
            filter.add(SCMP_ACT_ALLOW, "socket", {equals(0, family)});
        } else if (!is_ip) {
            filter.add(refuse, "socket", {equals(0, family)});
        }
    }
    // Above: packets, netlink, crypto and whatever comes next. See `load_quiet_refusals` for the
    // one that is let through here.
    for (std::uint64_t family = AF_INET6 + 1; family < AF_NETLINK; ++family) {
        filter.add(refuse, "socket", {equals(0, family)});
    }
    filter.add(SCMP_ACT_ALLOW, "socket", {equals(0, AF_NETLINK)});
    filter.add(refuse, "socket", {greater(0, AF_NETLINK)});
    if (may_connect) {
        filter.add(SCMP_ACT_ALLOW, calls_to_connect());
    } else {
        filter.add(refuse, calls_to_connect());
    }
}

/// Sending must not open a connection, which TCP fast open does where nobody looks for it.
void keep_sending_from_connecting(Filter& filter) {
    const auto flags = std::array{std::pair("sendto", 3U), std::pair("sendmsg", 2U)};
    for (const auto& [call, argument] : flags) {
        filter.add(SCMP_ACT_ALLOW, call, {masked(argument, MSG_FASTOPEN, 0)});
        filter.add(refuse, call, {masked(argument, MSG_FASTOPEN, MSG_FASTOPEN)});
    }
}

/// A file may go to another group of the server's, never to another owner: what is published
/// belongs to the group that its folder passes on.
void keep_owners(Filter& filter) {
    constexpr std::uint64_t same_owner = static_cast<uid_t>(-1);
    filter.add(SCMP_ACT_ALLOW, "fchown", {equals(1, same_owner)});
    filter.add(refuse, "fchown", {differs(1, same_owner)});
}

/// Calls that do a hundred things, of which few are needed.
void keep_to_harmless_requests(Filter& filter) {
    // Sockets that do not block, bytes that wait, copies that share blocks, "is it a terminal".
    for (const std::uint64_t request : {std::uint64_t{FIONBIO}, std::uint64_t{FIONREAD},
                                        std::uint64_t{FICLONE}, std::uint64_t{TCGETS}}) {
        filter.add(SCMP_ACT_ALLOW, "ioctl", {equals(1, request)});
    }
    for (const std::uint64_t option : {std::uint64_t{PR_SET_NAME}, name_memory}) {
        filter.add(SCMP_ACT_ALLOW, "prctl", {equals(0, option)});
    }
    // Reads limits, sets none.
    filter.add(SCMP_ACT_ALLOW, "prlimit64", {equals(0, 0), equals(2, 0)});
}

/// What libraries try and do without, in a filter of its own because the other one's refusals are
/// logged: the C library falls back on clone for each thread, and on nothing where it asks for the
/// machine's addresses.
std::optional<std::string> load_quiet_refusals() {
    Filter filter(SCMP_ACT_ALLOW);
    filter.set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    filter.add(deny_existence, "clone3");
    filter.add(refuse, "socket", {equals(0, AF_NETLINK)});
    return filter.load();
}

}  // namespace

bool can_filter_system_calls() {
    // Their arguments are known to be where the rules look on these machines.
    const std::uint32_t machine = ::seccomp_arch_native();
    const bool is_known = machine == SCMP_ARCH_X86_64 || machine == SCMP_ARCH_AARCH64;
    // 2: the system call seccomp exists; 3: it can also log.
    return is_known && ::seccomp_api_get() >= 2;
}

std::optional<std::string> filter_system_calls(bool may_connect) {
    if (auto problem = load_quiet_refusals()) return problem;
    Filter filter(deny_existence);
    // Calls of another machine's numbering, such as 32-bit ones, pass by the rules.
    filter.set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    // A tree instead of a list: few comparisons for any call.
    filter.set(SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (::seccomp_api_get() >= 3) filter.set(SCMP_FLTATR_CTL_LOG, 1);
    filter.add(SCMP_ACT_ALLOW, allowed_calls());
    keep_memory_from_running(filter);
    keep_to_one_process(filter);
    keep_to_sockets(filter, may_connect);
    keep_sending_from_connecting(filter);
    keep_owners(filter);
    keep_to_harmless_requests(filter);
    filter.add(refuse, refused_calls());
    filter.add(SCMP_ACT_KILL_PROCESS, deadly_calls());
    return filter.load();
}

}  // namespace sallyport::hardening
