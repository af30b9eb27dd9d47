#include "auth/password_locks.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace sallyport::auth {
namespace {

constexpr std::string_view hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA";

TEST(PasswordLocks, DigestIsSha256InHex) {
    EXPECT_EQ(PasswordLocks::digest_of("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(PasswordLocks, HoldOneHashOfOneUser) {
    PasswordLocks locks;
    EXPECT_FALSE(locks.holds("acme", hash));
    EXPECT_TRUE(locks.add({"acme", PasswordLocks::digest_of(hash)}));
    EXPECT_TRUE(locks.holds("acme", hash));
    EXPECT_FALSE(locks.holds("acme", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$b3RoZXI"));
    EXPECT_FALSE(locks.holds("other", hash));
}

TEST(PasswordLocks, AddedTwiceIsThereOnce) {
    PasswordLocks locks;
    const PasswordLocks::Lock lock{"acme", PasswordLocks::digest_of(hash)};
    EXPECT_TRUE(locks.add(lock));
    EXPECT_FALSE(locks.add(lock));
    EXPECT_EQ(locks.all(), std::vector{lock});
}

TEST(PasswordLocks, BeginWithThoseThatAreKnown) {
    const PasswordLocks locks({{"acme", PasswordLocks::digest_of(hash)}});
    EXPECT_TRUE(locks.holds("acme", hash));
}

TEST(PasswordLocks, EarlierOnesStayLocked) {
    PasswordLocks locks({{"acme", PasswordLocks::digest_of(hash)}});
    locks.add({"acme", PasswordLocks::digest_of("later")});
    EXPECT_TRUE(locks.holds("acme", hash));
    EXPECT_TRUE(locks.holds("acme", "later"));
}

TEST(PasswordLocks, CanBeUsedBySeveralThreads) {
    PasswordLocks locks;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&locks, i] {
            for (int n = 0; n < 200; ++n) {
                const auto user = "user" + std::to_string(i) + "." + std::to_string(n);
                locks.add({user, PasswordLocks::digest_of(hash)});
                EXPECT_TRUE(locks.holds(user, hash));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(locks.all().size(), 800U);
}

}  // namespace
}  // namespace sallyport::auth
