#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "server/tls/context.hpp"

namespace sallyport::tls {

/// How this server is a TLS client (TLS 1.2 and 1.3): to a host that proves its name by a
/// certificate of a trusted authority, and to no other. Immutable and thread-safe.
class ClientContext {
  public:
    /// Trusts the authorities in the PEM file `ca`, or those of the system when it is empty.
    /// Blocks.
    [[nodiscard]] static std::variant<std::shared_ptr<const ClientContext>, LoadProblem> load(
        const std::filesystem::path& ca);

    /// A TLS object on `descriptor`, which stays the caller's. `host`: the name or IP address that
    /// the certificate must be for. Null when memory is short.
    [[nodiscard]] SslHandle make_connection(int descriptor, const std::string& host) const;

  private:
    struct ContextDeleter {
        void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    };

    ClientContext() = default;

    std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

}  // namespace sallyport::tls
