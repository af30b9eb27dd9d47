#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "server/ssh/handles.hpp"
#include "server/ssh/host_key.hpp"

namespace sallyport::server::ssh {

/// Why a host key cannot be used.
struct LoadProblem {
    std::filesystem::path file;
    std::string reason;
};

/// Host keys and algorithms, from which sessions are made. Immutable, thread-safe; sessions keep
/// what they need.
class Context {
  public:
    /// At most one key of each type.
    [[nodiscard]] static std::variant<std::shared_ptr<const Context>, LoadProblem> load(
        const std::vector<std::filesystem::path>& host_keys);

    /// A server session on the connected, non-blocking socket `descriptor`, of which it makes a
    /// copy of its own. Null when there is no memory or descriptor for it.
    [[nodiscard]] SessionHandle accept(int descriptor) const;

    /// "SHA256:... (ssh-ed25519), SHA256:... (ssh-rsa)", as clients show them.
    [[nodiscard]] const std::string& fingerprints() const { return fingerprints_; }

  private:
    Context() = default;
    [[nodiscard]] std::optional<LoadProblem> add(const std::filesystem::path& file);

    BindHandle bind_;
    mutable std::mutex mutex_;  ///< guards bind_, which libssh does not promise to leave unchanged
    std::string fingerprints_;
    std::vector<std::string> types_;
};

}  // namespace sallyport::server::ssh
