#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/load.hpp"

namespace sallyport::config {

/// What a configuration needs at least, apart from users. Ten lines.
inline constexpr std::string_view minimal = R"([tls]
certificate = "cert.pem"
key = "key.pem"

[storage]
root = "files"

[[listener]]
protocol = "ftps"
address = "127.0.0.1:2121"
)";

/// `minimal` with `more` behind it, whose first line is line 11.
inline std::string after_minimal(std::string_view more) {
    std::string text(minimal);
    return text.append(more);
}

/// A hash of the standard cost.
inline constexpr std::string_view standard_hash =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$"
    "ApULVYDZxJCfeJZ/s6a/6fCDntZLkysRiroh7IlwWyk";

/// A folder of configuration files that is gone after the test, with certificate and key in place.
class ConfigFiles : public testing::Test {
  protected:
    ConfigFiles() {
        std::string name = (std::filesystem::temp_directory_path() / "sallyport-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = name;
        write("cert.pem", "");
        write("key.pem", "", 0600);
    }
    ~ConfigFiles() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, std::string_view text, mode_t mode = 0644) const {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
        ::chmod((folder_ / name).c_str(), mode);
    }

    [[nodiscard]] Loaded load_text(std::string_view text) const {
        write("main.toml", text);
        return load(folder_ / "main.toml");
    }

    /// Problems of `after_minimal(more)`, as printed, without the folder.
    [[nodiscard]] std::vector<std::string> problems_of(std::string_view more) const {
        return printed(load_text(after_minimal(more)).problems);
    }
    [[nodiscard]] std::vector<std::string> problems_of_whole(std::string_view text) const {
        return printed(load_text(text).problems);
    }
    [[nodiscard]] std::vector<std::string> warnings_of(std::string_view more) const {
        const auto loaded = load_text(after_minimal(more));
        EXPECT_TRUE(loaded.problems.empty());
        return printed(loaded.warnings, "warning");
    }

    [[nodiscard]] std::vector<std::string> printed(const std::vector<Problem>& problems,
                                                   std::string_view kind = "error") const {
        std::vector<std::string> lines;
        const std::string prefix = folder_.native() + "/";
        for (const Problem& problem : problems) {
            std::string line = problem.str(kind);
            for (auto at = line.find(prefix); at != std::string::npos; at = line.find(prefix)) {
                line.erase(at, prefix.size());
            }
            lines.push_back(std::move(line));
        }
        return lines;
    }

    std::filesystem::path folder_;
};

}  // namespace sallyport::config
