#pragma once

#include <cstddef>
#include <string_view>

#include "protocol/sftp/outcome.hpp"
#include "protocol/sftp/packet_decoder.hpp"
#include "protocol/sftp/session_state.hpp"

namespace sallyport::sftp {

/// One SFTP channel: packets in, outcomes out (draft-ietf-secsh-filexfer-02, and the extensions in
/// `extension_table`). Pure: no socket, clock or thread. One packet at a time: the next one is
/// handled when the task of the one before has ended. Stays at its address, since tasks refer to
/// it, and must outlive them.
class Session {
  public:
    explicit Session(SessionOptions options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Answers one packet. A request that is malformed, unknown or refused is answered and the
    /// session goes on; only a peer that does not keep to the handshake is closed.
    [[nodiscard]] Outcome handle(Packet packet);

    /// Makes a long task (copy-data, check-file) end early with FAILURE. For a driver whose channel
    /// has closed: wait for the task, then call `end`.
    void interrupt() { state_.interrupted = true; }

    /// Gives up all that is open; uploads are kept as partials for their owner to resume. Call it
    /// when the channel is closed and no task runs. Without it open uploads are discarded.
    /// `why` goes into the reports; it must live until this completes.
    Async<void> end(std::string_view why);

    [[nodiscard]] std::size_t open_handles() const { return state_.handles.size(); }

  private:
    SessionState state_;
};

}  // namespace sallyport::sftp
