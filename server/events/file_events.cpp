#include "server/events/file_events.hpp"

#include <algorithm>

namespace sallyport::events {

using storage::VirtualPath;

namespace {

/// Bytes a second.
double rate(std::uint64_t bytes, double seconds) {
    constexpr double shortest = 1e-6;
    return static_cast<double>(bytes) / std::max(seconds, shortest);
}

}  // namespace

void FileEvents::received(const Received& file) const {
    if (policy_->is_transient(file.path)) return;
    events_.emit(Level::info, "file.received",
                 {{"path", file.path.str()},
                  {"size", static_cast<std::int64_t>(file.size)},
                  {"sha256", file.sha256},
                  {"duration", file.seconds},
                  {"rate", rate(file.bytes_now, file.seconds)},
                  {"resumed", file.resumed},
                  {"cipher", file.cipher}});
}

void FileEvents::abandoned(const VirtualPath& path, std::uint64_t size,
                           std::string_view why) const {
    events_.emit(Level::warning, "file.abandoned",
                 {{"path", path.str()},
                  {"size", static_cast<std::int64_t>(size)},
                  {"why", std::string(why)}});
}

void FileEvents::sent(const VirtualPath& path, std::uint64_t bytes, double seconds,
                      std::string cipher) const {
    events_.emit(Level::info, "file.sent",
                 {{"path", path.str()},
                  {"size", static_cast<std::int64_t>(bytes)},
                  {"duration", seconds},
                  {"rate", rate(bytes, seconds)},
                  {"cipher", std::move(cipher)}});
}

void FileEvents::unsent(const VirtualPath& path, std::uint64_t bytes, std::string_view why) const {
    events_.emit(Level::warning, "file.unsent",
                 {{"path", path.str()},
                  {"size", static_cast<std::int64_t>(bytes)},
                  {"why", std::string(why)}});
}

void FileEvents::denied(const auth::Guard::Denial& denial) const {
    events_.emit(Level::warning, "policy.denied",
                 {{"verb", std::string(name_of(denial.verb))},
                  {"path", denial.path.str()},
                  {"rule", denial.rule}});
}

void FileEvents::directory_made(const VirtualPath& path) const {
    events_.emit(Level::info, "dir.created", {{"path", path.str()}});
}

void FileEvents::directory_removed(const VirtualPath& path) const {
    events_.emit(Level::info, "dir.removed", {{"path", path.str()}});
}

void FileEvents::removed(const VirtualPath& path) const {
    events_.emit(Level::info, "file.deleted", {{"path", path.str()}});
}

void FileEvents::renamed(const VirtualPath& from, const VirtualPath& to) const {
    events_.emit(Level::info, "file.renamed", {{"path", from.str()}, {"to", to.str()}});
}

}  // namespace sallyport::events
