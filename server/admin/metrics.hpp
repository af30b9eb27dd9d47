#pragma once

#include <memory>
#include <string>

#include "server/events/event.hpp"
#include "server/monitor/status.hpp"

namespace sallyport::server::admin {

/// Counts events on their way to the log, by one table of event and metric (event_metrics.cpp), and
/// writes the whole as Prometheus reads it. Labels never hold client bytes, names of users or
/// paths, and no metric has more than `max_children` combinations of them. Thread-safe.
class Metrics final : public events::Sink {
  public:
    /// More end up as "other": stops a client, or a bug, from filling the memory of whoever
    /// collects the metrics.
    static constexpr std::size_t max_children = 100;

    /// `next` gets every event, unchanged, and must outlive this object.
    explicit Metrics(events::Sink& next);
    ~Metrics() override;

    void emit(events::Level level, std::string_view name,
              const events::Fields& fields) noexcept override;
    void reopen() noexcept override { next_.reopen(); }

    /// All metrics in the text format of Prometheus, version 0.0.4.
    [[nodiscard]] std::string text(const monitor::Status& status) const;

  private:
    class Families;

    events::Sink& next_;
    std::unique_ptr<Families> families_;
};

}  // namespace sallyport::server::admin
