#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/hardening/places.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::hardening {

/// Oldest version of Landlock that will do (Linux 5.19): before, no file could be renamed from one
/// folder into another, and every upload is.
inline constexpr int least_landlock = 2;

/// The version of Landlock that the running kernel offers; 0 when it has none.
[[nodiscard]] int landlock_version();

/// What a process may still do with files, other processes and the network, enforced by the kernel
/// (man 7 landlock).
class Ruleset {
  public:
    /// Opens the places, which takes the right to do so; one that does not exist is left out. With
    /// `may_connect`, TCP connections to somewhere stay possible. `version`: `landlock_version()`.
    /// A sentence on failure.
    [[nodiscard]] static std::variant<Ruleset, std::string> make(const std::vector<Place>& places,
                                                                 bool may_connect, int version);

    /// Confines the calling thread, and those that it will start, for good. Needs "no new
    /// privileges". A sentence on failure.
    [[nodiscard]] std::optional<std::string> enforce() const;

  private:
    explicit Ruleset(storage::Descriptor rules) : rules_(std::move(rules)) {}

    storage::Descriptor rules_;
};

}  // namespace sallyport::hardening
