#include "auth/authenticator.hpp"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using test::run;

/// Always answers the same, and counts how often it was asked.
class Fixed final : public Authenticator {
  public:
    explicit Fixed(Verdict verdict) : verdict_(std::move(verdict)) {}
    Async<Verdict> authenticate(const Attempt&) override {
        ++asked;
        co_return verdict_;
    }
    Async<KeyAnswer> judge_key(const KeyOffer&) override {
        ++asked;
        co_return std::visit(ToAnswer{}, verdict_);
    }
    Async<ExposureAnswer> judge_exposed(const ExposedPassword&) override {
        ++asked;
        if (std::holds_alternative<Principal>(verdict_)) co_return Burned{"digest"};
        if (const auto* refusal = std::get_if<Refusal>(&verdict_)) co_return *refusal;
        co_return DontKnow{};
    }
    int asked = 0;

  private:
    struct ToAnswer {
        KeyAnswer operator()(DontKnow) const { return DontKnow{}; }
        KeyAnswer operator()(Refusal refusal) const { return refusal; }
        KeyAnswer operator()(const Principal& principal) const { return Candidate{principal}; }
        KeyAnswer operator()(const Partial& partial) const { return Candidate{partial.candidate}; }
    };
    Verdict verdict_;
};

using Providers = std::vector<std::shared_ptr<Authenticator>>;

Verdict ask(const Providers& providers, Progress progress = {}) {
    Chain chain(providers);
    Attempt attempt{"acme", {}, "192.0.2.1", "ftps", progress};
    attempt.proofs.password.emplace("x");
    return run(chain.authenticate(attempt));
}

bool offer(const Providers& providers, Progress progress = {}) {
    Chain chain(providers);
    const KeyOffer offered{"acme", {"ssh-ed25519", "blob"}, "192.0.2.1", "sftp", progress};
    return run(chain.accepts_key(offered));
}

Principal acme(Methods shown = {Method::password}) {
    return {"acme", "home", nullptr, shown};
}

ExposureAnswer expose(const Providers& providers) {
    Chain chain(providers);
    const ExposedPassword exposed{"acme", Secret("x"), "192.0.2.1", "ftps"};
    return run(chain.judge_exposed(exposed));
}

TEST(Chain, FirstThatKnowsTheUserDecidesAboutAnExposedPassword) {
    const auto ignorant = std::make_shared<Fixed>(DontKnow{});
    const auto right = std::make_shared<Fixed>(acme());
    const auto wrong = std::make_shared<Fixed>(Refusal::wrong_password);
    EXPECT_EQ(std::get<Burned>(expose({ignorant, right, wrong})).hash_digest, "digest");
    EXPECT_EQ(wrong->asked, 0);
    EXPECT_EQ(std::get<Refusal>(expose({ignorant, wrong, right})), Refusal::wrong_password);
    EXPECT_EQ(std::get<Refusal>(expose({ignorant})), Refusal::unknown_user);
}

TEST(Chain, FirstThatKnowsDecides) {
    const auto first = std::make_shared<Fixed>(DontKnow{});
    const auto second = std::make_shared<Fixed>(acme());
    const auto third = std::make_shared<Fixed>(Refusal::disabled);
    const auto verdict = ask({first, second, third});
    ASSERT_TRUE(std::holds_alternative<Principal>(verdict));
    EXPECT_EQ(std::get<Principal>(verdict).home, "home");
    EXPECT_EQ(first->asked, 1);
    EXPECT_EQ(third->asked, 0);
}

TEST(Chain, RefusalIsNotAskedAround) {
    const auto second = std::make_shared<Fixed>(acme());
    const auto verdict = ask({std::make_shared<Fixed>(Refusal::wrong_password), second});
    EXPECT_EQ(std::get<Refusal>(verdict), Refusal::wrong_password);
    EXPECT_EQ(second->asked, 0);
}

TEST(Chain, NobodyKnowsIsUnknownUser) {
    EXPECT_EQ(std::get<Refusal>(ask({std::make_shared<Fixed>(DontKnow{})})), Refusal::unknown_user);
    EXPECT_EQ(std::get<Refusal>(ask({})), Refusal::unknown_user);
}

TEST(Chain, FirstThatKnowsTheOwnerDecidesAboutAKey) {
    const auto ignorant = std::make_shared<Fixed>(DontKnow{});
    const auto accepting = std::make_shared<Fixed>(acme());
    const auto refusing = std::make_shared<Fixed>(Refusal::wrong_key);
    EXPECT_TRUE(offer({ignorant, accepting, refusing}));
    EXPECT_EQ(ignorant->asked, 1);
    EXPECT_EQ(refusing->asked, 0);
    EXPECT_FALSE(offer({ignorant, refusing, accepting}));
    EXPECT_EQ(accepting->asked, 1);
}

