#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "storage/quota/ledger.hpp"

namespace sallyport::storage {

/// Says that files are about to change, to the meters that count there: keeps them from beginning
/// to count meanwhile, and takes the change down. Movable; leaves on destruction.
class Passage {
  public:
    Passage() = default;  ///< where nothing is counted
    Passage(Passage&&) noexcept = default;
    Passage& operator=(Passage&& other) noexcept;
    ~Passage() { leave(); }

    /// Waits while a meter of `from` or `to`, files or folders, is counting.
    static Async<Passage> through(std::shared_ptr<Ledger> ledger, std::string from, std::string to);
    /// As above, where nothing moves: `from` and `to` are the same meters.
    static Async<Passage> through(std::shared_ptr<Ledger> ledger, std::string path);

    using Locks = std::array<std::unique_lock<std::mutex>, 2>;
    /// To be held from before what is there is looked at until the change is taken down. Blocks
    /// while another change is there.
    [[nodiscard]] Locks exclusively() const;
    /// Files came to `to` or went from there.
    void changed(const Usage& added, const Usage& removed) const;
    /// A file went from `from` to `to`, where another one may have gone away.
    void moved(const Usage& file, const Usage& replaced) const;
    /// That file went back again.
    void moved_back(const Usage& file) const;
    [[nodiscard]] bool crosses_meters() const { return from_ != to_; }
    /// The meters that count at both ends, or at one.
    [[nodiscard]] const Meters& from() const { return from_; }
    [[nodiscard]] const Meters& to() const { return to_; }

  private:
    void leave();

    std::shared_ptr<Ledger> ledger_;
    Meters entered_;
    Meters from_;
    Meters to_;
};

}  // namespace sallyport::storage
