#pragma once

#include <string_view>
#include <vector>

#include "config/load.hpp"

namespace sallyport::cli {

/// One line on standard error: "sallyport: error: SENTENCE". Line breaks in `sentence` become
/// spaces.
void print_error(std::string_view sentence);

/// Problems as "file:line:column: error: ...", warnings as "file:line:column: warning: ...", one
/// line each, on standard error.
void print_findings(const std::vector<config::Problem>& problems,
                    const std::vector<config::Problem>& warnings);
void print_findings(const config::Loaded& loaded);

}  // namespace sallyport::cli
