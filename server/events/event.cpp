#include "server/events/event.hpp"

#include <iterator>

namespace sallyport::events {

void SessionEvents::emit(Level level, std::string_view name, Fields fields) const noexcept {
    try {
        Fields all;
        all.reserve(fields.size() + 4);
        all.push_back({"session", session_});
        all.push_back({"protocol", protocol_});
        all.push_back({"address", address_});
        if (!user_.empty()) all.push_back({"user", user_});
        std::move(fields.begin(), fields.end(), std::back_inserter(all));
        sink_.emit(level, name, all);
    } catch (...) {
        // Out of memory: that it happened is worth more than to whom.
        sink_.emit(level, name, {});
    }
}

void SessionEvents::close(std::string_view reason) const {
    const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - opened_;
    emit(Level::info, "session.close",
         {{"reason", std::string(reason)}, {"duration", lasted.count()}});
}

}  // namespace sallyport::events
