#pragma once

#include <functional>

#include "server/events/file_events.hpp"
#include "storage/forwarding_volume.hpp"

namespace sallyport::events {

/// What the connection that brings or takes a file is encrypted with, at the time of the call.
using CipherName = std::function<std::string()>;

/// A volume that raises the events of changed names, the same for every door: `file.deleted`,
/// `file.renamed`, `dir.created`, `dir.removed`, and `file.received` when a file is renamed from a
/// name that its policy calls transient to a lasting one. Belongs to one session and is used on its
/// thread.
class ReportingVolume final : public storage::ForwardingVolume {
  public:
    /// Whether `file.received` after a rename tells the SHA-256, for which a file may have to be
    /// read.
    enum class Digests { told, left_out };

    ReportingVolume(std::shared_ptr<storage::Volume> volume, FileEvents events, CipherName cipher,
                    Digests digests);

    Async<storage::Result<void>> make_directory(const storage::VirtualPath& path) override;
    Async<storage::Result<void>> remove_directory(const storage::VirtualPath& path) override;
    Async<storage::Result<void>> remove(const storage::VirtualPath& path) override;
    Async<storage::Result<void>> rename(const storage::VirtualPath& from,
                                        const storage::VirtualPath& to,
                                        storage::Overwrite overwrite) override;

  private:
    /// `file.received` of a file that just lost its transient name.
    Async<void> report_arrival(const storage::VirtualPath& path);

    FileEvents events_;
    CipherName cipher_;
    Digests digests_;
};

}  // namespace sallyport::events
