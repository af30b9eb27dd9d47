#include <gtest/gtest.h>

#include "server/events/event.hpp"
#include "tests/unit/server/recorder.hpp"

namespace sallyport::events {
namespace {

TEST(SessionEvents, NamesTheSessionBeforeTheFields) {
    Recorder recorder;
    const SessionEvents events(recorder, "s1", "ftps", "192.0.2.7");
    events.emit(Level::warning, "auth.fail", {{"reason", "password"}});
    EXPECT_EQ(recorder.level_, Level::warning);
    EXPECT_EQ(recorder.text_,
              "auth.fail session=s1 protocol=ftps address=192.0.2.7 reason=password");
}

TEST(SessionEvents, NamesTheUserOnceKnown) {
    Recorder recorder;
    SessionEvents events(recorder, "s1", "ftps", "192.0.2.7");
    events.set_user("acme");
    events.emit(Level::info, "session.close");
    EXPECT_EQ(recorder.text_, "session.close session=s1 protocol=ftps address=192.0.2.7 user=acme");
}

}  // namespace
}  // namespace sallyport::events
