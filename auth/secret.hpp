#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace sallyport::auth {

/// A password or key that cannot be printed by accident and does not outlive its use.
///
/// Held in memory that is wiped on destruction and when overwritten; a moved-from secret is empty.
/// It has no stream operator, no formatter and no implicit conversion; `reveal` is the one way to
/// the bytes and easy to search for.
class Secret {
  public:
    Secret() = default;
    /// Copies `text`; the caller wipes its own copy.
    explicit Secret(std::string_view text);
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret();

    /// Valid as long as this object is and is not moved from.
    [[nodiscard]] std::string_view reveal() const { return {bytes_.get(), size_}; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    void wipe() noexcept;

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace sallyport::auth
