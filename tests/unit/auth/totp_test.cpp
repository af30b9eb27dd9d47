#include "auth/totp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using namespace std::chrono_literals;
using Time = std::chrono::sys_seconds;

constexpr Time at(std::int64_t seconds) {
    return Time(std::chrono::seconds(seconds));
}

/// RFC 6238 appendix B, for SHA-1; six digits are the last of its eight.
constexpr auto vectors = std::to_array<std::pair<std::int64_t, std::string_view>>({
    {59, "94287082"},
    {1111111109, "07081804"},
    {1111111111, "14050471"},
    {1234567890, "89005924"},
    {2000000000, "69279037"},
    {20000000000, "65353130"},
});

class Codes : public testing::Test {
  protected:
    CodeVerdict check(std::string_view code, Time now, const std::string& user = "acme") {
        return test::run(checker_.use(user, secret_, code, now));
    }

    CodeVerdict use(CodeChecker& checker, const std::string& code) {
        return test::run(checker.use(user_, secret_, code, now_));
    }

    const std::string user_ = "acme";
    const Secret secret_{"12345678901234567890"};
    const Time now_ = at(1'234'567'890);
    CodeChecker checker_;
};

TEST_F(Codes, VectorsOfTheStandard) {
    for (const auto& [seconds, code] : vectors) {
        EXPECT_EQ(totp_code(secret_, at(seconds)), code.substr(2)) << seconds;
    }
}

TEST_F(Codes, OneStepEarlyOrLateIsAccepted) {
    for (const auto offset : {-totp_step, 0s, totp_step}) {
        CodeChecker checker;
        EXPECT_EQ(use(checker, totp_code(secret_, now_ + offset)), CodeVerdict::accepted);
    }
}

TEST_F(Codes, TwoStepsEarlyOrLateIsWrong) {
    for (const auto offset : {-2 * totp_step, 2 * totp_step}) {
        EXPECT_EQ(check(totp_code(secret_, now_ + offset), now_), CodeVerdict::wrong);
    }
}

TEST_F(Codes, CodeIsAcceptedOnce) {
    const auto code = totp_code(secret_, now_);
    EXPECT_EQ(check(code, now_), CodeVerdict::accepted);
    EXPECT_EQ(check(code, now_), CodeVerdict::used);
    EXPECT_EQ(check(code, now_ + totp_step), CodeVerdict::used);
    EXPECT_EQ(check(code, now_, "other"), CodeVerdict::accepted);
}

TEST_F(Codes, AfterALaterCodeAnEarlierOneIsUsedUp) {
    EXPECT_EQ(check(totp_code(secret_, now_ + totp_step), now_), CodeVerdict::accepted);
    EXPECT_EQ(check(totp_code(secret_, now_), now_), CodeVerdict::used);
    EXPECT_EQ(check(totp_code(secret_, now_ + 2 * totp_step), now_ + totp_step),
              CodeVerdict::accepted);
}

TEST_F(Codes, WrongCodesUseNothingUp) {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(check("000000", now_), CodeVerdict::wrong);
    EXPECT_EQ(check(totp_code(secret_, now_), now_), CodeVerdict::accepted);
}

TEST_F(Codes, OtherTextsAreWrong) {
    const auto code = totp_code(secret_, now_);
    for (const std::string& text :
         {std::string(), code.substr(1), code + "0", " " + code, std::string(6, '\0')}) {
        EXPECT_EQ(check(text, now_), CodeVerdict::wrong) << text;
    }
}

TEST_F(Codes, NoCodeIsRightForAnEmptySecret) {
    const Secret none;
    EXPECT_EQ(test::run(checker_.use(user_, none, totp_code(none, now_), now_)),
              CodeVerdict::wrong);
}

TEST_F(Codes, WhatIsKnownFromBeforeIsUsedUp) {
    CodeChecker later({{user_, earliest_totp_step(now_) + totp_window}}, {});
    EXPECT_EQ(use(later, totp_code(secret_, now_)), CodeVerdict::used);
    EXPECT_EQ(use(later, totp_code(secret_, now_ + totp_step)), CodeVerdict::accepted);
}

TEST_F(Codes, WhatAnotherProcessHasClaimedIsUsed) {
    int claims = 0;
    CodeChecker beside({}, [&claims](const std::string&, std::int64_t) -> Async<bool> {
        ++claims;
        co_return false;
    });
    EXPECT_EQ(use(beside, "000000"), CodeVerdict::wrong);
    EXPECT_EQ(claims, 0);
    EXPECT_EQ(use(beside, totp_code(secret_, now_)), CodeVerdict::used);
    EXPECT_EQ(use(beside, totp_code(secret_, now_)), CodeVerdict::used);
    EXPECT_EQ(claims, 1);
}

TEST_F(Codes, OfManyAtOnceOneIsAccepted) {
    const auto code = totp_code(secret_, now_);
    std::atomic<int> accepted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            if (check(code, now_) == CodeVerdict::accepted) ++accepted;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(accepted, 1);
}

}  // namespace
}  // namespace sallyport::auth
