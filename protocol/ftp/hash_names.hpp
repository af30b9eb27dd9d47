#pragma once

#include <optional>
#include <string_view>

#include "storage/digest.hpp"

namespace sallyport::ftp {

/// Names of digests as HASH and OPTS HASH use them, such as "SHA-256".
[[nodiscard]] std::string_view name_of(storage::DigestAlgorithm algorithm);
[[nodiscard]] std::optional<storage::DigestAlgorithm> hash_named(std::string_view name);

}  // namespace sallyport::ftp
