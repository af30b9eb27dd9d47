#pragma once

#include <string>

#include "server/events/event.hpp"

namespace sallyport::events {

/// A sink that keeps the last event as "name key=value ...".
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

}  // namespace sallyport::events
