#include "server/events/file_events.hpp"

namespace sallyport::events {
namespace {

std::string_view event_of(auth::Verb verb) {
    switch (verb) {
        case auth::Verb::remove:
            return "file.deleted";
        case auth::Verb::rename:
            return "file.renamed";
        case auth::Verb::mkdir:
            return "dir.created";
        case auth::Verb::rmdir:
            return "dir.removed";
        default:
            return "file.changed";
    }
}

}  // namespace

void report_denial(const SessionEvents& events, const auth::Guard::Denial& denial) {
    events.emit(Level::warning, "policy.denied",
                {{"verb", std::string(name_of(denial.verb))},
                 {"path", denial.path.str()},
                 {"rule", denial.rule}});
}

void report_change(const SessionEvents& events, const auth::Guard::Change& change) {
    Fields fields{{"path", change.path.str()}};
    if (change.verb == auth::Verb::rename) fields.push_back({"to", change.to.str()});
    events.emit(Level::info, event_of(change.verb), std::move(fields));
}

}  // namespace sallyport::events
