#include "config/validate.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "auth/password_hash.hpp"
#include "config/schema.hpp"
#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

class Validator {
  public:
    Validator(const Draft& draft, const std::string& file, Report& report)
        : draft_(draft), whole_{file, 0, 0}, report_(report) {}

    void run() {
        for (const TableSchema& table : schema()) required_keys(table);
        if (draft_.config.listeners.empty()) report_.error(whole_, "no [[listener]]; write one");
        listeners();
        tls_files();
        providers();
        users();
        policies();
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

    void required_keys(const TableSchema& table) {
        for (const std::string& item : items_of(table)) {
            for (const Key& key : table.keys) {
                if (!key.required || draft_.place(place_name(table.name, item, key.name))) continue;
                const std::string header = table.name + (item.empty() ? "" : "." + item);
                const bool is_list = table.repeats == Repeats::list;
                report_.error(place(place_name(table.name, item)),
                              (is_list ? "[[" + table.name + "]]" : "[" + header + "]") +
                                  " needs `" + key.name + "`");
            }
        }
    }

    void listeners() {
        const auto& all = draft_.config.listeners;
        for (std::size_t later = 1; later < all.size(); ++later) {
            if (all[later].endpoint.port == 0) continue;
            const auto end = all.begin() + static_cast<std::ptrdiff_t>(later);
            const auto same = std::find_if(all.begin(), end, [&](const Listener& earlier) {
                return earlier.endpoint == all[later].endpoint;
            });
            if (same == end) continue;
            report_.error(address_place(later),
                          "another listener has this address; it is at " +
                              str(address_place(static_cast<std::size_t>(same - all.begin()))));
        }
    }

    [[nodiscard]] Position address_place(std::size_t listener) const {
        return place(place_name("listener", std::to_string(listener), "address"));
    }

    void tls_files() {
        const Tls& tls = draft_.config.tls;
        check_file(tls.certificate, "certificate");
        const auto mode = check_file(tls.key, "key");
        if (mode && (*mode & (S_IRWXG | S_IRWXO)) != 0) {
            report_.error(place("tls/key"), quote(tls.key.native()) +
                                                " is accessible to group or others; chmod it to "
                                                "0600");
        }
    }

    /// The file's mode if it is a regular file; otherwise reports.
    std::optional<mode_t> check_file(const std::filesystem::path& path, const std::string& key) {
        if (path.empty()) return std::nullopt;
        struct stat status {};
        std::string wrong;
        if (::stat(path.c_str(), &status) != 0) {
            wrong = std::generic_category().message(errno);
        } else if (!S_ISREG(status.st_mode)) {
            wrong = "not a regular file";
        }
        if (wrong.empty()) return status.st_mode;
        report_.error(place("tls/" + key), "cannot use " + quote(path.native()) + ": " + wrong);
        return std::nullopt;
    }

    void providers() {
        auto names = draft_.config.auth_providers;
        std::sort(names.begin(), names.end());
        const Position at = place("auth/providers");
        if (names.empty()) report_.error(at, "no provider; name at least one");
        if (std::adjacent_find(names.begin(), names.end()) != names.end()) {
            report_.error(at, "a provider is named twice");
        }
    }

    void users() {
        if (draft_.users.empty()) report_.warn(whole_, "no [user.NAME]: nobody can log in");
        std::map<std::string, const UserDraft*> homes;
        for (const UserDraft& user : draft_.users) {
            user_policy(user);
            user_password(user);
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

    void user_password(const UserDraft& user) {
        const auto at = draft_.place(place_name("user", user.name, "password"));
        if (!at) {
            report_.warn(place(place_name("user", user.name)),
                         "user " + quote(user.name) + " has no password and cannot log in");
        } else if (!user.password_hash.empty() && !auth::has_standard_cost(user.password_hash)) {
            report_.warn(*at,
                         "this hash does not cost what `sallyport hash-password` makes: the "
                         "time that a login takes tells that the user exists");
        }
    }

    void policies() {
        for (const PolicyDraft& policy : draft_.policies) {
            if (policy.preset || policy.allow) continue;
            const auto name = place_name("policy", policy.name);
            const bool misspelt = draft_.place(name + "/preset") || draft_.place(name + "/allow");
            if (misspelt) continue;
            report_.warn(place(name), "policy " + quote(policy.name) +
                                          " has neither `preset` nor `allow` and permits nothing");
        }
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
