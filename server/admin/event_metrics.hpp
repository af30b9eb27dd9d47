#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sallyport::server::admin {

/// Where the value of a label comes from.
struct LabelRule {
    /// Turns what the field says into one of a few words; an empty one: the event does not count.
    using Shape = std::string_view (*)(std::string_view field);
    using Values = std::vector<std::string_view> (*)();

    std::string_view name;
    std::string_view field{};     ///< of the event
    std::string_view constant{};  ///< instead of a field
    Shape shape = nullptr;
    Values values = nullptr;  ///< all that there can be, where they are few and known before
};

/// One row: an event counts for a metric.
struct EventMetric {
    enum class Kind { counter, seconds };

    std::string_view event;
    std::string_view metric;
    std::string_view help;
    std::span<const LabelRule> labels;
    Kind kind = Kind::counter;  ///< `seconds`: a histogram of the field "duration"
};

/// All of them. Several rows may have the same metric, and then have the same help and labels.
[[nodiscard]] std::span<const EventMetric> event_metrics();

/// What kind of rule refused something, by the text in the event: "own", "default", ...; "other"
/// when it is none that is known.
[[nodiscard]] std::string_view rule_kind(std::string_view rule);

}  // namespace sallyport::server::admin
