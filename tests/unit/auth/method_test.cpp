#include "auth/method.hpp"

#include <gtest/gtest.h>

namespace sallyport::auth {
namespace {

using enum Method;

TEST(Method, NamesAreReadBack) {
    for (const Method method : all_methods) EXPECT_EQ(method_named(name_of(method)), method);
    EXPECT_FALSE(method_named("Password"));
    EXPECT_FALSE(method_named(""));
}

TEST(Methods, AreNamedInOneOrder) {
    EXPECT_EQ(str({totp, publickey}), "publickey+totp");
    EXPECT_EQ(str({password, certificate}), "certificate+password");
    EXPECT_EQ(str({}), "");
}

TEST(Combinations, AllOfOneSuffices) {
    const Combinations login{{publickey}, {password, totp}};
    EXPECT_TRUE(suffices(login, {publickey}));
    EXPECT_TRUE(suffices(login, {totp, password}));
    EXPECT_TRUE(suffices(login, {publickey, password}));
    EXPECT_FALSE(suffices(login, {password}));
    EXPECT_FALSE(suffices(login, {totp, certificate}));
    EXPECT_FALSE(suffices(login, {}));
}

TEST(Combinations, NothingNeverSuffices) {
    EXPECT_FALSE(suffices({}, {password, publickey, certificate, totp}));
    EXPECT_FALSE(suffices({Methods()}, {password}));
}

TEST(Combinations, RestIsWhatEachStillNeeds) {
    const Combinations login{{publickey}, {password, totp}, {password, publickey}};
    EXPECT_EQ(rest_of(login, {password}), (Combinations{{publickey}, {totp}}));
    EXPECT_EQ(all_of(rest_of(login, {password})), (Methods{publickey, totp}));
    EXPECT_EQ(all_of({}), Methods());
}

}  // namespace
}  // namespace sallyport::auth
