#include "server/events/log_sink.hpp"

#include <pthread.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <csignal>

#include "server/events/format.hpp"
#include "server/events/line_file.hpp"

namespace sallyport::events {
namespace {

/// Lines that wait for a slow disk or reader; more push out the oldest. Bounds the memory of a
/// stalled log.
constexpr std::size_t queue_lines = 8192;

/// The queue's own thread takes no signals, and a closed pipe is an error to it, not the end of the
/// process.
void block_signals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// Writes lines and, when the worst is over, says how many were lost. Used by the queue's thread
/// only, except for `count_loss`, `hurry` and `ask_to_reopen`.
class FileSink final : public spdlog::sinks::sink {
  public:
    FileSink(LineFile file, Format format) : file_(std::move(file)), format_(format) {}

    void attach(spdlog::details::thread_pool& queue) { queue_ = &queue; }
    void count_loss() noexcept { ++lost_; }
    void hurry() noexcept { file_.hurry(); }
    /// The next `flush` opens the file anew.
    void ask_to_reopen() noexcept { reopen_asked_ = true; }

    void log(const spdlog::details::log_msg& message) override {
        if (file_.append({message.payload.data(), message.payload.size()})) {
            report_losses();
        } else {
            count_loss();
        }
    }
    void flush() override {
        if (!reopen_asked_.exchange(false)) return;
        const auto failure = file_.reopen();
        if (failure) write(Level::error, "log.failed", {{"reason", "cannot reopen: " + *failure}});
    }
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  private:
    bool write(Level level, std::string_view name, const Fields& fields) {
        return file_.append(format_(std::chrono::system_clock::now(), level, name, fields));
    }

    void report_losses() {
        const std::uint64_t lost = lost_ + queue_->overrun_counter();
        if (lost == reported_ || queue_->queue_size() > queue_lines / 2) return;
        const auto count = static_cast<std::int64_t>(lost - reported_);
        if (write(Level::warning, "log.dropped", {{"count", count}})) reported_ = lost;
    }

    LineFile file_;
    Format format_;
    spdlog::details::thread_pool* queue_ = nullptr;
    std::atomic<std::uint64_t> lost_ = 0;
    std::uint64_t reported_ = 0;
    std::atomic<bool> reopen_asked_ = false;
};

/// One destination with a queue and a thread of its own, so that a stalled one does not hold up
/// another.
class Destination {
  public:
    Destination(LineFile file, Format format)
        : format_(format),
          sink_(std::make_shared<FileSink>(std::move(file), format)),
          queue_(std::make_shared<spdlog::details::thread_pool>(queue_lines, 1, &block_signals)),
          logger_(std::make_shared<spdlog::async_logger>(
              "events", sink_, queue_, spdlog::async_overflow_policy::overrun_oldest)) {
        sink_->attach(*queue_);
        logger_->set_error_handler([this](const std::string&) { sink_->count_loss(); });
    }
    Destination(const Destination&) = delete;
    Destination& operator=(const Destination&) = delete;

    /// Waits until the queue is written, or its reader is given up.
    ~Destination() {
        sink_->hurry();
        queue_.reset();
    }

    void write(Time time, Level level, std::string_view name, const Fields& fields) noexcept {
        try {
            const std::string line = format_(time, level, name, fields);
            logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
        } catch (...) {
            sink_->count_loss();
        }
    }

    void reopen() noexcept {
        sink_->ask_to_reopen();
        try {
            logger_->flush();
        } catch (...) {
            // The file in use stays; the next request may have more luck.
        }
    }

  private:
    Format format_;
    std::shared_ptr<FileSink> sink_;
    std::shared_ptr<spdlog::details::thread_pool> queue_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

class LogSink final : public Sink {
  public:
    LogSink(Level least, std::unique_ptr<Destination> log, std::unique_ptr<Destination> audit)
        : least_(least), log_(std::move(log)), audit_(std::move(audit)) {}

    void emit(Level level, std::string_view name, const Fields& fields) noexcept override {
        const Time now = std::chrono::system_clock::now();
        if (level >= least_) log_->write(now, level, name, fields);
        if (audit_ && level >= Level::info) audit_->write(now, level, name, fields);
    }
    void reopen() noexcept override {
        log_->reopen();
        if (audit_) audit_->reopen();
    }

  private:
    Level least_;
    std::unique_ptr<Destination> log_;
    std::unique_ptr<Destination> audit_;
};

Level level_of(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::debug:
            return Level::debug;
        case config::LogLevel::info:
            return Level::info;
        case config::LogLevel::warning:
            return Level::warning;
        case config::LogLevel::error:
            return Level::error;
    }
    return Level::debug;
}

}  // namespace

LogFiles open_log_files(const config::Log& options) {
    LogFiles files{options.file == "-" ? LineFile::standard_error() : LineFile::open(options.file),
                   {}};
    if (!options.audit.empty()) files.audit.emplace(LineFile::open(options.audit));
    return files;
}

std::shared_ptr<Sink> make_log_sink(const config::Log& options, LogFiles files) {
    const Format format = options.format == config::LogFormat::text ? &to_text : &to_json;
    auto log = std::make_unique<Destination>(std::move(files.log), format);
    std::unique_ptr<Destination> audit;
    if (files.audit) audit = std::make_unique<Destination>(std::move(*files.audit), &to_json);
    return std::make_shared<LogSink>(level_of(options.level), std::move(log), std::move(audit));
}

std::shared_ptr<Sink> make_log_sink(const config::Log& options) {
    return make_log_sink(options, open_log_files(options));
}

}  // namespace sallyport::events
