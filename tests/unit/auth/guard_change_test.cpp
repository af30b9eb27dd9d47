#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auth/guard.hpp"
#include "storage/memory/memory_backend.hpp"
#include "tests/support/run.hpp"

namespace sallyport::auth {
namespace {

using storage::VirtualPath;
using test::run;
using testing::ElementsAre;
using testing::IsEmpty;

/// A guard over an empty memory volume, and the changes it reports as "verb path to".
class GuardChangeTest : public testing::Test {
  protected:
    GuardChangeTest() {
        auto volume = run(backend_.open_volume({.owner = "acme", .home = "acme"}));
        guard_ = std::make_unique<Guard>(
            *volume, std::make_shared<const Policy>(*preset_named("full")),
            [](const Guard::Denial&) {},
            [this](const Guard::Change& change) {
                changes_.push_back(std::string(name_of(change.verb)) + " " + change.path.str() +
                                   " " + change.to.str());
            });
    }
    static VirtualPath path(std::string_view text) { return *VirtualPath::parse(text); }

    storage::MemoryBackend backend_;
    std::unique_ptr<Guard> guard_;
    std::vector<std::string> changes_;
};

TEST_F(GuardChangeTest, EachSuccessIsReportedOnce) {
    ASSERT_TRUE(run(guard_->make_directory(path("/in"))));
    ASSERT_TRUE(run(guard_->rename(path("/in"), path("/out"), storage::Overwrite::deny)));
    ASSERT_TRUE(run(guard_->remove_directory(path("/out"))));
    EXPECT_THAT(changes_, ElementsAre("mkdir /in /", "rename /in /out", "rmdir /out /"));
}

TEST_F(GuardChangeTest, FailuresAreNotReported) {
    EXPECT_FALSE(run(guard_->remove(path("/missing"))));
    EXPECT_FALSE(run(guard_->rename(path("/missing"), path("/x"), storage::Overwrite::deny)));
    EXPECT_FALSE(run(guard_->remove_directory(path("/missing"))));
    EXPECT_THAT(changes_, IsEmpty());
}

}  // namespace
}  // namespace sallyport::auth
