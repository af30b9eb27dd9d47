#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/config.hpp"
#include "server/hardening/identity.hpp"

namespace sallyport::hardening {

/// How the process is confined, for the log.
struct Status {
    std::string user;
    std::string capabilities;           ///< "none"
    std::string landlock;               ///< "version 6", or why it is not in force
    std::string seccomp;                ///< "on", or why it is not
    std::vector<std::string> warnings;  ///< sentences for the operator
};

/// Confinement of this process for the rest of its life, step by step:
/// 1. `prepare`, then open what only root may: keys, ports below 1024;
/// 2. `give_up_privileges`, then open, as the user that this leaves, what may be outside of the
///    places that a confined process reaches: log files, and the folder for state;
/// 3. `confine`, then start threads. No thread may be started before.
class Hardening {
  public:
    /// Looks up `server.user` and what the kernel has. A sentence when the configuration cannot be
    /// met: no such user, or a kernel that lacks what `server.hardening` requires. `config` must
    /// outlive this object.
    [[nodiscard]] static std::variant<Hardening, std::string> prepare(const config::Config& config);

    /// Becomes the user, drops all capabilities, and gives up new privileges and core files. On
    /// failure a sentence; the process must then end.
    [[nodiscard]] std::optional<std::string> give_up_privileges();

    /// Puts Landlock and the filter of system calls in force. On failure a sentence; the process
    /// must then end.
    [[nodiscard]] std::variant<Status, std::string> confine();

  private:
    explicit Hardening(const config::Config& config) : config_(config) {}
    [[nodiscard]] std::optional<std::string> choose_identity();
    [[nodiscard]] std::optional<std::string> look_at_kernel();
    [[nodiscard]] std::optional<std::string> confine_files();
    [[nodiscard]] std::optional<std::string> confine_system_calls();
    void warn(std::vector<std::string> sentences);

    const config::Config& config_;
    std::optional<Identity> identity_;  ///< nothing: stays who it is
    int landlock_ = 0;                  ///< version to use; 0: none
    bool has_seccomp_ = false;
    Status status_;
};

}  // namespace sallyport::hardening
