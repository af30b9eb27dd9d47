#include "config/validate_auth.hpp"

#include <algorithm>

#include "config/file_text.hpp"
#include "config/suggest.hpp"

namespace sallyport::config {
namespace {

/// Largest file of authorities, in bytes: several times what a system trusts.
constexpr std::uintmax_t max_ca_bytes = 4 * 1024 * 1024;

class AuthValidator {
  public:
    AuthValidator(const Draft& draft, const Position& whole, Report& report)
        : draft_(draft), whole_(whole), report_(report) {}

    void run() {
        providers();
        exposed_passwords();
        if (asks_hook()) {
            hook();
        } else if (const auto at = draft_.place("auth.http")) {
            report_.warn(*at, "nobody asks this hook; write \"http\" in `providers` of [auth]");
        }
    }

  private:
    [[nodiscard]] Position place(const std::string& name) const {
        return draft_.place(name).value_or(whole_);
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

    void exposed_passwords() {
        const bool locks = draft_.config.on_exposed_password == OnExposedPassword::lock;
        if (!locks || draft_.place("server/state_dir")) return;
        report_.error(place("auth/on_exposed_password"),
                      "`on_exposed_password = \"lock\"` needs `state_dir` in [server], where it is "
                      "kept which passwords are locked");
    }

    [[nodiscard]] bool asks_hook() const {
        const auto& names = draft_.config.auth_providers;
        return std::find(names.begin(), names.end(), "http") != names.end();
    }

    void hook() {
        const Position at = draft_.place("auth.http").value_or(place("auth/providers"));
        // What could not be read has been reported.
        for (const std::string key : {"url", "policies"}) {
            if (draft_.place("auth.http/" + key)) continue;
            report_.error(at, "[auth.http] needs `" + key + "` for the provider \"http\"");
        }
        hook_authorities();
        hook_policies();
    }

    void hook_authorities() {
        const auto at = draft_.place("auth.http/ca");
        if (!at || draft_.http_hook.ca.empty()) return;
        const auto& url = draft_.http_hook.url;
        if (url && !std::holds_alternative<HttpsUrl>(*url)) {
            report_.error(*at, "`ca` is for an https `url`; this one needs no certificate");
        }
        const auto text = read_file(draft_.http_hook.ca, max_ca_bytes, Access::anybody);
        if (const auto* mistake = std::get_if<Mistake>(&text)) report_.error(*at, mistake->text);
    }

    void hook_policies() {
        const auto at = draft_.place("auth.http/policies");
        if (!at) return;
        if (draft_.http_hook.policies.empty()) {
            report_.error(*at, "no policy; name at least one that the hook may give to users");
        }
        std::vector<std::string> known;
        for (const PolicyDraft& policy : draft_.policies) known.push_back(policy.name);
        for (const std::string& name : draft_.http_hook.policies) {
            if (std::find(known.begin(), known.end(), name) != known.end()) continue;
            report_.error(*at, "no policy has the name " + quote(name) + "; write [policy.NAME]" +
                                   did_you_mean(name, known));
        }
    }

    const Draft& draft_;
    const Position& whole_;
    Report& report_;
};

}  // namespace

void validate_auth(const Draft& draft, const Position& whole, Report& report) {
    AuthValidator(draft, whole, report).run();
}

}  // namespace sallyport::config
