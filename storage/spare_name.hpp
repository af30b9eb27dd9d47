#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sallyport::storage {

/// The name of backup `number` of `name`, numbered as GNU tools do: "report.csv.~3~". A name too
/// long to carry the suffix is shortened.
[[nodiscard]] std::string backup_name(std::string_view name, std::uint64_t number);

/// The number of `candidate` if it is a backup of `name`, else 0.
[[nodiscard]] std::uint64_t backup_number(std::string_view name, std::string_view candidate);

/// `name` with a suffix of eight random hex digits, shortened if need be: "report.csv.5f0c9a1e".
/// Cannot be guessed.
[[nodiscard]] std::string unique_name(std::string_view name);

/// `bytes` random bytes as lower-case hex, from the system's generator.
[[nodiscard]] std::string random_hex(std::size_t bytes);

}  // namespace sallyport::storage
