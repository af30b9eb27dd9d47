#include "storage/error.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>

namespace sallyport::storage {
namespace {

TEST(Error, EachHasATextOfItsOwn) {
    std::set<std::string_view> texts;
    const int last = static_cast<int>(Error::io);
    for (int error = 0; error <= last; ++error) texts.insert(describe(static_cast<Error>(error)));
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(last) + 1);
    EXPECT_FALSE(texts.contains("unknown error"));
}

TEST(Error, TakingTheValueOfAFailureIsALogicError) {
    const Result<int> failed = Error::no_space;
    try {
        static_cast<void>(failed.value());
        FAIL() << "nothing was thrown";
    } catch (const std::logic_error& error) {
        EXPECT_NE(std::string(error.what()).find("no space left"), std::string::npos);
    }
}

}  // namespace
}  // namespace sallyport::storage
