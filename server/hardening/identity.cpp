#include "server/hardening/identity.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace sallyport::hardening {
namespace {

/// Room for one entry of the user database; longer ones count as absent.
constexpr std::size_t entry_bytes = 64 * 1024;
/// Groups of one user, as many as Linux allows.
constexpr int max_groups = 65536;

std::vector<gid_t> groups_of(const passwd& entry) {
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    while (::getgrouplist(entry.pw_name, entry.pw_gid, groups.data(), &count) < 0) {
        if (count > max_groups) return {entry.pw_gid};
        groups.resize(static_cast<std::size_t>(count));
    }
    groups.resize(static_cast<std::size_t>(count));
    return groups;
}

std::string failure(const Identity& identity, std::string_view what) {
    return fmt::format("cannot become the user {}: {}: {}", identity.name, what,
                       std::strerror(errno));
}

bool is_for_good(const Identity& identity) {
    std::array<uid_t, 3> users{};
    std::array<gid_t, 3> groups{};
    if (::getresuid(&users[0], &users[1], &users[2]) != 0) return false;
    if (::getresgid(&groups[0], &groups[1], &groups[2]) != 0) return false;
    for (const uid_t user : users) {
        if (user != identity.user) return false;
    }
    for (const gid_t group : groups) {
        if (group != identity.group) return false;
    }
    return identity.user == 0 || (::setuid(0) != 0 && ::seteuid(0) != 0);
}

}  // namespace

std::variant<Identity, std::string> find_identity(const std::string& name) {
    std::vector<char> room(entry_bytes);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found) != 0 || !found) {
        return fmt::format("this system has no user \"{}\"", name);
    }
    return Identity{name, entry.pw_uid, entry.pw_gid, groups_of(entry)};
}

std::optional<std::string> become(const Identity& identity) {
    if (::setgroups(identity.groups.size(), identity.groups.data()) != 0) {
        return failure(identity, "its groups");
    }
    if (::setresgid(identity.group, identity.group, identity.group) != 0) {
        return failure(identity, "its group");
    }
    if (::setresuid(identity.user, identity.user, identity.user) != 0) {
        return failure(identity, "itself");
    }
    if (is_for_good(identity)) return std::nullopt;
    return fmt::format("cannot become the user {}: a way back to root is left", identity.name);
}

std::string current_user() {
    std::vector<char> room(entry_bytes);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) != 0 || !found) {
        return std::to_string(::geteuid());
    }
    return entry.pw_name;
}

}  // namespace sallyport::hardening
