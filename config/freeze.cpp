#include "config/freeze.hpp"

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
    return !o.overwrite && !o.max_file_size && !o.file_mode && !o.directory_mode &&
           !o.transient_names && !o.data_session && !o.allow_missing_close_notify;
}

void apply(const Overrides& overrides, auth::Policy& policy) {
    replace(policy.overwrite, overrides.overwrite);
    replace(policy.max_file_size, overrides.max_file_size);
    replace(policy.file_mode, overrides.file_mode);
    replace(policy.directory_mode, overrides.directory_mode);
    replace(policy.transient_names, overrides.transient_names);
    replace(policy.transport.allow_missing_close_notify, overrides.allow_missing_close_notify);
    if (overrides.data_session) {
        policy.transport.require_resumption = *overrides.data_session == DataSession::resume;
    }
}

PolicyPtr policy_from(const PolicyDraft& draft) {
    auth::Policy policy = draft.preset.value_or(auth::Policy());
    policy.name = draft.name;
    if (draft.allow) {
        policy.allowed = *draft.allow;
        policy.own = {};
    }
    apply(draft.overrides, policy);
    return std::make_shared<const auth::Policy>(std::move(policy));
}

/// Users without overrides share their policy.
PolicyPtr policy_of(const UserDraft& user, const PolicyPtr& named) {
    if (is_empty(user.overrides)) return named;
    auth::Policy policy = *named;
    apply(user.overrides, policy);
    return std::make_shared<const auth::Policy>(std::move(policy));
}

auth::UserRecord record_of(UserDraft user, const PolicyPtr& named) {
    auth::UserRecord record;
    record.policy = policy_of(user, named);
    record.home = user.home.empty() ? user.name : user.home;
    record.name = std::move(user.name);
    record.password_hash = std::move(user.password_hash);
    if (user.ssh_keys) record.ssh_keys = std::move(*user.ssh_keys);
    record.login = auth::default_login(record);
    record.enabled = user.enabled;
    record.expires = user.expires;
    return record;
}

std::shared_ptr<const auth::UserTable> users_from(Draft& draft) {
    std::map<std::string, PolicyPtr> policies;
    for (const PolicyDraft& policy : draft.policies) {
        policies.emplace(policy.name, policy_from(policy));
    }
    auto users = std::make_shared<auth::UserTable>();
    for (UserDraft& user : draft.users) {
        const PolicyPtr& named = policies.at(user.policy);
        std::string name = user.name;
        users->emplace(std::move(name), record_of(std::move(user), named));
    }
    return users;
}

}  // namespace

std::shared_ptr<const Config> freeze(Draft draft) {
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
