#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "protocol/ftp/line_decoder.hpp"
#include "server/net/wait.hpp"
#include "server/tls/stream.hpp"

namespace sallyport::server::ftps {

/// Command lines of a control connection, read while earlier ones are still being worked on.
/// Bounded: a client that sends faster than it is served waits. One thread.
class Inbox {
  public:
    /// `changed` is notified for each line and at the end of the stream. `on_line` sees each line
    /// as it arrives, before its turn.
    Inbox(tls::Stream& stream, net::Event& changed,
          std::function<void(const ftp::Decoded&)> on_line);

    /// Reads until the stream ends or a line makes going on pointless. Run it once, beside the
    /// consumer.
    Async<void> run();
    /// Lets `run` end once the stream is aborted.
    void close();

    [[nodiscard]] const ftp::Decoded* front() const {
        return lines_.empty() ? nullptr : &lines_.front();
    }
    [[nodiscard]] ftp::Decoded pop();
    /// No further line will come.
    [[nodiscard]] bool ended() const { return ended_; }

  private:
    Async<void> read();
    Async<bool> wait_for_room();

    tls::Stream& stream_;
    net::Event& changed_;
    std::function<void(const ftp::Decoded&)> on_line_;
    net::Event room_;
    ftp::LineDecoder decoder_;
    std::deque<ftp::Decoded> lines_;
    bool ended_ = false;
    bool closed_ = false;
};

}  // namespace sallyport::server::ftps
