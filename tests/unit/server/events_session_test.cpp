#include <gtest/gtest.h>

#include "server/events/event.hpp"

namespace sallyport::events {
namespace {

class Recorder final : public Sink {
  public:
    void emit(Level level, std::string_view name, const Fields& fields) noexcept override {
        level_ = level;
        text_ = std::string(name);
        for (const Field& field : fields) {
            text_ += " " + std::string(field.key);
            if (const auto* value = std::get_if<std::string>(&field.value)) text_ += "=" + *value;
        }
    }
    Level level_ = Level::debug;
    std::string text_;
};

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
