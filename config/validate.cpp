#include "config/validate.hpp"

#include <algorithm>

#include "config/schema.hpp"
#include "config/suggest.hpp"
#include "config/validate_auth.hpp"
#include "config/validate_listeners.hpp"
#include "config/validate_logins.hpp"
#include "config/validate_mounts.hpp"
#include "config/validate_passive.hpp"
#include "config/validate_policies.hpp"
#include "config/validate_quotas.hpp"

namespace sallyport::config {
namespace {

class Validator {
  public:
    Validator(const Draft& draft, const std::string& file, Report& report)
        : draft_(draft), whole_{file, 0, 0}, report_(report) {}

    void run() {
        for (const TableSchema& table : schema()) required_keys(table);
        validate_listeners(draft_, whole_, report_);
        validate_passive(draft_, whole_, report_);
        validate_auth(draft_, whole_, report_);
        users();
        validate_logins(draft_, whole_, report_);
        validate_policies(draft_, report_);
        validate_quotas(draft_, whole_, report_);
        validate_mounts(draft_, report_);
    }

  private:
    [[nodiscard]] Position place(const std::string& name) const {
        return draft_.place(name).value_or(whole_);
    }

    [[nodiscard]] std::vector<std::string> items_of(const TableSchema& table) const {
        std::vector<std::string> items;
        if (table.repeats == Repeats::once) items.emplace_back();
        if (table.repeats == Repeats::list) {
            for (std::size_t i = 0; i < draft_.config.listeners.size(); ++i) {
                items.push_back(std::to_string(i));
            }
        }
        if (table.name == "policy") {
            for (const auto& policy : draft_.policies) items.push_back(policy.name);
        }
        if (table.name == "user") {
            for (const auto& user : draft_.users) items.push_back(user.name);
        }
        return items;
    }

    [[nodiscard]] bool is_needed(const TableSchema& table, const Key& key) const {
        const bool on_disk = draft_.config.storage.backend == StorageBackend::local;
        return key.required && (on_disk || table.name != "storage");
    }

    void required_keys(const TableSchema& table) {
        for (const std::string& item : items_of(table)) {
            for (const Key& key : table.keys) {
                if (!is_needed(table, key)) continue;
                if (draft_.place(place_name(table.name, item, key.name))) continue;
                const std::string header = table.name + (item.empty() ? "" : "." + item);
                const bool is_list = table.repeats == Repeats::list;
                report_.error(place(place_name(table.name, item)),
                              (is_list ? "[[" + table.name + "]]" : "[" + header + "]") +
                                  " needs `" + key.name + "`");
            }
        }
    }

    void users() {
        if (draft_.users.empty()) report_.warn(whole_, "no [user.NAME]: nobody can log in");
        std::map<std::string, const UserDraft*> homes;
        for (const UserDraft& user : draft_.users) {
            user_policy(user);
            const auto& home = user.home.empty() ? user.name : user.home;
            const auto [earlier, inserted] = homes.emplace(home, &user);
            if (inserted) continue;
            const auto name = place_name("user", user.name);
            report_.warn(draft_.place(name + "/home").value_or(place(name)),
                         "users " + quote(earlier->second->name) + " and " + quote(user.name) +
                             " have the same home, " + quote(home));
        }
    }

    void user_policy(const UserDraft& user) {
        if (user.policy.empty()) return;
        std::vector<std::string> known;
        for (const PolicyDraft& policy : draft_.policies) known.push_back(policy.name);
        if (std::find(known.begin(), known.end(), user.policy) != known.end()) return;
        report_.error(place(place_name("user", user.name, "policy")),
                      "no policy has the name " + quote(user.policy) + "; write [policy.NAME]" +
                          did_you_mean(user.policy, known));
    }

    const Draft& draft_;
    const Position whole_;
    Report& report_;
};

}  // namespace

void validate(const Draft& draft, const std::string& file, Report& report) {
    Validator(draft, file, report).run();
}

}  // namespace sallyport::config
