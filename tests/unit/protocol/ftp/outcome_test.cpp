#include "protocol/ftp/outcome.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sallyport::ftp {
namespace {

TEST(ReplyToDataFailure, EveryFailureHasItsCode) {
    using enum DataFailure;
    const std::map<DataFailure, int> expected{
        {no_connection, 425}, {tls_failed, 425}, {not_resumed, 522}, {truncated, 426},
        {stalled, 426},       {broken, 426},     {aborted, 426},
    };
    ASSERT_EQ(expected.size(), static_cast<std::size_t>(aborted) + 1) << "a failure is missing";
    std::set<std::string_view> words;
    for (const auto& [failure, code] : expected) {
        EXPECT_EQ(reply_to(failure).code, code) << describe(failure);
        EXPECT_FALSE(describe(failure).empty());
        words.insert(describe(failure));
    }
    EXPECT_EQ(words.size(), expected.size()) << "two failures read the same in the log";
}

TEST(ReplyToDataFailure, SaysWhatToChange) {
    EXPECT_NE(reply_to(DataFailure::truncated).text.find("close_notify"), std::string::npos);
    EXPECT_NE(reply_to(DataFailure::truncated).text.find("nothing was published"),
              std::string::npos);
    EXPECT_NE(reply_to(DataFailure::not_resumed).text.find("resume"), std::string::npos);
}

}  // namespace
}  // namespace sallyport::ftp
