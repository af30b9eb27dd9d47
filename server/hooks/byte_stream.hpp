#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "config/hook_url.hpp"
#include "server/net/wait.hpp"
#include "server/tls/client_context.hpp"

/// Asking a hook: an HTTP server that knows users.
namespace sallyport::server::hooks {

/// An open connection to a hook. One reader and one writer at a time; spans must live until the
/// operation completes.
class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// All of `data`; false when that cannot be done by `deadline`.
    virtual Async<bool> write(std::span<const std::byte> data, net::SteadyTime deadline) = 0;
    /// At least one byte, up to `into.size()`; 0 at the end; nothing on failure.
    virtual Async<std::optional<std::size_t>> read_some(std::span<std::byte> into,
                                                        net::SteadyTime deadline) = 0;
};

/// Or a sentence part that says why there is none.
using Opened = std::variant<std::unique_ptr<ByteStream>, std::string>;

/// Connects to where `url` says, inside TLS if that is what it says. `context`: for that, null
/// otherwise. Both must live until it is open. Runs on the executor of whoever awaits it.
Async<Opened> open_stream(const config::HookUrl& url,
                          std::shared_ptr<const tls::ClientContext> context,
                          net::SteadyTime deadline);

}  // namespace sallyport::server::hooks
