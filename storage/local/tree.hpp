#pragma once

#include "storage/local/home.hpp"
#include "storage/local/publish.hpp"
#include "storage/quota/passage.hpp"

namespace sallyport::storage {

/// Everything that a volume does with names; the blocking half of `Volume`, same contract.
/// Thread-safe.
class Tree {
  public:
    explicit Tree(std::shared_ptr<const Home> home) : home_(std::move(home)) {}

    [[nodiscard]] Result<Entry> stat(const VirtualPath& path) const;
    [[nodiscard]] Result<void> make_directory(const VirtualPath& path) const;
    [[nodiscard]] Result<void> remove_directory(const VirtualPath& path) const;
    /// `passage` leads to `path`.
    [[nodiscard]] Result<void> remove(const VirtualPath& path, const Passage& passage) const;
    /// `passage` leads from `from` to `to`.
    [[nodiscard]] Result<void> rename(const VirtualPath& from, const VirtualPath& to,
                                      Overwrite overwrite, const Passage& passage) const;
    [[nodiscard]] Result<void> set_attributes(const VirtualPath& path,
                                              const AttributeChange& change) const;
    [[nodiscard]] Result<std::string> digest(const VirtualPath& path, DigestAlgorithm algorithm,
                                             std::uint64_t first, std::uint64_t last) const;
    [[nodiscard]] Result<Space> space() const;

  private:
    [[nodiscard]] Result<void> remove_published(const VirtualPath& path,
                                                const Passage& passage) const;
    [[nodiscard]] Result<void> move(const VirtualPath& from, const VirtualPath& to,
                                    Overwrite overwrite, const Passage& passage) const;
    void move_back(const Place& from, const Place& to, const Placed& placed, const Usage& usage,
                   const Passage& passage) const;
    [[nodiscard]] Result<Usage> usage_of(const Place& source, const Passage& passage) const;

    std::shared_ptr<const Home> home_;
};

}  // namespace sallyport::storage
