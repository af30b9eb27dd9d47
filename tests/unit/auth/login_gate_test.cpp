#include "auth/login_gate.hpp"

#include <gtest/gtest.h>

#include "tests/support/public_keys.hpp"
#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using test::run;

using namespace std::chrono_literals;

constexpr auto today = std::chrono::sys_days(2027y / 6 / 30);

/// Takes every key, and the password "right"; "half" is right, too, but not enough.
class Trusting final : public Authenticator {
  public:
    explicit Trusting(Principal principal) : principal_(std::move(principal)) {}
    Async<Verdict> authenticate(const Attempt& attempt) override {
        const auto& password = attempt.proofs.password;
        Verdict verdict = Refusal::wrong_password;
        if (!password || password->reveal() == "right") verdict = principal_;
        if (password && password->reveal() == "half") {
            verdict = Partial{principal_, {{Method::totp}}, {}};
        }
        co_return verdict;
    }
    Async<KeyAnswer> judge_key(const KeyOffer&) override {
        Candidate candidate{principal_};
        co_return candidate;
    }
    Async<ExposureAnswer> judge_exposed(const ExposedPassword&) override { co_return DontKnow{}; }

  private:
    Principal principal_;
};

class LoginGateTest : public testing::Test {
  protected:
    struct Login {
        std::string address = "192.0.2.1";
        std::string protocol = "ftps";
        std::chrono::system_clock::time_point now = today;
    };

    Principal principal() {
        Principal someone{"acme", "acme", std::make_shared<const Policy>(policy_)};
        someone.enabled = enabled_;
        someone.expires = expires_;
        return someone;
    }
    LoginGate gate(std::chrono::system_clock::time_point now) {
        return {std::make_shared<Trusting>(principal()), [now] { return now; }};
    }
    static Attempt attempt(const Login& login, std::string_view password) {
        Attempt tried{"acme", {}, login.address, login.protocol, {}};
        tried.proofs.password.emplace(password);
        return tried;
    }
    /// Why it failed; nothing when it did not. Password, half a login, key and offer must agree.
    std::optional<Refusal> refusal(const Login& login) {
        LoginGate tested = gate(login.now);
        const Verdict verdict = run(tested.authenticate(attempt(login, "right")));
        const auto* const refused = std::get_if<Refusal>(&verdict);
        const Verdict halfway = run(tested.authenticate(attempt(login, "half")));
        EXPECT_EQ(std::holds_alternative<Partial>(halfway), refused == nullptr);
        Attempt with_key{"acme", {}, login.address, login.protocol, {}};
        with_key.proofs.key = key_;
        const Verdict by_key = run(tested.authenticate(with_key));
        EXPECT_EQ(std::holds_alternative<Refusal>(by_key), refused != nullptr);
        const KeyOffer offer{"acme", key_, login.address, login.protocol, {}};
        EXPECT_EQ(run(tested.accepts_key(offer)), refused == nullptr);
        if (refused == nullptr) return std::nullopt;
        return *refused;
    }
    std::string rule(const Login& login) {
        const auto denial = login_denial(principal(), {login.address, login.protocol, login.now});
        return denial ? denial->rule : "";
    }

    Policy policy_ = [] {
        Policy policy;
        policy.name = "partners";
        return policy;
    }();
    bool enabled_ = true;
    std::optional<std::chrono::sys_days> expires_;
    const PublicKey key_ = parse_public_key(test::ed25519.line).value();
};

TEST_F(LoginGateTest, WithoutRulesEverybodyWhoProvedWhoTheyAreIsLetIn) {
    EXPECT_EQ(refusal({}), std::nullopt);
    EXPECT_EQ(refusal({"2001:db8::1", "sftp", {}}), std::nullopt);
}

TEST_F(LoginGateTest, WrongPasswordStaysOne) {
    enabled_ = false;
    LoginGate tested = gate(today);
    EXPECT_EQ(std::get<Refusal>(run(tested.authenticate(attempt({}, "wrong")))),
              Refusal::wrong_password);
}

TEST_F(LoginGateTest, DisabledIsRefused) {
    enabled_ = false;
    EXPECT_EQ(refusal({}), Refusal::disabled);
    EXPECT_EQ(rule({}), "user.acme.enabled");
}

TEST_F(LoginGateTest, ExpiredFromTheFirstMomentOfTheDay) {
    expires_ = today;
    EXPECT_EQ(refusal({}), Refusal::expired);
    EXPECT_EQ(rule({}), "user.acme.expires");
    EXPECT_EQ(refusal({.now = today - 1s}), std::nullopt);
}

TEST_F(LoginGateTest, DateThatMeansNeverIsFarAway) {
    for (const auto never : {9999y / 12 / 31, 2300y / 1 / 1}) {
        expires_ = std::chrono::sys_days(never);
        EXPECT_EQ(refusal({}), std::nullopt);
        EXPECT_EQ(lapse(principal(), today), std::nullopt);
    }
}

TEST_F(LoginGateTest, OtherAddressesAreRefused) {
    policy_.login.from = {AddressPrefix::parse("198.51.100.0/24").value(),
                          AddressPrefix::parse("2001:db8::/32").value()};
    EXPECT_EQ(refusal({.address = "198.51.100.7"}), std::nullopt);
    EXPECT_EQ(refusal({.address = "2001:db8:1::7"}), std::nullopt);
    EXPECT_EQ(refusal({.address = "198.51.101.7"}), Refusal::wrong_address);
    EXPECT_EQ(refusal({.address = "unknown"}), Refusal::wrong_address);
    EXPECT_EQ(rule({}), "policy.partners.from");
}

TEST_F(LoginGateTest, OtherProtocolsAreRefused) {
    policy_.login.protocols = {"sftp"};
    EXPECT_EQ(refusal({.protocol = "sftp"}), std::nullopt);
    EXPECT_EQ(refusal({.protocol = "ftps"}), Refusal::wrong_protocol);
    EXPECT_EQ(rule({}), "policy.partners.protocols");
}

TEST_F(LoginGateTest, OtherHoursAreRefused) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    policy_.login.hours = WeeklyHours::parse("Wed 06:00-20:00").value();  // as 2027-06-30 is
    EXPECT_EQ(refusal({.now = today + 6h}), std::nullopt);
    EXPECT_EQ(refusal({.now = today + 6h - 1s}), Refusal::outside_hours);
    EXPECT_EQ(refusal({.now = today + 20h}), Refusal::outside_hours);
    EXPECT_EQ(rule({}), "policy.partners.hours");
}

TEST_F(LoginGateTest, OverriddenKeysAreNamedAfterTheUser) {
    policy_.login.protocols = {"sftp"};
    policy_.user = "acme";
    policy_.overridden.set(static_cast<std::size_t>(PolicyKey::protocols));
    EXPECT_EQ(rule({}), "user.acme.protocols");
}

TEST_F(LoginGateTest, SessionsLapseWithTheHoursAndTheAccount) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    policy_.login.hours = WeeklyHours::parse("06:00-20:00").value();
    EXPECT_EQ(lapse(principal(), today + 7h), std::nullopt);
    EXPECT_EQ(lapse(principal(), today + 21h), "policy.partners.hours");
    expires_ = today;
    EXPECT_EQ(lapse(principal(), today + 7h), "user.acme.expires");
}

}  // namespace
}  // namespace sallyport::auth
