#pragma once

#include <string>
#include <vector>

#include "config/readers.hpp"

namespace sallyport::config {

[[nodiscard]] Reader<auth::Policy> a_preset();
/// `list` and `download` bring `stat` along: whoever sees a folder's entries, or may read a file,
/// may ask about it, which clients do before they read.
[[nodiscard]] Reader<auth::VerbSet> some_verbs();
/// Patterns for the last component of a path, see `auth::objection_to_name_pattern`.
[[nodiscard]] Reader<std::vector<std::string>> some_name_patterns();
/// Name patterns that must not be empty as a whole, since an empty list would allow no name.
[[nodiscard]] Reader<std::vector<std::string>> some_allowed_names();
/// As `some_address_prefixes`; one at least.
[[nodiscard]] Reader<std::vector<auth::AddressPrefix>> some_prefixes();
/// One text, or a list of them, as `auth::WeeklyHours` reads it.
[[nodiscard]] Reader<auth::WeeklyHours> some_hours();
/// "ftps" and "sftp"; one at least.
[[nodiscard]] Reader<std::vector<std::string>> some_protocols();
/// Tables with `path` and `allow`.
[[nodiscard]] Reader<std::vector<RuleDraft>> some_rules();

}  // namespace sallyport::config
