#include "config/readers_mounts.hpp"

#include <algorithm>

namespace sallyport::config {
namespace {

constexpr const char* expected =
    "a table of virtual folders, such as { \"/reports\" = \"/srv/reports\" }";

/// A path as users write it, in one way only.
std::optional<storage::VirtualPath> read_mount_point(const Member& member, Report& report) {
    const auto path = storage::VirtualPath::parse(member.key);
    if (path && !path->is_root() && path->str() == member.key) return *path;
    report.error(member.at, quote(member.key) +
                                " cannot be a virtual folder; write an absolute path such as "
                                "\"/reports\", without \".\", \"..\", empty parts or " +
                                quote(storage::reserved_name));
    return std::nullopt;
}

bool names_our_own(const std::filesystem::path& folder) {
    return std::any_of(folder.begin(), folder.end(),
                       [](const auto& part) { return part == storage::reserved_name; });
}

std::optional<PlacedMount> read_mount(const Member& member, Report& report) {
    auto at = read_mount_point(member, report);
    auto folder = a_path().read(member.value, report);
    if (!at || !folder) return std::nullopt;
    if (names_our_own(*folder)) {
        report.error(member.value.at, "a folder named " + quote(storage::reserved_name) +
                                          " is the server's own and cannot be shown to users");
        return std::nullopt;
    }
    std::error_code ignored;
    storage::Mount mount;
    mount.at = std::move(*at);
    mount.folder = std::filesystem::absolute(*folder, ignored);
    return PlacedMount{std::move(mount), member.value.at};
}

std::optional<std::vector<PlacedMount>> read_mounts(const Value& value, Report& report) {
    const auto* table = std::get_if<Table>(&value.data);
    if (table == nullptr) {
        report.error(value.at,
                     "expected " + std::string(expected) + ", not " + std::string(type_of(value)));
        return std::nullopt;
    }
    if (table->size() > max_mounts) {
        report.error(value.at, "too many virtual folders; at most " + std::to_string(max_mounts) +
                                   " are allowed");
        return std::nullopt;
    }
    std::vector<PlacedMount> mounts;
    for (const Member& member : *table) {
        if (auto mount = read_mount(member, report)) mounts.push_back(std::move(*mount));
    }
    if (mounts.size() != table->size()) return std::nullopt;
    return mounts;
}

}  // namespace

Reader<std::vector<PlacedMount>> some_mounts() {
    return {"table of virtual folders", read_mounts};
}

}  // namespace sallyport::config
