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
    int asked = 0;

  private:
    struct ToAnswer {
        KeyAnswer operator()(DontKnow) const { return KeyAnswer::dont_know; }
        KeyAnswer operator()(Refusal) const { return KeyAnswer::refused; }
        KeyAnswer operator()(const Principal&) const { return KeyAnswer::accepted; }
    };
    Verdict verdict_;
};

Verdict ask(const std::vector<std::shared_ptr<Authenticator>>& providers) {
    Chain chain(providers);
    const Attempt attempt{"acme", Secret("x"), "192.0.2.1", "ftps"};
    return run(chain.authenticate(attempt));
}

bool offer(const std::vector<std::shared_ptr<Authenticator>>& providers) {
    Chain chain(providers);
    const KeyOffer offered{"acme", {"ssh-ed25519", "blob"}, "192.0.2.1"};
    return run(chain.accepts_key(offered));
}

TEST(Chain, FirstThatKnowsDecides) {
    const auto first = std::make_shared<Fixed>(DontKnow{});
    const auto second = std::make_shared<Fixed>(Principal{"acme", "home", nullptr});
    const auto third = std::make_shared<Fixed>(Refusal::disabled);
    const auto verdict = ask({first, second, third});
    ASSERT_TRUE(std::holds_alternative<Principal>(verdict));
    EXPECT_EQ(std::get<Principal>(verdict).home, "home");
    EXPECT_EQ(first->asked, 1);
    EXPECT_EQ(third->asked, 0);
}

TEST(Chain, RefusalIsNotAskedAround) {
    const auto second = std::make_shared<Fixed>(Principal{"acme", "home", nullptr});
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
    const auto accepting = std::make_shared<Fixed>(Principal{"acme", "home", nullptr});
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

TEST(KeyOffer, CannotTakeThePlaceOfAProof) {
    EXPECT_FALSE((std::is_constructible_v<Attempt, KeyOffer>));
    EXPECT_FALSE((std::is_constructible_v<decltype(Attempt::credential), KeyOffer>));
}

TEST(Refusal, EachHasItsOwnText) {
    std::set<std::string_view> texts;
    for (const auto refusal :
         {Refusal::unknown_user, Refusal::wrong_password, Refusal::wrong_key, Refusal::disabled,
          Refusal::expired, Refusal::malformed, Refusal::overloaded, Refusal::failed}) {
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
