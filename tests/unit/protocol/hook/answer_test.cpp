#include "protocol/hook/answer.hpp"

#include <gtest/gtest.h>

namespace sallyport::hook {
namespace {

using Result = Answer::Result;

std::string problem_of(std::string_view body) {
    const auto answer = parse_answer(body);
    return answer ? "" : answer.error().sentence;
}

TEST(Answer, ResultAloneIsEnough) {
    EXPECT_EQ(parse_answer(R"({"result":"accept"})").value().result, Result::accept);
    EXPECT_EQ(parse_answer(R"({"result":"reject"})").value().result, Result::reject);
    EXPECT_EQ(parse_answer(R"( {"result" : "unknown"} )").value().result, Result::unknown);
}

TEST(Answer, SettingsOfWhoIsLetIn) {
    const auto answer =
        parse_answer(R"({"result":"accept","policy":"p","home":"h","max_file_size":"2GiB",
                         "overwrite":"keep","expires":"2027-06-30"})")
            .value();
    EXPECT_EQ(answer.policy, "p");
    EXPECT_EQ(answer.home, "h");
    EXPECT_EQ(answer.max_file_size, "2GiB");
    EXPECT_EQ(answer.overwrite, "keep");
    EXPECT_EQ(answer.expires, "2027-06-30");
}

TEST(Answer, MoreNamesMethods) {
    using auth::Method;
    const auto answer =
        parse_answer(R"({"result":"more","missing":["totp","publickey+password"]})").value();
    EXPECT_EQ(answer.result, Result::more);
    EXPECT_EQ(answer.missing,
              (auth::Combinations{{Method::totp}, {Method::publickey, Method::password}}));
}

TEST(Answer, EverythingElseIsNone) {
    for (const std::string_view body : {"",
                                        "accept",
                                        "null",
                                        "[]",
                                        "{}",
                                        R"(["result","accept"])",
                                        R"({"result":"Accept"})",
                                        R"({"result":true})",
                                        R"({"result":"accept"} {})",
                                        R"({"result":"accept",})",
                                        R"({"result":"accept","admin":true})",
                                        R"({"result":"accept","policy":1})",
                                        R"({"result":"accept","policy":null})",
                                        R"({"result":"accept","max_file_size":5})",
                                        R"({"result":"accept","missing":["totp"]})",
                                        R"({"result":"more"})",
                                        R"({"result":"more","missing":[]})",
                                        R"({"result":"more","missing":"totp"})",
                                        R"({"result":"more","missing":["retina"]})",
                                        R"({"result":"more","missing":[1]})",
                                        R"({"result":"more","missing":[""]})",
                                        R"({"result":"more","missing":["+totp"]})",
                                        R"({"result":"more","missing":["totp+"]})",
                                        R"({"result":"reject","policy":"p"})",
                                        R"({"result":"unknown","home":"h"})"}) {
        EXPECT_NE(problem_of(body), "") << body;
    }
    EXPECT_NE(problem_of(std::string("{\"result\":\"accept\",\"policy\":\"\xff\"}")), "");
}

TEST(Answer, DepthIsBounded) {
    const std::string deep(100'000, '[');
    EXPECT_EQ(problem_of("{\"result\":" + deep), "not JSON");
}

TEST(Answer, ProblemsQuoteNothingOfTheText) {
    for (const std::string_view body :
         {R"({"result":"hunter2"})", R"({"result":"accept","hunter2":"x"})", "hunter2"}) {
        EXPECT_EQ(problem_of(body).find("hunter2"), std::string::npos) << body;
    }
}

}  // namespace
}  // namespace sallyport::hook
