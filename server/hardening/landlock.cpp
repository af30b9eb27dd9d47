#include "server/hardening/landlock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace sallyport::hardening {
namespace {

using Rights = std::uint64_t;

// Newer than the header that the project is built with: versions 3 to 6.
constexpr Rights truncate = 1ULL << 14;
constexpr Rights ioctl_device = 1ULL << 15;
constexpr Rights connect_tcp = 1ULL << 1;
constexpr Rights scope_abstract_sockets = 1ULL << 0;
constexpr Rights scope_signals = 1ULL << 1;

/// `landlock_ruleset_attr` of version 6; an older kernel takes it as long as what it does not know
/// is zero.
struct Attributes {
    Rights files = 0;
    Rights network = 0;
    Rights scoped = 0;
};

constexpr Rights read_rights = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr Rights append_rights = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG;
constexpr Rights change_rights = read_rights | append_rights | truncate |
                                 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REFER;
/// Given nowhere: programs, devices, sockets, pipes, links.
constexpr Rights no_rights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                             LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM |
                             ioctl_device;
/// The rights that mean something for a file.
constexpr Rights rights_on_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_READ_FILE | truncate | ioctl_device;

/// File rights by the version of Landlock that brought them.
Rights known_rights(int version) {
    Rights known = change_rights | no_rights;
    if (version < 3) known &= ~truncate;
    if (version < 5) known &= ~ioctl_device;
    return known;
}

Attributes attributes_of(bool may_connect, int version) {
    Attributes attributes;
    attributes.files = known_rights(version);
    if (version >= 4 && !may_connect) attributes.network = connect_tcp;
    if (version >= 6) attributes.scoped = scope_abstract_sockets | scope_signals;
    return attributes;
}

Rights rights_of(Reach reach) {
    switch (reach) {
        case Reach::read:
            return read_rights;
        case Reach::append:
            return append_rights;
        case Reach::change:
            return change_rights;
    }
    __builtin_unreachable();
}

std::string failure(std::string_view what) {
    return fmt::format("Landlock: {}: {}", what, std::strerror(errno));
}

std::optional<std::string> allow(const storage::Descriptor& rules, const Place& place,
                                 Rights known) {
    const storage::Descriptor opened(::open(place.path.c_str(), O_PATH | O_CLOEXEC));
    if (!opened.is_open() && (errno == ENOENT || errno == EACCES)) return std::nullopt;
    struct stat status {};
    if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
        return failure(place.path.native());
    }
    landlock_path_beneath_attr rule{};
    rule.allowed_access = rights_of(place.reach) & known;
    if (!S_ISDIR(status.st_mode)) rule.allowed_access &= rights_on_files;
    rule.parent_fd = opened.get();
    if (::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        return failure(place.path.native());
    }
    return std::nullopt;
}

}  // namespace

int landlock_version() {
    const long version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;
}

std::variant<Ruleset, std::string> Ruleset::make(const std::vector<Place>& places, bool may_connect,
                                                 int version) {
    const Attributes attributes = attributes_of(may_connect, version);
    storage::Descriptor rules(static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
    if (!rules.is_open()) return failure("no rules");
    for (const Place& place : places) {
        if (auto problem = allow(rules, place, attributes.files)) return std::move(*problem);
    }
    return Ruleset(std::move(rules));
}

std::optional<std::string> Ruleset::enforce() const {
    if (::syscall(SYS_landlock_restrict_self, rules_.get(), 0) == 0) return std::nullopt;
    return failure("not enforced");
}

}  // namespace sallyport::hardening
