#include <gtest/gtest.h>

#include "server/events/file_events.hpp"
#include "tests/unit/server/recorder.hpp"

namespace sallyport::events {
namespace {

using auth::Verb;

class FileEventsTest : public testing::Test {
  protected:
    std::string change(Verb verb, std::string_view from, std::string_view to = "/") {
        report_change(events_, {verb, path(from), path(to)});
        return recorder_.text_;
    }
    static storage::VirtualPath path(std::string_view text) {
        return *storage::VirtualPath::parse(text);
    }

    Recorder recorder_;
    SessionEvents events_{recorder_, "s", "ftps", "a"};
};

TEST_F(FileEventsTest, ChangesHaveTheirNames) {
    const std::string session = " session=s protocol=ftps address=a";
    EXPECT_EQ(change(Verb::remove, "/x"), "file.deleted" + session + " path=/x");
    EXPECT_EQ(change(Verb::rename, "/x", "/y"), "file.renamed" + session + " path=/x to=/y");
    EXPECT_EQ(change(Verb::mkdir, "/d"), "dir.created" + session + " path=/d");
    EXPECT_EQ(change(Verb::rmdir, "/d"), "dir.removed" + session + " path=/d");
}

TEST_F(FileEventsTest, DenialsNameVerbPathAndRule) {
    report_denial(events_, {Verb::download, path("/x"), "policy p"});
    EXPECT_EQ(recorder_.level_, Level::warning);
    EXPECT_EQ(
        recorder_.text_,
        "policy.denied session=s protocol=ftps address=a verb=download path=/x rule=policy p");
}

}  // namespace
}  // namespace sallyport::events
