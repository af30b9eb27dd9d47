#include "config/validate_policies.hpp"

#include <algorithm>

#include "config/validate_listeners.hpp"

namespace sallyport::config {
namespace {

class PolicyValidator {
  public:
    PolicyValidator(const Draft& draft, Report& report) : draft_(draft), report_(report) {}

    void run() {
        for (const PolicyDraft& policy : draft_.policies) {
            rules(policy.rules);
            rights(policy);
            use(policy);
        }
        for (const UserDraft& user : draft_.users) {
            rules(user.rules);
            doors(user);
            expiry(user);
        }
    }

  private:
    [[nodiscard]] Position place(const std::string& name) const {
        return draft_.place(name).value_or(Position());
    }

    /// Two of one table that match the same path, are equally specific and do not allow the same.
    void rules(const std::vector<RuleDraft>& all) {
        for (std::size_t later = 1; later < all.size(); ++later) {
            for (std::size_t earlier = 0; earlier < later; ++earlier) {
                contradiction(all[earlier], all[later]);
            }
        }
    }

    void contradiction(const RuleDraft& earlier, const RuleDraft& later) {
        if (earlier.allowed == later.allowed) return;
        if (auth::PathPattern::by_specificity(earlier.pattern, later.pattern) != 0) return;
        if (!earlier.pattern.overlaps(later.pattern)) return;
        const bool same = earlier.pattern.str() == later.pattern.str();
        report_.error(later.at,
                      same ? "a rule for " + quote(later.pattern.str()) + " is there already, at " +
                                 str(earlier.at) + ", and allows something else; keep one of them"
                           : "contradicts the rule for " + quote(earlier.pattern.str()) + " at " +
                                 str(earlier.at) +
                                 ": both match the same paths and neither is more specific; let "
                                 "them allow the same, or name more of the path in one");
    }

    void rights(const PolicyDraft& policy) {
        if (policy.preset || policy.allow || !policy.rules.empty()) return;
        const auto name = place_name("policy", policy.name);
        const bool misspelt = draft_.place(name + "/preset") || draft_.place(name + "/allow") ||
                              draft_.place(name + "/rule");
        if (misspelt) return;
        report_.warn(place(name), "policy " + quote(policy.name) +
                                      " has neither `preset` nor `allow` and permits nothing");
    }

    void use(const PolicyDraft& policy) {
        const bool used =
            std::any_of(draft_.users.begin(), draft_.users.end(),
                        [&policy](const UserDraft& user) { return user.policy == policy.name; });
        // Other providers may name policies that no table of a user does.
        const bool known_here = draft_.config.auth_providers == std::vector<std::string>{"file"};
        if (used || draft_.users.empty() || !known_here) return;
        report_.warn(place(place_name("policy", policy.name)),
                     "no user has policy " + quote(policy.name));
    }

    /// The protocols that the user, or else the policy, is confined to; null: any.
    [[nodiscard]] const std::vector<std::string>* protocols_of(const UserDraft& user) const {
        if (user.overrides.protocols) return &*user.overrides.protocols;
        const auto policy =
            std::find_if(draft_.policies.begin(), draft_.policies.end(),
                         [&user](const PolicyDraft& named) { return named.name == user.policy; });
        if (policy == draft_.policies.end() || !policy->overrides.protocols) return nullptr;
        return &*policy->overrides.protocols;
    }

    void doors(const UserDraft& user) {
        const auto* const protocols = protocols_of(user);
        if (protocols == nullptr) return;
        const auto allows = [protocols](std::string_view protocol) {
            return std::find(protocols->begin(), protocols->end(), protocol) != protocols->end();
        };
        const auto finds = [&](std::string_view name, Protocol protocol) {
            return allows(name) && is_spoken(draft_, protocol);
        };
        const bool finds_a_door = finds("ftps", Protocol::ftps) ||
                                  finds("ftps", Protocol::ftps_implicit) ||
                                  finds("sftp", Protocol::sftp);
        const auto name = place_name("user", user.name);
        if (!finds_a_door) {
            report_.warn(place(name), "user " + quote(user.name) +
                                          " cannot log in: no listener speaks what `protocols` "
                                          "allows");
        } else if (!allows("sftp") && !draft_.place(name + "/password")) {
            report_.warn(place(name), "user " + quote(user.name) +
                                          " cannot log in: `protocols` allows FTPS only, and there "
                                          "is no password");
        }
    }

    void expiry(const UserDraft& user) {
        const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
        if (!user.expires || today < *user.expires) return;
        report_.warn(place(place_name("user", user.name, "expires")),
                     "user " + quote(user.name) + " has expired and cannot log in");
    }

    const Draft& draft_;
    Report& report_;
};

}  // namespace

void validate_policies(const Draft& draft, Report& report) {
    PolicyValidator(draft, report).run();
}

}  // namespace sallyport::config
