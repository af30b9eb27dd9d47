#include "storage/local/running_digest.hpp"

#include <algorithm>

#include "storage/local/file_bytes.hpp"

namespace sallyport::storage {

Result<void> RunningDigest::wrote(const Descriptor& file, std::uint64_t offset,
                                  std::span<const std::byte> data) {
    if (!in_order_) return {};
    if (offset < hashed_) {
        start_over();
        in_order_ = false;
        return {};
    }
    if (hashed_ == 0 && offset == kept_ && kept_ > 0) {
        const auto caught_up = digest_range(file, 0, kept_, digest_);
        if (!caught_up) return caught_up;
        hashed_ = kept_;
    }
    if (offset == hashed_) {
        digest_.update(data);
        hashed_ += data.size();
    }
    return {};
}

void RunningDigest::truncated(std::uint64_t size) {
    kept_ = std::min(kept_, size);
    if (size < hashed_) {
        start_over();
        in_order_ = false;
    }
    // Clients that open a file and then cut it to nothing send it from the beginning.
    if (size == 0) in_order_ = true;
}

void RunningDigest::start_over() {
    digest_ = Digest(DigestAlgorithm::sha256);
    hashed_ = 0;
}

Result<std::string> RunningDigest::finish(const Descriptor& file, std::uint64_t size) {
    const auto caught_up = digest_range(file, hashed_, size, digest_);
    if (!caught_up) return caught_up.error();
    return digest_.finish();
}

}  // namespace sallyport::storage
