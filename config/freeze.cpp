#include "config/freeze.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace sallyport::config {
namespace {

using PolicyPtr = std::shared_ptr<const auth::Policy>;

template <class T>
void replace(T& value, const std::optional<T>& by) {
    if (by) value = *by;
}

bool is_empty(const Overrides& o) {
    return !o.overwrite && !o.max_file_size && !o.quota && !o.quota_files && !o.quota_group &&
           !o.mounts && !o.upload_rate && !o.download_rate && !o.file_mode && !o.directory_mode &&
           !o.transient_names && !o.data_session && !o.allow_missing_close_notify && !o.names &&
           !o.from && !o.hours && !o.protocols && !o.max_sessions && !o.max_sessions_per_address;
}

/// As `replace`, for a key that decisions name.
template <class T>
void override_key(T& value, const std::optional<T>& by, auth::PolicyKey key, auth::Policy& policy) {
    if (!by) return;
    value = *by;
    policy.overridden.set(static_cast<std::size_t>(key));
}

void apply_login(const Overrides& overrides, auth::Policy& policy) {
    using auth::PolicyKey;
    auth::LoginRules& login = policy.login;
    override_key(login.from, overrides.from, PolicyKey::from, policy);
    override_key(login.protocols, overrides.protocols, PolicyKey::protocols, policy);
    override_key(login.max_sessions, overrides.max_sessions, PolicyKey::max_sessions, policy);
    override_key(login.max_sessions_per_address, overrides.max_sessions_per_address,
                 PolicyKey::max_sessions_per_address, policy);
    if (!overrides.hours) return;
    login.hours = overrides.hours;
    policy.overridden.set(static_cast<std::size_t>(PolicyKey::hours));
}

void apply(const Overrides& overrides, auth::Policy& policy) {
    apply_login(overrides, policy);
    override_key(policy.overwrite, overrides.overwrite, auth::PolicyKey::overwrite, policy);
    override_key(policy.names, overrides.names, auth::PolicyKey::names, policy);
    replace(policy.max_file_size, overrides.max_file_size);
    replace(policy.upload_rate, overrides.upload_rate);
    replace(policy.download_rate, overrides.download_rate);
    replace(policy.quota, overrides.quota);
    replace(policy.quota_files, overrides.quota_files);
    replace(policy.quota_group, overrides.quota_group);
    replace(policy.file_mode, overrides.file_mode);
    replace(policy.directory_mode, overrides.directory_mode);
    replace(policy.transient_names, overrides.transient_names);
    replace(policy.transport.allow_missing_close_notify, overrides.allow_missing_close_notify);
    if (overrides.mounts) {
        policy.mounts.clear();
        for (const PlacedMount& placed : *overrides.mounts) policy.mounts.push_back(placed.mount);
    }
    if (overrides.data_session) {
        policy.transport.require_resumption = *overrides.data_session == DataSession::resume;
    }
}

/// `owner`: whose they are, such as "policy.partners".
std::vector<auth::PathRule> rules_from(const std::vector<RuleDraft>& drafts,
                                       const std::string& owner) {
    std::vector<auth::PathRule> rules;
    for (const RuleDraft& draft : drafts) {
        rules.push_back({draft.pattern, draft.allowed, owner + ".rule " + draft.pattern.str()});
    }
    return rules;
}

PolicyPtr policy_from(const PolicyDraft& draft) {
    auth::Policy policy = draft.preset.value_or(auth::Policy());
    policy.name = draft.name;
    if (draft.allow) {
        policy.allowed = *draft.allow;
        policy.own = {};
    }
    apply(draft.overrides, policy);
    policy.overridden.reset();
    policy.rules = rules_from(draft.rules, "policy." + draft.name);
    auth::sort_rules(policy.rules);
    return std::make_shared<const auth::Policy>(std::move(policy));
}

/// Users without overrides share their policy.
PolicyPtr policy_of(const UserDraft& user, const PolicyPtr& named) {
    if (is_empty(user.overrides) && user.rules.empty()) return named;
    auth::Policy policy = *named;
    policy.user = user.name;
    apply(user.overrides, policy);
    // Before the policy's, so that they come first among those that are equally specific.
    auto rules = rules_from(user.rules, "user." + user.name);
    policy.rules.insert(policy.rules.begin(), rules.begin(), rules.end());
    auth::sort_rules(policy.rules);
    return std::make_shared<const auth::Policy>(std::move(policy));
}

auth::UserRecord record_of(UserDraft user, const PolicyPtr& named) {
    auth::UserRecord record;
    record.policy = policy_of(user, named);
    record.home = user.home.empty() ? user.name : user.home;
    record.name = std::move(user.name);
    record.password_hash = std::move(user.password_hash);
    if (user.ssh_keys) record.ssh_keys = std::move(*user.ssh_keys);
    if (user.certificates) record.certificates = std::move(*user.certificates);
    record.totp = std::move(user.totp);
    record.login = auth::default_login(record);
    if (user.login) {
        record.login.clear();
        for (const PlacedMethods& combination : *user.login) {
            record.login.push_back(combination.methods);
        }
    }
    record.enabled = user.enabled;
    record.expires = user.expires;
    return record;
}

std::map<std::string, PolicyPtr> policies_from(const Draft& draft) {
    std::map<std::string, PolicyPtr> policies;
    for (const PolicyDraft& policy : draft.policies) {
        policies.emplace(policy.name, policy_from(policy));
    }
    return policies;
}

std::shared_ptr<const auth::UserTable> users_from(Draft& draft) {
    auto users = std::make_shared<auth::UserTable>();
    for (UserDraft& user : draft.users) {
        const PolicyPtr& named = draft.config.policies.at(user.policy);
        std::string name = user.name;
        users->emplace(std::move(name), record_of(std::move(user), named));
    }
    return users;
}

std::shared_ptr<const HttpHook> hook_from(Draft& draft) {
    const auto& providers = draft.config.auth_providers;
    if (std::find(providers.begin(), providers.end(), "http") == providers.end()) return nullptr;
    HttpHookDraft& hook = draft.http_hook;
    return std::make_shared<const HttpHook>(HttpHook{hook.url.value(), std::move(hook.ca),
                                                     std::move(hook.token), hook.timeout,
                                                     hook.max_answer, std::move(hook.policies)});
}

}  // namespace

std::shared_ptr<const Config> freeze(Draft draft) {
    draft.config.policies = policies_from(draft);
    draft.config.http_hook = hook_from(draft);
    draft.config.users = users_from(draft);
    for (std::size_t i = 0; i < draft.protocols.size(); ++i) {
        draft.config.listeners[i].protocol = draft.protocols[i].value();
    }
    if (draft.host_keys) {
        for (PlacedPath& key : *draft.host_keys) {
            draft.config.ssh.host_keys.push_back(std::move(key.path));
        }
    }
    return std::make_shared<const Config>(std::move(draft.config));
}

}  // namespace sallyport::config
