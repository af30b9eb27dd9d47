#pragma once

#include <memory>
#include <string>
#include <variant>

#include "protocol/ftp/outcome.hpp"
#include "server/events/file_events.hpp"
#include "server/ftps/data_channel.hpp"
#include "storage/backend.hpp"

namespace sallyport::server::ftps {

/// Bytes of each of the two buffers of a transfer: while one is on the network side, the other is
/// on the disk side. Bounds the memory of a transfer.
inline constexpr std::size_t transfer_buffer_bytes = 256 * 1024;

/// One transfer that storage has agreed to. `run` once, after its opening reply was sent.
class Transfer {
  public:
    virtual ~Transfer() = default;
    /// The 150 reply (RFC 959 section 5.4).
    [[nodiscard]] virtual ftp::Reply opening() const = 0;
    /// Moves the bytes and yields the final reply. `data` must live until then.
    virtual Async<ftp::Reply> run(DataChannel& data) = 0;
};

/// A transfer, or the reply that refuses it.
using Prepared = std::variant<std::unique_ptr<Transfer>, ftp::Reply>;

/// Asks storage first, so that what cannot succeed fails before a data connection is made. `volume`
/// and `events` must outlive the transfer.
Async<Prepared> prepare(ftp::Transfer request, storage::Volume& volume,
                        const events::FileEvents& events);

Async<Prepared> prepare_receive(ftp::Receive request, storage::Volume& volume,
                                const events::FileEvents& events);
Async<Prepared> prepare_send(ftp::Send request, storage::Volume& volume,
                             const events::FileEvents& events);
Async<Prepared> prepare_listing(ftp::SendListing request, storage::Volume& volume);

}  // namespace sallyport::server::ftps
