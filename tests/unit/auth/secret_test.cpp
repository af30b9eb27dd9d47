#include "auth/secret.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <ostream>
#include <type_traits>

namespace sallyport::auth {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(!Printable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string_view, Secret>);
static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);

TEST(Secret, RevealsWhatItWasMadeOf) {
    EXPECT_EQ(Secret("open sesame").reveal(), "open sesame");
    EXPECT_EQ(Secret(std::string_view("a\0b", 3)).size(), 3U);
}

TEST(Secret, DefaultIsEmpty) {
    EXPECT_TRUE(Secret().empty());
    EXPECT_EQ(Secret().reveal(), "");
}

TEST(Secret, MovedFromIsEmpty) {
    Secret first("one");
    const Secret second(std::move(first));
    EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(second.reveal(), "one");
}

TEST(Secret, AssignmentReplaces) {
    Secret secret("one");
    secret = Secret("second");
    EXPECT_EQ(secret.reveal(), "second");
}

TEST(Secret, AssignmentToItselfKeepsIt) {
    Secret secret("one");
    Secret& same = secret;
    secret = std::move(same);
    EXPECT_EQ(secret.reveal(), "one");
}

/// What was left in the block that `watch` names when it was freed.
struct Watched {
    const void* block = nullptr;
    std::size_t size = 0;
    bool freed = false;
    bool wiped = false;
};
thread_local Watched watched;

void watch(const Secret& secret) {
    watched = {secret.reveal().data(), secret.size(), false, false};
}

void look_before_free(const void* block) {
    if (block == nullptr || block != watched.block) return;
    const std::string_view left(static_cast<const char*>(block), watched.size);
    watched.freed = true;
    watched.wiped = left.find_first_not_of('\0') == std::string_view::npos;
    watched.block = nullptr;
}

TEST(Secret, IsWipedOnDestruction) {
    {
        const Secret secret("open sesame");
        watch(secret);
    }
    EXPECT_TRUE(watched.freed);
    EXPECT_TRUE(watched.wiped);
}

TEST(Secret, IsWipedWhenOverwritten) {
    Secret secret("open sesame");
    watch(secret);
    secret = Secret("another");
    EXPECT_TRUE(watched.freed);
    EXPECT_TRUE(watched.wiped);
}

}  // namespace
}  // namespace sallyport::auth

void* operator new[](std::size_t size) {
    void* const block = std::malloc(size == 0 ? 1 : size);
    if (block == nullptr) throw std::bad_alloc();
    return block;
}
void operator delete[](void* block) noexcept {
    sallyport::auth::look_before_free(block);
    std::free(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    operator delete[](block);
}
