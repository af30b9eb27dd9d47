#pragma once

#include <string>

#include "config/value.hpp"

namespace sallyport::config {

/// The value as TOML, in one line.
[[nodiscard]] std::string toml_text(const Value& value);

/// `name` as a key, in quotes where it needs them.
[[nodiscard]] std::string toml_key(const std::string& name);

}  // namespace sallyport::config
