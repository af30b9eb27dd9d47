#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "server/monitor/status.hpp"

namespace sallyport::server::admin {

/// The metrics that are looked up when somebody asks, rather than counted from events.
[[nodiscard]] std::vector<prometheus::MetricFamily> gauges(const monitor::Status& status);

}  // namespace sallyport::server::admin
