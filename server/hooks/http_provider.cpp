#include "server/hooks/http_provider.hpp"

#include <algorithm>
#include <chrono>

#include "config/values.hpp"
#include "protocol/hook/question.hpp"
#include "server/hooks/byte_stream.hpp"
#include "server/hooks/exchange.hpp"

namespace sallyport::server::hooks {
namespace {

using auth::Refusal;
using hook::Answer;
using Clock = std::chrono::steady_clock;

/// One of `max_questions` places.
class Place {
  public:
    explicit Place(std::atomic<int>& taken) : taken_(taken), granted_(++taken <= max_questions) {}
    ~Place() { --taken_; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] bool granted() const { return granted_; }

  private:
    std::atomic<int>& taken_;
    bool granted_;
};

std::string host_of(const config::HookUrl& url) {
    if (const auto* https = std::get_if<config::HttpsUrl>(&url)) {
        const bool bracketed = https->host.find(':') != std::string::npos;
        const auto host = bracketed ? "[" + https->host + "]" : https->host;
        return https->port == config::HttpsUrl().port ? host
                                                      : host + ":" + std::to_string(https->port);
    }
    return "localhost";
}

std::string target_of(const config::HookUrl& url) {
    if (const auto* https = std::get_if<config::HttpsUrl>(&url)) return https->target;
    if (const auto* loopback = std::get_if<config::LoopbackUrl>(&url)) return loopback->target;
    return "/";
}

bool lets_in(const Answer& answer) {
    return answer.result == Answer::Result::accept || answer.result == Answer::Result::more;
}

/// The refusal that fits what was shown. For the log only.
Refusal refusal_of(const auth::Proofs& proofs) {
    if (proofs.password) return Refusal::wrong_password;
    if (proofs.key) return Refusal::wrong_key;
    if (proofs.code) return Refusal::wrong_code;
    return Refusal::wrong_certificate;
}

std::optional<storage::Overwrite> overwrite_named(std::string_view word) {
    if (word == "deny") return storage::Overwrite::deny;
    if (word == "keep") return storage::Overwrite::keep;
    if (word == "replace") return storage::Overwrite::replace;
    return std::nullopt;
}

/// Puts what the answer overrides into `policy`; the key that is wrong, if any.
std::string_view override_policy(const Answer& answer, auth::Policy& policy) {
    if (answer.max_file_size) {
        const auto size = config::parse_size(*answer.max_file_size);
        if (!std::holds_alternative<std::uint64_t>(size)) return "max_file_size";
        policy.max_file_size = std::get<std::uint64_t>(size);
    }
    if (answer.overwrite) {
        const auto overwrite = overwrite_named(*answer.overwrite);
        if (!overwrite) return "overwrite";
        policy.overwrite = *overwrite;
    }
    return {};
}

}  // namespace

HttpProvider::HttpProvider(std::shared_ptr<const config::HttpHook> hook,
                           std::shared_ptr<const tls::ClientContext> context,
                           const Policies& policies, events::Sink& sink)
    : hook_(std::move(hook)), context_(std::move(context)), sink_(sink) {
    for (const auto& name : hook_->policies) policies_.emplace(name, policies.at(name));
}

Async<auth::Verdict> HttpProvider::authenticate(const auth::Attempt& attempt) {
    auto heard = co_await ask(login_of(attempt), hook::question(attempt));
    if (const auto* refusal = std::get_if<Refusal>(&heard)) co_return *refusal;
    const auto& answer = std::get<Answer>(heard);
    if (answer.result == Answer::Result::unknown) co_return auth::DontKnow{};
    if (answer.result == Answer::Result::reject) co_return refusal_of(attempt.proofs);
    auto who = principal(login_of(attempt), answer);
    if (const auto* refusal = std::get_if<Refusal>(&who)) co_return *refusal;
    auto& known = std::get<auth::Principal>(who);
    known.shown = attempt.progress.shown | methods_of(attempt.proofs);
    if (answer.result == Answer::Result::accept) co_return std::move(known);
    co_return auth::Partial{std::move(known), answer.missing, {}};
}

Async<auth::KeyAnswer> HttpProvider::judge_key(const auth::KeyOffer& offer) {
    auto heard = co_await ask(login_of(offer), hook::question(offer));
    if (const auto* refusal = std::get_if<Refusal>(&heard)) co_return *refusal;
    const auto& answer = std::get<Answer>(heard);
    if (answer.result == Answer::Result::unknown) co_return auth::DontKnow{};
    if (!lets_in(answer)) co_return Refusal::wrong_key;
    auto who = principal(login_of(offer), answer);
    if (const auto* refusal = std::get_if<Refusal>(&who)) co_return *refusal;
    co_return auth::Candidate{std::get<auth::Principal>(std::move(who))};
}

Async<auth::ExposureAnswer> HttpProvider::judge_exposed(const auth::ExposedPassword& password) {
    auto heard = co_await ask(login_of(password), hook::question(password));
    if (const auto* refusal = std::get_if<Refusal>(&heard)) co_return *refusal;
    const auto& answer = std::get<Answer>(heard);
    if (answer.result == Answer::Result::unknown) co_return auth::DontKnow{};
    if (!lets_in(answer)) co_return Refusal::wrong_password;
    co_return auth::Burned{};
}

Async<HttpProvider::Heard> HttpProvider::ask(Login login, std::optional<auth::Secret> question) {
    if (!auth::is_user_name(login.user) || !question) co_return Refusal::malformed;
    const Place place(questions_);
    if (!place.granted()) co_return Refusal::overloaded;
    std::string problem;
    auto heard = co_await ask_now(*question, problem);
    if (!problem.empty()) report(login, problem);
    co_return heard;
}

Async<HttpProvider::Heard> HttpProvider::ask_now(const auth::Secret& question,
                                                 std::string& problem) {
    const auto deadline = Clock::now() + hook_->timeout;
    auto opened = co_await open_stream(hook_->url, context_, deadline);
    if (auto* reason = std::get_if<std::string>(&opened)) {
        problem = std::move(*reason);
        co_return Refusal::failed;
    }
    const Post post{host_of(hook_->url), target_of(hook_->url), hook_->token, question,
                    hook_->max_answer};
    auto answered = co_await exchange(*std::get<0>(opened), post, deadline);
    if (auto* none = std::get_if<NoAnswer>(&answered)) {
        problem = std::move(none->reason);
        co_return Refusal::failed;
    }
    auto answer = hook::parse_answer(std::get<std::string>(answered));
    if (answer) co_return std::move(*answer);
    problem = "the answer is none: " + answer.error().sentence;
    co_return Refusal::failed;
}

std::variant<auth::Principal, Refusal> HttpProvider::principal(const Login& login,
                                                               const Answer& answer) const {
    const auto found = policies_.find(answer.policy.value_or(hook_->policies.front()));
    const auto home = config::parse_home(answer.home.value_or(login.user));
    std::string_view wrong = found == policies_.end() ? "policy" : "";
    if (!std::holds_alternative<std::string>(home)) wrong = "home";
    auth::Principal who;
    if (wrong.empty()) {
        auto policy = std::make_shared<auth::Policy>(*found->second);
        wrong = override_policy(answer, *policy);
        who.policy = std::move(policy);
    }
    if (answer.expires) {
        const auto day = config::parse_date(*answer.expires);
        if (!std::holds_alternative<std::chrono::sys_days>(day)) {
            wrong = "expires";
        } else {
            who.expires = std::get<std::chrono::sys_days>(day);
        }
    }
    if (!wrong.empty()) {
        report(login, "the answer names what cannot be used as `" + std::string(wrong) + "`");
        return Refusal::failed;
    }
    who.user = login.user;
    who.home = std::get<std::string>(home);
    return who;
}

void HttpProvider::report(const Login& login, const std::string& reason) const {
    sink_.emit(events::Level::error, "auth.hook_failed",
               {{"session", login.session},
                {"address", login.address},
                {"user", login.user},
                {"reason", reason}});
}

}  // namespace sallyport::server::hooks
