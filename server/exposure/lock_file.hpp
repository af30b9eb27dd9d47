#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "auth/password_locks.hpp"

/// What is known about passwords that crossed the network in clear.
namespace sallyport::server::exposure {

/// Locked passwords as JSON, for people to read:
/// {"version":1,"locked":[{"user":"acme","hash_sha256":"0a1b..."}]}. No password, and no hash.
/// Blocks.

/// The locks in `file`, none when there is no such file; or a sentence.
[[nodiscard]] std::variant<std::vector<auth::PasswordLocks::Lock>, std::string> read_locks(
    const std::filesystem::path& file);

/// Adds `locks` to those in `file`, at once and durably; makes its folder, for the owner alone, if
/// there is none. All that are there then; or a sentence, and the old contents are still there.
/// Two processes that do so at once, as while one hands over to the next, lose none of either's.
[[nodiscard]] std::variant<std::vector<auth::PasswordLocks::Lock>, std::string> add_locks(
    const std::filesystem::path& file, const std::vector<auth::PasswordLocks::Lock>& locks);

}  // namespace sallyport::server::exposure
