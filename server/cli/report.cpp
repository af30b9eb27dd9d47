#include "server/cli/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace sallyport::cli {
void print_error(std::string_view sentence) {
    std::string line(sentence);
    std::replace(line.begin(), line.end(), '\n', ' ');
    fmt::print(stderr, "sallyport: error: {}\n", line);
}

void print_findings(const std::vector<config::Problem>& problems,
                    const std::vector<config::Problem>& warnings) {
    for (const config::Problem& problem : problems) fmt::print(stderr, "{}\n", problem.str());
    for (const config::Problem& warning : warnings) {
        fmt::print(stderr, "{}\n", warning.str("warning"));
    }
}

void print_findings(const config::Loaded& loaded) {
    print_findings(loaded.problems, loaded.warnings);
}

}  // namespace sallyport::cli
