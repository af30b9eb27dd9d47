#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/quota/gate.hpp"
#include "storage/quota/usage.hpp"

namespace sallyport::storage {

/// How much is published in one folder and below. The numbers belong to the ledger.
class Meter {
  public:
    explicit Meter(std::string folder) : folder_(std::move(folder)) {}

    /// Absolute path, canonical.
    [[nodiscard]] const std::string& folder() const { return folder_; }
    /// Closed while the folder is counted.
    [[nodiscard]] Gate& gate() { return gate_; }
    /// Held from before a file is looked at until its change is counted, so that two changes of one
    /// file do not both count what was there before.
    [[nodiscard]] std::mutex& changing() { return changing_; }

  private:
    friend class Ledger;

    const std::string folder_;
    Gate gate_;
    std::mutex changing_;
    // Guarded by the ledger's mutex:
    Usage usage_;
    bool counting_ = false;
    bool counted_ = false;
    std::chrono::steady_clock::time_point began_;
    std::chrono::steady_clock::time_point ended_;
};
using Meters = std::vector<std::shared_ptr<Meter>>;

/// What one owner has in the staging area of one home: uploads under way and partials. The numbers
/// belong to the ledger.
class Stash {
  private:
    friend class Ledger;

    Usage under_way_;
    Usage partials_;
};

/// Everything that one quota is about. The content belongs to the ledger.
class Account {
  private:
    friend class Ledger;

    Usage limit_;
    Meters meters_;
    Meters outermost_;  ///< those that lie in no other one: what is in both counts once
    std::vector<std::shared_ptr<Stash>> stashes_;
};

}  // namespace sallyport::storage
