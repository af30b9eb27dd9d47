#include <gtest/gtest.h>

#include <map>
#include <string>

#include "server/hardening/system_calls.hpp"

namespace sallyport::hardening {
namespace {

TEST(HardeningSystemCalls, NoCallIsInTwoLists) {
    std::map<std::string, int> lists;
    for (const auto& list :
         {allowed_calls(), calls_to_connect(), refused_calls(), deadly_calls()}) {
        for (const std::string& call : list) ++lists[call];
    }
    for (const auto& [call, count] : lists) EXPECT_EQ(count, 1) << call;
}

}  // namespace
}  // namespace sallyport::hardening
