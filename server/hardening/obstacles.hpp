#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"

namespace sallyport::hardening {

/// Which files the process, as it is now, cannot read that a reload reads: a sentence for each.
/// `user`: who it runs as, for people.
[[nodiscard]] std::vector<std::string> obstacles_to_reload(const config::Config& config,
                                                           const std::string& user);

/// The folders for files and state that it cannot write to, likewise.
[[nodiscard]] std::vector<std::string> obstacles_to_writing(const config::Config& config,
                                                            const std::string& user);

/// What could be arranged better, a sentence for each: what a confined server can change although
/// it should only read it, and what it can read only until another file takes its place.
[[nodiscard]] std::vector<std::string> weaknesses_of(const config::Config& config);

/// What `sallyport check` says about confinement, a sentence for each: an unknown `server.user`,
/// files and folders that this user cannot use, and weaknesses. Root only finds out by becoming the
/// user: the process must do nothing else afterwards.
[[nodiscard]] std::vector<std::string> try_out(const config::Config& config);

}  // namespace sallyport::hardening
