#include "config/validate_logins.hpp"

#include <algorithm>
#include <array>

#include "auth/legacy_hash.hpp"
#include "auth/password_hash.hpp"
#include "config/validate_listeners.hpp"

namespace sallyport::config {
namespace {

using auth::Method;
using auth::Methods;

/// The key that gives a user what a method asks for.
std::string_view key_of(Method method) {
    switch (method) {
        case Method::certificate:
            return "certificates";
        case Method::publickey:
            return "ssh_keys";
        case Method::password:
            return "password";
        case Method::totp:
            return "totp";
    }
    __builtin_unreachable();
}

/// A method that only one of the doors knows.
struct Exclusive {
    Method method;
    std::string_view door;
};
constexpr std::array exclusive{Exclusive{Method::certificate, "FTPS"},
                               Exclusive{Method::publickey, "SFTP"}};

class LoginValidator {
  public:
    LoginValidator(const Draft& draft, const Position& whole, const UserDraft& user, Report& report)
        : draft_(draft), whole_(whole), user_(user), report_(report) {
        for (const Method method : auth::all_methods) {
            if (draft.place(key_place(method))) credentials_.insert(method);
        }
        // An empty list holds nothing; one that could not be read has been reported.
        if (user.ssh_keys && user.ssh_keys->empty()) drop(Method::publickey);
        if (user.certificates && user.certificates->empty()) drop(Method::certificate);
    }

    void run() {
        password();
        certificates();
        if (user_.login) {
            if (user_.login->empty())
                report_.error(at("login"),
                              "no combination; name at least one, or leave `login` out");
            for (const PlacedMethods& combination : *user_.login) check(combination);
            redundant();
        } else if (!draft_.place(place_name("user", user_.name, "login"))) {
            without_login();
        }
        unused();
    }

  private:
    [[nodiscard]] std::string key_place(Method method) const {
        return place_name("user", user_.name, key_of(method));
    }
    [[nodiscard]] Position at(std::string_view key) const {
        return draft_.place(place_name("user", user_.name, key)).value_or(whole_);
    }
    [[nodiscard]] std::string who() const { return "user " + quote(user_.name); }
    void drop(Method method) { credentials_ = credentials_.without({method}); }

    [[nodiscard]] bool is_open(std::string_view door) const {
        if (door == "SFTP") return is_spoken(draft_, Protocol::sftp);
        return is_spoken(draft_, Protocol::ftps) || is_spoken(draft_, Protocol::ftps_implicit);
    }

    void password() {
        if (user_.password_hash.empty() || auth::has_standard_cost(user_.password_hash)) return;
        if (auth::is_legacy_hash(user_.password_hash)) {
            return report_.warn(at("password"),
                                "this hash is of an older kind and tells by its time that the user "
                                "exists; make another with `sallyport hash-password`");
        }
        report_.warn(at("password"),
                     "this hash does not cost what `sallyport hash-password` makes: the time that "
                     "a login takes tells that the user exists");
    }

    void certificates() {
        if (!credentials_.contains(Method::certificate) || draft_.place("tls/client_ca")) return;
        report_.error(at("certificates"),
                      "client certificates need `client_ca` in [tls]: who has issued them");
    }

    void check(const PlacedMethods& combination) {
        for (const Method method : auth::all_methods) {
            if (!combination.methods.contains(method) || credentials_.contains(method)) continue;
            report_.error(combination.at, who() + " has no " + quote(auth::name_of(method)) +
                                              "; add `" + std::string(key_of(method)) +
                                              "` or take it out of `login`");
        }
        if (combination.methods.contains({Method::certificate, Method::publickey})) {
            report_.error(combination.at,
                          "\"certificate\" is for FTPS and \"publickey\" for SFTP: no login can "
                          "show both");
        }
        for (const auto& [method, door] : exclusive) {
            if (!combination.methods.contains(method) || is_open(door)) continue;
            report_.warn(combination.at,
                         "nobody can log in like this: no listener speaks " + std::string(door));
        }
    }

    void redundant() {
        for (const PlacedMethods& more : *user_.login) {
            for (const PlacedMethods& less : *user_.login) {
                if (&more == &less || !more.methods.contains(less.methods)) continue;
                if (more.methods == less.methods && &more < &less) continue;
                report_.warn(more.at, quote(str(more.methods)) + " is never needed: " +
                                          quote(str(less.methods)) + " suffices");
                break;
            }
        }
    }

    void without_login() {
        if (!credentials_.overlaps({Method::password, Method::publickey, Method::certificate})) {
            report_.warn(at(""), who() + " has neither a password nor a key and cannot log in");
        } else if (credentials_.without({Method::totp}) == Methods{Method::publickey} &&
                   !is_open("SFTP")) {
            report_.warn(at(""),
                         who() + " has keys only and cannot log in: no listener speaks SFTP");
        } else if (credentials_.contains(Method::totp) &&
                   !credentials_.contains(Method::password)) {
            report_.warn(at("totp"),
                         "without `login`, a code is asked for after a password only; this user "
                         "has none");
        }
    }

    void unused() {
        if (!user_.login) return;
        Methods used;
        for (const PlacedMethods& combination : *user_.login) used = used | combination.methods;
        for (const Method method : auth::all_methods) {
            if (!credentials_.contains(method) || used.contains(method)) continue;
            report_.warn(at(key_of(method)), "`login` has no use for this: it does not name " +
                                                 quote(auth::name_of(method)));
        }
    }

    const Draft& draft_;
    const Position& whole_;
    const UserDraft& user_;
    Report& report_;
    Methods credentials_;  ///< those that were written, even wrongly
};

}  // namespace

void validate_logins(const Draft& draft, const Position& whole, Report& report) {
    for (const UserDraft& user : draft.users) LoginValidator(draft, whole, user, report).run();
}

}  // namespace sallyport::config
