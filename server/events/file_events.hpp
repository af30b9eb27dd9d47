#pragma once

#include <chrono>

#include "auth/guard.hpp"
#include "server/events/event.hpp"

/// The events about files: the same names and fields for every door.
namespace sallyport::events {

/// Measures one transfer.
class Stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// A file that is there now, whole: published, or renamed from a transient name to a lasting one.
struct Received {
    storage::VirtualPath path;
    std::uint64_t size = 0;
    std::string sha256;  ///< lower-case hex; empty when digests are off
    std::string cipher;
    std::uint64_t bytes_now = 0;  ///< of `size`, what this transfer brought
    double seconds = 0;           ///< that it took
    bool resumed = false;
};
/// Raises the events about the files of one session.
class FileEvents {
  public:
    /// `events` must outlive this object.
    FileEvents(const SessionEvents& events, std::shared_ptr<const auth::Policy> policy)
        : events_(events), policy_(std::move(policy)) {}

    /// `file.received`, unless the policy calls the name transient.
    void received(const Received& file) const;
    /// `file.abandoned`: an upload of which nothing was published.
    void abandoned(const storage::VirtualPath& path, std::uint64_t size,
                   std::string_view why) const;
    /// `file.sent`: `bytes` of a file went to the client.
    void sent(const storage::VirtualPath& path, std::uint64_t bytes, double seconds,
              std::string cipher) const;
    /// `file.unsent`: a download that did not come to its end, after `bytes`.
    void unsent(const storage::VirtualPath& path, std::uint64_t bytes, std::string_view why) const;
    /// `policy.denied`.
    void denied(const auth::Guard::Denial& denial) const;

    void directory_made(const storage::VirtualPath& path) const;
    void directory_removed(const storage::VirtualPath& path) const;
    void removed(const storage::VirtualPath& path) const;
    void renamed(const storage::VirtualPath& from, const storage::VirtualPath& to) const;

    [[nodiscard]] const auth::Policy& policy() const { return *policy_; }

  private:
    const SessionEvents& events_;
    std::shared_ptr<const auth::Policy> policy_;
};

}  // namespace sallyport::events
