#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// Collects problems while a configuration is read. Texts must not hold values of secret keys.
class Report {
  public:
    void error(const Position& at, std::string text);
    void warn(const Position& at, std::string text);
    [[nodiscard]] bool failed() const { return !errors_.empty(); }

    /// Sorted by file, line and column.
    [[nodiscard]] std::vector<Problem> errors() const;
    [[nodiscard]] std::vector<Problem> warnings() const;

  private:
    std::vector<Problem> errors_;
    std::vector<Problem> warnings_;
};

/// `text` in double quotes for a message: control bytes as \xNN, no longer than a line can bear.
[[nodiscard]] std::string quote(std::string_view text);

/// "file:line:column" for a message that points at a second place.
[[nodiscard]] std::string str(const Position& at);

}  // namespace sallyport::config
