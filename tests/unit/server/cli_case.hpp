#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "server/cli/cli.hpp"

namespace sallyport::cli {

struct Result {
    int status;
    std::string out;
    std::string err;
};

/// `sallyport ARGUMENTS...`, in this process.
inline Result run_with(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"sallyport"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run(static_cast<int>(words.size()), pointers.data());
    std::string out = testing::internal::GetCapturedStdout();
    return {status, std::move(out), testing::internal::GetCapturedStderr()};
}

/// A folder that is gone after the test.
class CliTest : public testing::Test {
  protected:
    CliTest() {
        std::string pattern = testing::TempDir() + "sallyport-cli-XXXXXX";
        dir_ = ::mkdtemp(pattern.data());
    }
    ~CliTest() override { std::filesystem::remove_all(dir_); }

    static mode_t mode_of(const std::filesystem::path& file) {
        struct stat status {};
        return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
    }
    static std::string text_of(const std::filesystem::path& file) {
        std::ifstream stream(file);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    std::filesystem::path dir_;
};

}  // namespace sallyport::cli
