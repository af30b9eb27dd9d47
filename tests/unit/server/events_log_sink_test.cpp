#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "server/events/log_sink.hpp"

namespace sallyport::events {
namespace {

class LogSinkTest : public testing::Test {
  protected:
    LogSinkTest() {
        std::string pattern = testing::TempDir() + "sallyport-log-XXXXXX";
        dir_ = ::mkdtemp(pattern.data());
        options_.file = (dir_ / "log").string();
    }
    ~LogSinkTest() override { std::filesystem::remove_all(dir_); }

    static std::vector<std::string> lines_of(const std::filesystem::path& file) {
        std::ifstream stream(file);
        std::vector<std::string> lines;
        for (std::string line; std::getline(stream, line);) lines.push_back(line);
        return lines;
    }
    std::vector<std::string> log_lines() const { return lines_of(options_.file); }

    static std::vector<std::string> names_in(const std::filesystem::path& file) {
        std::vector<std::string> names;
        for (const std::string& line : lines_of(file)) {
            names.emplace_back(boost::json::parse(line).at("event").as_string());
        }
        return names;
    }

    /// One event of each level, and the sink closed again.
    void emit_all_levels() const {
        const auto sink = make_log_sink(options_);
        sink->emit(Level::debug, "a.debug", {});
        sink->emit(Level::info, "a.info", {});
        sink->emit(Level::warning, "a.warning", {});
        sink->emit(Level::error, "a.error", {});
    }

    std::filesystem::path dir_;
    config::Log options_;
};

using Names = std::vector<std::string>;

TEST_F(LogSinkTest, HostileValuesMakeOneValidLineEach) {
    const std::vector<std::string> hostile{"a\r\nb",       "\x1b[31m", "\"}",
                                           "\xFF\xFE\x80", "\u2028",   std::string(100000, '\n')};
    {
        const auto sink = make_log_sink(options_);
        for (const std::string& value : hostile) sink->emit(Level::info, "x", {{"v", value}});
    }
    const auto lines = log_lines();
    ASSERT_EQ(lines.size(), hostile.size());
    for (const std::string& line : lines) {
        boost::system::error_code error;
        EXPECT_TRUE(boost::json::parse(line, error).is_object()) << line;
        EXPECT_LT(line.size(), 6000U);
    }
}

TEST_F(LogSinkTest, LessThanTheLevelIsLeftOut) {
    options_.level = config::LogLevel::warning;
    emit_all_levels();
    EXPECT_EQ(names_in(options_.file), (Names{"a.warning", "a.error"}));
}

TEST_F(LogSinkTest, DebugLevelShowsAll) {
    options_.level = config::LogLevel::debug;
    emit_all_levels();
    EXPECT_EQ(names_in(options_.file), (Names{"a.debug", "a.info", "a.warning", "a.error"}));
}

TEST_F(LogSinkTest, AuditHoldsInfoAndAboveWhateverTheLevelAndFormat) {
    options_.level = config::LogLevel::error;
    options_.format = config::LogFormat::text;
    options_.audit = dir_ / "audit";
    emit_all_levels();
    EXPECT_EQ(names_in(options_.audit), (Names{"a.info", "a.warning", "a.error"}));
    ASSERT_EQ(log_lines().size(), 1U);
    EXPECT_NE(log_lines()[0].find(" error a.error"), std::string::npos);
}

TEST_F(LogSinkTest, FilesAreAppendedToAndNotForOthers) {
    emit_all_levels();
    emit_all_levels();
    EXPECT_EQ(log_lines().size(), 6U);
    struct stat status {};
    ASSERT_EQ(::stat(options_.file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0027U, 0U);
}

TEST_F(LogSinkTest, LineIsInTheFileWithoutDestruction) {
    const auto sink = make_log_sink(options_);
    sink->emit(Level::info, "early", {});
    while (log_lines().empty()) ::usleep(1000);
    EXPECT_EQ(names_in(options_.file), Names{"early"});
}

TEST_F(LogSinkTest, FileThatCannotBeOpenedIsNamed) {
    options_.file = (dir_ / "missing" / "log").string();
    try {
        static_cast<void>(make_log_sink(options_));
        FAIL() << "opened " << options_.file;
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find(options_.file), std::string::npos);
    }
}

TEST_F(LogSinkTest, FullDiskCostsTheLinesOfThatFileAlone) {
    ASSERT_EQ(::access("/dev/full", W_OK), 0);
    options_.file = "/dev/full";
    options_.audit = dir_ / "audit";
    emit_all_levels();
    EXPECT_EQ(names_in(options_.audit), (Names{"a.info", "a.warning", "a.error"}));
}

/// Standard error is a pipe while this lives.
class PipedStderr {
  public:
    PipedStderr() : saved_(::dup(STDERR_FILENO)) {
        if (::pipe(ends_) != 0) std::abort();
        ::dup2(ends_[1], STDERR_FILENO);
        ::close(ends_[1]);
    }
    PipedStderr(const PipedStderr&) = delete;
    PipedStderr& operator=(const PipedStderr&) = delete;
    ~PipedStderr() {
        restore();
        close_reader();
    }
    void restore() {
        if (saved_ < 0) return;
        ::dup2(saved_, STDERR_FILENO);
        ::close(std::exchange(saved_, -1));
    }
    void close_reader() {
        if (ends_[0] >= 0) ::close(std::exchange(ends_[0], -1));
    }
    /// Until the next line break, without it; empty at the end.
    std::string read_line() const {
        std::string line;
        char byte = 0;
        while (::read(ends_[0], &byte, 1) == 1 && byte != '\n') line += byte;
        return line;
    }

