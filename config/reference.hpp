#pragma once

#include <string>

namespace sallyport::config {

/// The configuration reference, docs/configuration.md, made from the schema that the loader uses.
[[nodiscard]] std::string reference_markdown();

}  // namespace sallyport::config
