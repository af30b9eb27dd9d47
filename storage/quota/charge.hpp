#pragma once

#include <memory>

#include "storage/quota/ledger.hpp"

namespace sallyport::storage {

/// Whose stash takes new bytes, and which quota must have room for them.
struct Purse {
    std::shared_ptr<Ledger> ledger;
    std::shared_ptr<Stash> stash;
    std::shared_ptr<Account> account;  ///< null: no quota
};

/// What one upload has reserved: its bytes, and itself as one file. Given back on destruction
/// unless it was handed over. Movable, not thread-safe.
class Charge {
  public:
    Charge() = default;  ///< nothing, of nobody
    Charge(Charge&& other) noexcept
        : purse_(std::move(other.purse_)), held_(std::exchange(other.held_, Usage())) {}
    Charge& operator=(Charge&&) = delete;
    ~Charge() { give_back(); }

    /// Reserves one file: `quota_exceeded` unless there is room for it and `announced` bytes.
    [[nodiscard]] static Result<Charge> begin(const Purse& purse, std::uint64_t announced);
    /// Takes over a partial of `bytes` bytes.
    [[nodiscard]] static Charge adopt(const Purse& purse, std::uint64_t bytes);

    /// Reserves bytes before they are written: `quota_exceeded` changes nothing.
    [[nodiscard]] Result<void> grow(std::uint64_t bytes);
    void shrink(std::uint64_t bytes);

    /// It has become a partial, in the place of an older one of that much.
    void became_partial(const Usage& replaced);
    /// It has been published where `meters` count; what that was.
    Usage became_published(const Meters& meters);

  private:
    Charge(Purse purse, Usage held) : purse_(std::move(purse)), held_(held) {}
    void give_back();

    Purse purse_;
    Usage held_;
};

}  // namespace sallyport::storage
