#include "auth/policy.hpp"

#include <algorithm>

#include "storage/glob.hpp"

namespace sallyport::auth {

using storage::VirtualPath;

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

bool matches_one(const std::vector<std::string>& patterns, std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(), [name](const std::string& pattern) {
        return storage::matches_glob(pattern, name);
    });
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

std::string_view name_of(PolicyKey key) {
    switch (key) {
        case PolicyKey::overwrite:
            return "overwrite";
        case PolicyKey::names:
            return "names";
        case PolicyKey::from:
            return "from";
        case PolicyKey::hours:
            return "hours";
        case PolicyKey::protocols:
            return "protocols";
        case PolicyKey::max_sessions:
            return "max_sessions";
        case PolicyKey::max_sessions_per_address:
            return "max_sessions_per_address";
    }
    return "unknown";
}

Policy::Rights Policy::rights_at(const VirtualPath& path) const {
    const auto rule = std::find_if(rules.begin(), rules.end(), [&path](const PathRule& candidate) {
        return candidate.pattern.matches(path);
    });
    if (rule == rules.end()) return {allowed, own, nullptr};
    return {rule->allowed, rule->allowed.contains(upload) ? own : VerbSet(), &*rule};
}

Decision Policy::decide(Verb verb, const VirtualPath& path, Ownership ownership) const {
    const Rights rights = rights_at(path);
    const std::string prefix = "policy." + name;
    if (rights.allowed.contains(verb)) {
        return {true, rights.rule != nullptr ? rights.rule->name : prefix + ".allow"};
    }
    if (rights.own.contains(verb)) return {ownership == Ownership::own, prefix + ".own"};
    const std::string word(name_of(verb));
    if (rights.rule != nullptr) return {false, rights.rule->name + ": does not allow " + word};
    return {false, prefix + ": nothing allows " + word};
}

Decision Policy::decide_below(Verb verb, const VirtualPath& directory) const {
    const std::string refusal =
        ": does not allow " + std::string(name_of(verb)) + " of what is below";
    for (const PathRule& rule : rules) {
        if (!rule.pattern.may_match_below(directory)) continue;
        if (!rule.allowed.contains(verb)) return {false, rule.name + refusal};
        // Less specific rules decide nothing there.
        if (rule.pattern.matches_all_below(directory)) return {true, rule.name};
    }
    const std::string prefix = "policy." + name;
    if (allowed.contains(verb)) return {true, prefix + ".allow"};
    return {false, prefix + refusal};
}

Decision Policy::decide_name(const VirtualPath& path) const {
    return {names.empty() || matches_one(names, path.name()) || is_transient(path),
            name_of_rule(PolicyKey::names)};
}

bool Policy::hides_others(const VirtualPath& path) const {
    const Rights rights = rights_at(path);
    return rights.own.contains(stat) && !rights.allowed.contains(stat);
}

bool Policy::is_transient(const VirtualPath& path) const {
    return matches_one(transient_names, path.name());
}

std::string Policy::name_of_rule(PolicyKey key) const {
    const bool is_users = overridden.test(static_cast<std::size_t>(key));
    return (is_users ? "user." + user : "policy." + name).append(".").append(name_of(key));
}

void sort_rules(std::vector<PathRule>& rules) {
    std::stable_sort(rules.begin(), rules.end(), [](const PathRule& a, const PathRule& b) {
        return PathPattern::by_specificity(a.pattern, b.pattern) > 0;
    });
}

bool Policy::may_upload_below(const VirtualPath& directory) const {
    const auto file = directory.child("x");
    if (file && decide(Verb::upload, *file).allowed) return true;
    return std::any_of(rules.begin(), rules.end(), [&directory](const PathRule& rule) {
        return rule.allowed.contains(Verb::upload) && rule.pattern.may_match_below(directory);
    });
}

std::vector<storage::Mount> Policy::granted_mounts() const {
    std::vector<storage::Mount> granted = mounts;
    for (storage::Mount& mount : granted) mount.writable = may_upload_below(mount.at);
    return granted;
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
