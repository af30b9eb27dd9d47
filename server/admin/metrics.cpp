#include "server/admin/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <sstream>

#include "server/admin/event_metrics.hpp"
#include "server/admin/gauges.hpp"

namespace sallyport::server::admin {
namespace {

using events::Field;
using events::Fields;
using prometheus::Labels;

/// Seconds; from a small file to the delivery of a night.
const prometheus::Histogram::BucketBoundaries buckets{0.01, 0.1, 0.5, 1,   5,    10,
                                                      30,   60,  300, 900, 3600, 14400};
/// Longest value of a label, in bytes: texts of our own are shorter.
constexpr std::size_t max_label_bytes = 64;

const Field* find(const Fields& fields, std::string_view key) {
    const auto found = std::ranges::find(fields, key, &Field::key);
    return found == fields.end() ? nullptr : &*found;
}

std::string_view text_of(const Fields& fields, std::string_view key) {
    const auto* field = find(fields, key);
    const auto* text = field ? std::get_if<std::string>(&field->value) : nullptr;
    return text ? std::string_view(*text).substr(0, max_label_bytes) : std::string_view();
}

/// Nothing when the event does not count.
std::optional<Labels> labels_of(const EventMetric& row, const Fields& fields) {
    Labels labels;
    for (const auto& rule : row.labels) {
        auto value = rule.field.empty() ? rule.constant : text_of(fields, rule.field);
        if (rule.shape) {
            value = rule.shape(value);
            if (value.empty()) return std::nullopt;
        }
        labels.emplace(rule.name, value);
    }
    return labels;
}

/// The children of one family, of which there are not too many.
template <class Metric>
class Children {
  public:
    explicit Children(prometheus::Family<Metric>& family) : family_(family) {}

    template <class... Arguments>
    Metric& at(Labels labels, Arguments&&... arguments) {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(labels);
        if (found != known_.end()) return *found->second;
        if (known_.size() >= Metrics::max_children) {
            for (auto& [name, value] : labels) value = "other";
        }
        auto& child = family_.Add(labels, std::forward<Arguments>(arguments)...);
        known_.emplace(std::move(labels), &child);
        return child;
    }

  private:
    prometheus::Family<Metric>& family_;
    std::mutex mutex_;
    std::map<Labels, Metric*> known_;
};

/// All combinations of labels that a row can have; none when they are not known before.
std::vector<Labels> foreseen(const EventMetric& row) {
    std::vector<Labels> combinations(1);
    for (const auto& rule : row.labels) {
        std::vector<std::string_view> values{rule.constant};
        if (!rule.field.empty()) {
            if (!rule.values) return {};
            values = rule.values();
        }
        std::vector<Labels> longer;
        for (const auto& labels : combinations) {
            for (const auto value : values) {
                longer.push_back(labels);
                longer.back().emplace(rule.name, value);
            }
        }
        combinations = std::move(longer);
    }
    return combinations;
}

}  // namespace

class Metrics::Families {
  public:
    Families() {
        for (const auto& row : event_metrics()) {
            add(row);
            // A counter that appears with its first event has no increase that a rule could see.
            for (auto& labels : foreseen(row)) begin_at_zero(row, std::move(labels));
        }
    }

    void count(std::string_view event, const Fields& fields) {
        const auto [first, last] = rows_.equal_range(event);
        for (auto row = first; row != last; ++row) count(*row->second, fields);
    }

    /// Those that have counted nothing yet are there as well, for people who read what there is.
    [[nodiscard]] std::vector<prometheus::MetricFamily> collect() const {
        auto families = registry_.Collect();
        for (const auto& row : event_metrics()) {
            const std::string name(row.metric);
            const bool there = std::ranges::find(families, name, &prometheus::MetricFamily::name) !=
                               families.end();
            if (there) continue;
            families.push_back({name, std::string(row.help), prometheus::MetricType::Counter, {}});
        }
        return families;
    }

  private:
    void add(const EventMetric& row) {
        rows_.emplace(row.event, &row);
        if (row.kind == EventMetric::Kind::counter) {
            auto& family = prometheus::BuildCounter()
                               .Name(std::string(row.metric))
                               .Help(std::string(row.help))
                               .Register(registry_);
            counters_.try_emplace(row.metric, family);
        } else {
            auto& family = prometheus::BuildHistogram()
                               .Name(std::string(row.metric))
                               .Help(std::string(row.help))
                               .Register(registry_);
            histograms_.try_emplace(row.metric, family);
        }
    }

    void begin_at_zero(const EventMetric& row, Labels labels) {
        if (row.kind == EventMetric::Kind::counter) {
            counters_.at(row.metric).at(std::move(labels));
        } else {
            histograms_.at(row.metric).at(std::move(labels), buckets);
        }
    }

    void count(const EventMetric& row, const Fields& fields) {
        auto labels = labels_of(row, fields);
        if (!labels) return;
        if (row.kind == EventMetric::Kind::counter) {
            counters_.at(row.metric).at(std::move(*labels)).Increment();
            return;
        }
        // A file that was only renamed took no time to come.
        const auto* duration = find(fields, "duration");
        const auto* seconds = duration ? std::get_if<double>(&duration->value) : nullptr;
        if (!seconds || *seconds == 0) return;
        histograms_.at(row.metric).at(std::move(*labels), buckets).Observe(*seconds);
    }

    prometheus::Registry registry_;
    std::multimap<std::string_view, const EventMetric*> rows_;  ///< by event
    std::map<std::string_view, Children<prometheus::Counter>> counters_;
    std::map<std::string_view, Children<prometheus::Histogram>> histograms_;
};

Metrics::Metrics(events::Sink& next) : next_(next), families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

void Metrics::emit(events::Level level, std::string_view name, const Fields& fields) noexcept {
    try {
        families_->count(name, fields);
    } catch (...) {
        // Out of memory: the event itself is worth more than its count.
    }
    next_.emit(level, name, fields);
}

std::string Metrics::text(const monitor::Status& status) const {
    auto families = families_->collect();
    for (auto& family : gauges(status)) families.push_back(std::move(family));
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return std::move(out).str();
}

}  // namespace sallyport::server::admin
