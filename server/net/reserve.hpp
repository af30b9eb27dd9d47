#pragma once

#include <unistd.h>

#include <cstddef>

namespace sallyport::net {

/// A descriptor kept for when there are none left: given up for a moment, it lets the server accept
/// waiting connections and close them, so that their clients know rather than hang.
class Reserve {
  public:
    Reserve() { take(); }
    ~Reserve() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;

    /// Turns away up to `most` connections that wait at the listening, non-blocking socket; how
    /// many there were. Without a reserve, none.
    std::size_t turn_away(int listening, std::size_t most) noexcept;

  private:
    void take() noexcept;

    int descriptor_ = -1;
};

}  // namespace sallyport::net