  private:
    int saved_;
    int ends_[2] = {-1, -1};
};

TEST_F(LogSinkTest, StalledReaderCostsTheOldestLinesAndIsToldHowMany) {
    constexpr int emitted = 20000;
    options_.file = "-";
    PipedStderr pipe;
    auto sink = make_log_sink(options_);
    pipe.restore();
    for (int i = 0; i < emitted; ++i) {
        sink->emit(Level::info, "flood", {{"n", static_cast<std::int64_t>(i)}});
    }
    std::int64_t seen = 0;
    std::int64_t dropped = 0;
    std::int64_t last = -1;
    while (seen + dropped < emitted) {
        const auto line = boost::json::parse(pipe.read_line());
        if (line.at("event").as_string() == "log.dropped") {
            dropped += line.at("count").as_int64();
        } else {
            ++seen;
            last = line.at("n").as_int64();
        }
    }
    sink.reset();
    EXPECT_GT(dropped, 0);
    EXPECT_EQ(seen + dropped, emitted);
    EXPECT_EQ(pipe.read_line(), "") << "after line " << last;
}

TEST_F(LogSinkTest, ReaderThatNeverReadsDoesNotHoldUpTheEnd) {
    options_.file = "-";
    PipedStderr pipe;
    auto sink = make_log_sink(options_);
    pipe.restore();
    constexpr int emitted = 20000;
    for (int i = 0; i < emitted; ++i) sink->emit(Level::info, "flood", {});
    sink.reset();
    int lines = 0;
    while (!pipe.read_line().empty()) ++lines;
    EXPECT_GT(lines, 0);
    EXPECT_LT(lines, emitted);
}

TEST_F(LogSinkTest, ClosedPipeIsNoSignal) {
    options_.file = "-";
    options_.audit = dir_ / "audit";
    PipedStderr pipe;
    auto sink = make_log_sink(options_);
    pipe.restore();
    pipe.close_reader();
    sink->emit(Level::info, "a", {});
    sink->emit(Level::info, "b", {});
    sink.reset();
    EXPECT_EQ(names_in(options_.audit), (Names{"a", "b"}));
}

TEST_F(LogSinkTest, RenamedFilesAreOpenedAnewWhenAsked) {
    options_.audit = dir_ / "audit";
    const auto rename = [](const std::filesystem::path& file) {
        std::filesystem::rename(file, file.string() + ".1");
    };
    {
        const auto sink = make_log_sink(options_);
        sink->emit(Level::info, "before", {});
        // What waits to be written may be written to either.
        while (names_in(options_.audit).empty() || names_in(options_.file).empty()) continue;
        rename(options_.file);
        rename(options_.audit);
        sink->reopen();
        sink->emit(Level::info, "after", {});
    }
    for (const std::filesystem::path& file :
         {std::filesystem::path(options_.file), options_.audit}) {
        EXPECT_EQ(names_in(file.string() + ".1"), Names{"before"});
        EXPECT_EQ(names_in(file), Names{"after"});
    }
}

TEST_F(LogSinkTest, FileThatCannotBeOpenedAnewStaysInUse) {
    {
        const auto sink = make_log_sink(options_);
        std::filesystem::rename(options_.file, options_.file + ".1");
        std::filesystem::create_directory(options_.file);
        sink->reopen();
        sink->emit(Level::info, "after", {});
    }
    EXPECT_EQ(names_in(options_.file + ".1"), (Names{"log.failed", "after"}));
}

}  // namespace
}  // namespace sallyport::events
