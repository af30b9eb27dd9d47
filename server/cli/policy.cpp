#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "auth/login_gate.hpp"
#include "config/load.hpp"
#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/report.hpp"
#include "server/cli/wall_time.hpp"

namespace sallyport::cli {
namespace {

using auth::Decision;
using auth::Verb;
using storage::VirtualPath;

struct Question {
    std::string file;
    std::string user;
    std::string from;
    std::string protocol;
    std::string at;
    std::string verb;
    std::string path;
};

/// May a file of this name be replaced? That depends on the mode as well as on the verb.
Decision decide_overwrite(const auth::Policy& policy, const VirtualPath& path) {
    if (policy.overwrite == storage::Overwrite::replace)
        return policy.decide(Verb::overwrite, path);
    return {policy.overwrite == storage::Overwrite::keep,
            policy.name_of_rule(auth::PolicyKey::overwrite)};
}

Decision decide_inside(const auth::Policy& policy, Verb verb, const VirtualPath& path) {
    if (verb == Verb::overwrite) return decide_overwrite(policy, path);
    Decision decision = policy.decide(verb, path);
    const bool brings_a_name = verb == Verb::upload || verb == Verb::rename;
    if (!decision.allowed || !brings_a_name) return decision;
    Decision by_name = policy.decide_name(path);
    return by_name.allowed ? decision : by_name;
}

Decision decide(const auth::Principal& principal, const Question& question) {
    const auto now = question.at.empty() ? std::chrono::system_clock::now()
                                         : parse_wall_time(question.at).value();
    const std::string door = question.protocol.starts_with("ftps") ? "ftps" : question.protocol;
    const auto denial = auth::login_denial(principal, {question.from, door, now});
    if (denial) return {false, denial->rule};
    return decide_inside(*principal.policy, auth::verb_named(question.verb).value(),
                         VirtualPath::parse(question.path).value());
}

/// Denied, but allowed on what the session itself has uploaded?
bool is_granted_on_own(const auth::Policy& policy, const Question& question) {
    const auto rights = policy.rights_at(VirtualPath::parse(question.path).value());
    return rights.own.contains(auth::verb_named(question.verb).value());
}

int test(const Question& question) {
    const config::Loaded loaded = config::load(question.file);
    print_findings(loaded);
    if (!loaded.config) return exit_refused;
    const auto user = loaded.config->users->find(question.user);
    if (user == loaded.config->users->end()) {
        print_error(fmt::format("{} has no [user.{}]", question.file, question.user));
        return exit_usage;
    }
    const auth::Principal principal = principal_of(user->second);
    const Decision decision = decide(principal, question);
    const bool own = !decision.allowed && decision.rule.ends_with(".own") &&
                     is_granted_on_own(*principal.policy, question);
    fmt::print("{}: {}{}\n", decision.allowed ? "allow" : "deny", decision.rule,
               own ? " (allowed on what the same session has uploaded)" : "");
    return decision.allowed ? exit_ok : exit_refused;
}

std::vector<std::string> verb_words() {
    std::vector<std::string> words;
    for (const Verb verb : auth::all_verbs) words.emplace_back(auth::name_of(verb));
    return words;
}

/// A check that refuses what `is_good` does not like.
template <class Good>
CLI::Validator check(Good is_good, const std::string& advice) {
    return {[is_good, advice](std::string& text) { return is_good(text) ? std::string() : advice; },
            ""};
}

void declare_test(CLI::App& app, Question& question) {
    app.add_option("file", question.file, "Configuration file")->required()->type_name("FILE");
    app.add_option("verb", question.verb, fmt::format("{}", fmt::join(verb_words(), ", ")))
        ->required()
        ->type_name("VERB")
        ->check(CLI::IsMember(verb_words()));
    app.add_option("path", question.path, "Path as the user sees it")
        ->required()
        ->type_name("PATH")
        ->check(check([](const std::string& text) { return VirtualPath::parse(text).has_value(); },
                      "no client can name such a path"));
    app.add_option("--user", question.user, "Who asks")->required()->type_name("NAME");
    app.add_option("--from", question.from, "Address of the client; left out: not looked at")
        ->type_name("ADDR")
        ->check(check(auth::is_address, "write an IP address"));
    app.add_option("--protocol", question.protocol,
                   "ftps, ftps-implicit or sftp; left out: not looked at")
        ->type_name("P")
        ->check(CLI::IsMember({"ftps", "ftps-implicit", "sftp"}));
    app.add_option("--at", question.at, "Local time, or UTC with a Z behind it; left out: now")
        ->type_name("TIME")
        ->check(check([](const std::string& text) { return parse_wall_time(text).has_value(); },
                      "write a time such as 2027-06-30T14:00"));
}

}  // namespace

Action declare_policy(CLI::App& app) {
    const auto question = std::make_shared<Question>();
    CLI::App* const test_app =
        app.add_subcommand("test", "Allowed or denied, and by which rule; exit status 0 or 1");
    test_app->footer(
        "Example:\n  sallyport policy test /etc/sallyport/sallyport.toml --user acme --at "
        "2027-06-30T14:00 upload /in/a.csv");
    declare_test(*test_app, *question);
    app.require_subcommand(1);
    return [question] { return test(*question); };
}

}  // namespace sallyport::cli