TEST(Chain, KeyThatNobodyKnowsIsNotAccepted) {
    EXPECT_FALSE(offer({std::make_shared<Fixed>(DontKnow{})}));
    EXPECT_FALSE(offer({}));
}

TEST(Chain, LoginThatOneHasLetBeginIsDecidedByThatOneAlone) {
    const auto first = std::make_shared<Fixed>(DontKnow{});
    const auto second = std::make_shared<Fixed>(Partial{acme(), {{Method::totp}}, {}});
    const auto third = std::make_shared<Fixed>(acme());
    const auto verdict = ask({first, second, third});
    ASSERT_TRUE(std::holds_alternative<Partial>(verdict));
    const Progress progress = std::get<Partial>(verdict).progress;
    EXPECT_EQ(progress.shown, Methods{Method::password});

    const auto forgetful = std::make_shared<Fixed>(DontKnow{});
    EXPECT_EQ(std::get<Refusal>(ask({first, forgetful, third}, progress)), Refusal::unknown_user);
    EXPECT_FALSE(offer({first, forgetful, third}, progress));
    EXPECT_EQ(forgetful->asked, 2);
    EXPECT_EQ(first->asked, 1);
    EXPECT_EQ(third->asked, 0);
}

TEST(Chain, ProgressWithAProviderThatIsGoneLetsNobodyIn) {
    const auto only = std::make_shared<Fixed>(acme());
    EXPECT_EQ(std::get<Refusal>(ask({only}, {{Method::password}, 1})), Refusal::unknown_user);
    EXPECT_EQ(only->asked, 0);
}

TEST(KeyOffer, CannotTakeThePlaceOfAProof) {
    EXPECT_FALSE((std::is_constructible_v<Attempt, KeyOffer>));
    EXPECT_FALSE((std::is_constructible_v<decltype(Proofs::key), KeyOffer>));
}

TEST(Attempt, CertificateAloneIsNoTry) {
    Attempt attempt;
    EXPECT_FALSE(attempt.is_try());
    attempt.proofs.certificate.emplace();
    EXPECT_FALSE(attempt.is_try());
    attempt.proofs.password.emplace("x");
    EXPECT_TRUE(attempt.is_try());
    attempt.proofs.password.reset();
    attempt.proofs.code.emplace("123456");
    EXPECT_TRUE(attempt.is_try());
    attempt.proofs.code.reset();
    attempt.proofs.key.emplace();
    EXPECT_TRUE(attempt.is_try());
}

TEST(Verdict, ReasonNamesWhatIsMissing) {
    const Partial partial{acme(), {{Method::totp}, {Method::publickey}}, {}};
    EXPECT_EQ(reason_of(partial), "more is needed: publickey+totp");
    EXPECT_EQ(reason_of(Refusal::used_code), "one-time code was used before");
    EXPECT_EQ(reason_of(DontKnow{}), "unknown user");
}

TEST(Refusal, EachHasItsOwnText) {
    std::set<std::string_view> texts;
    for (const auto refusal :
         {Refusal::unknown_user, Refusal::wrong_password, Refusal::wrong_key,
          Refusal::wrong_certificate, Refusal::wrong_code, Refusal::used_code,
          Refusal::wrong_method, Refusal::disabled, Refusal::expired, Refusal::wrong_address,
          Refusal::wrong_protocol, Refusal::outside_hours, Refusal::malformed, Refusal::overloaded,
          Refusal::failed}) {
        EXPECT_TRUE(texts.insert(describe(refusal)).second) << describe(refusal);
    }
}

TEST(UserName, OrdinaryNamesAreAccepted) {
    for (const std::string& name :
         std::vector<std::string>{"acme", "Acme-2", "jane.doe@example.com", "a_b+c", "0",
                                  std::string(max_user_bytes, 'x')}) {
        EXPECT_TRUE(is_user_name(name)) << name;
    }
}

TEST(UserName, WhatCouldBeMisreadIsRefused) {
    using namespace std::string_literals;
    for (const std::string& name : {""s, "."s, ".."s, ".hidden"s, "-rf"s, "../x"s, "a/b"s, "a\\b"s,
                                    "a b"s, "a\nb"s, "a\0b"s, "a\r\nUSER b"s, "$(id)"s, "a;b"s,
                                    "\xc3\xa4"s, "\xff"s, std::string(max_user_bytes + 1, 'x')}) {
        EXPECT_FALSE(is_user_name(name)) << name;
    }
}

}  // namespace
}  // namespace sallyport::auth
