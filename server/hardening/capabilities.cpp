#include "server/hardening/capabilities.hpp"

#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace sallyport::hardening {
namespace {

struct Free {
    void operator()(cap_t capabilities) const { ::cap_free(capabilities); }
};
using Capabilities = std::unique_ptr<std::remove_pointer_t<cap_t>, Free>;

bool has_none() {
    const Capabilities now(::cap_get_proc());
    const Capabilities none(::cap_init());
    return now && none && ::cap_compare(now.get(), none.get()) == 0;
}

}  // namespace

void shrink_bounding_set() {
    // The kernel may know more capabilities than the header: it says itself where they end.
    for (cap_value_t number = 0; ::cap_get_bound(number) >= 0; ++number) {
        ::cap_drop_bound(number);
    }
}

std::optional<std::string> drop_capabilities() {
    ::cap_reset_ambient();
    const Capabilities none(::cap_init());
    if (!none || ::cap_set_proc(none.get()) != 0 || !has_none()) {
        return std::string("cannot drop capabilities: ") + std::strerror(errno);
    }
    return std::nullopt;
}

std::optional<std::string> forbid_new_privileges() {
    forbid_core_files();
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) return std::nullopt;
    return std::string("cannot give up new privileges: ") + std::strerror(errno);
}

void forbid_core_files() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace sallyport::hardening
