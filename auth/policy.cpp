#include "auth/policy.hpp"

#include <algorithm>

#include "storage/glob.hpp"

namespace sallyport::auth {
namespace {

struct Preset {
    std::string_view name;
    VerbSet allowed;
    VerbSet own;
    storage::Overwrite overwrite;
};

using enum Verb;

constexpr std::array<Preset, preset_names.size()> presets{{
    {"dropbox", {upload}, {list, stat, remove, rename, attributes}, storage::Overwrite::deny},
    // `attributes` on own uploads: many clients set the time of a file that they have just sent.
    {"exchange",
     {upload, download, list, stat, rename, mkdir},
     {attributes},
     storage::Overwrite::deny},
    {"collect", {download, list, stat, remove}, {}, storage::Overwrite::deny},
    {"full",
     {upload, overwrite, download, list, stat, remove, rename, mkdir, rmdir, attributes},
     {},
     storage::Overwrite::replace},
}};

int permissiveness(storage::Overwrite mode) {
    switch (mode) {
        case storage::Overwrite::deny:
            return 0;
        case storage::Overwrite::keep:
            return 1;
        case storage::Overwrite::replace:
            return 2;
    }
    return 0;
}

}  // namespace

std::string_view name_of(Verb verb) {
    switch (verb) {
        case upload:
            return "upload";
        case overwrite:
            return "overwrite";
        case download:
            return "download";
        case list:
            return "list";
        case stat:
            return "stat";
        case remove:
            return "delete";
        case rename:
            return "rename";
        case mkdir:
            return "mkdir";
        case rmdir:
            return "rmdir";
        case attributes:
            return "attributes";
    }
    return "unknown";
}

std::optional<Verb> verb_named(std::string_view word) {
    const auto* const found = std::find_if(all_verbs.begin(), all_verbs.end(),
                                           [word](Verb verb) { return name_of(verb) == word; });
    if (found == all_verbs.end()) return std::nullopt;
    return *found;
}

storage::Overwrite stricter(storage::Overwrite a, storage::Overwrite b) {
    return permissiveness(a) < permissiveness(b) ? a : b;
}

Decision Policy::decide(Verb verb, const storage::VirtualPath& path, Ownership ownership) const {
    static_cast<void>(path);
    const std::string prefix = "policy." + name;
    if (allowed.contains(verb)) return {true, prefix + ".allow"};
    if (own.contains(verb)) return {ownership == Ownership::own, prefix + ".own"};
    return {false, prefix + ": nothing allows " + std::string(name_of(verb))};
}

bool Policy::is_transient(const storage::VirtualPath& path) const {
    return std::any_of(transient_names.begin(), transient_names.end(),
                       [name = path.name()](const std::string& pattern) {
                           return storage::matches_glob(pattern, name);
                       });
}

std::optional<Policy> preset_named(std::string_view word) {
    const auto* const found =
        std::find_if(presets.begin(), presets.end(),
                     [word](const Preset& preset) { return preset.name == word; });
    if (found == presets.end()) return std::nullopt;
    Policy policy;
    policy.name = word;
    policy.allowed = found->allowed;
    policy.own = found->own;
    policy.overwrite = found->overwrite;
    return policy;
}

}  // namespace sallyport::auth
