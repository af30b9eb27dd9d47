#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.hpp"
#include "config/value.hpp"

namespace sallyport::config {

/// Collects problems while a configuration is read, and what was read. Texts must not hold values
/// of secret keys; control bytes in them become \xNN, so that a problem is one line.
class Report {
  public:
    void error(const Position& at, std::string_view text);
    void warn(const Position& at, std::string_view text);
    /// A file that is part of the configuration, whether or not it can be read.
    void uses_file(std::filesystem::path file) { sources_.files.push_back(std::move(file)); }
    /// A folder in which files may appear that will be part of it.
    void uses_folder(std::filesystem::path folder) {
        sources_.folders.push_back(std::move(folder));
    }
    [[nodiscard]] bool failed() const { return !errors_.empty(); }

    /// Sorted by file, line and column.
    [[nodiscard]] std::vector<Problem> errors() const;
    [[nodiscard]] std::vector<Problem> warnings() const;
    [[nodiscard]] const Sources& sources() const { return sources_; }

  private:
    std::vector<Problem> errors_;
    std::vector<Problem> warnings_;
    Sources sources_;
};

/// `text` in double quotes for a message: control bytes as \xNN, no longer than a line can bear.
[[nodiscard]] std::string quote(std::string_view text);

/// "file:line:column" for a message that points at a second place.
[[nodiscard]] std::string str(const Position& at);

}  // namespace sallyport::config
