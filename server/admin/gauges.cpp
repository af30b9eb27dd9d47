#include "server/admin/gauges.hpp"

#include <algorithm>

#include "server/version.hpp"

namespace sallyport::server::admin {
namespace {

using monitor::Status;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

struct Sample {
    Labels labels;
    double value = 0;
};
using Samples = std::vector<Sample>;

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

double unix_time(std::chrono::system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

ClientMetric::Label label(std::string name, std::string_view value) {
    return {std::move(name), std::string(value)};
}

Samples build(const Status&) {
    return {{{label("version", version)}, 1}};
}

Samples started(const Status& status) {
    return {{{}, unix_time(status.started)}};
}

Samples ready(const Status& status) {
    return {{{}, status.not_ready.empty() ? 1.0 : 0.0}};
}

Samples sessions(const Status& status) {
    Samples samples;
    for (const auto protocol : config::protocols) {
        const auto count =
            std::ranges::count(status.sessions, protocol, &monitor::SessionView::protocol);
        samples.push_back({{label("protocol", name_of(protocol))}, static_cast<double>(count)});
    }
    return samples;
}

Samples transfers(const Status& status) {
    Samples samples;
    for (const auto& moved : status.moved) {
        std::ptrdiff_t count = 0;
        for (const auto& session : status.sessions) {
            if (session.protocol != moved.protocol) continue;
            count += std::ranges::count(session.transfers, moved.direction,
                                        &monitor::TransferView::direction);
        }
        samples.push_back({{label("protocol", name_of(moved.protocol)),
                            label("direction", name_of(moved.direction))},
                           static_cast<double>(count)});
    }
    return samples;
}

Samples transfer_bytes(const Status& status) {
    Samples samples;
    for (const auto& moved : status.moved) {
        samples.push_back({{label("protocol", name_of(moved.protocol)),
                            label("direction", name_of(moved.direction))},
                           number(moved.bytes)});
    }
    return samples;
}

Samples penalties(const Status& status) {
    return {{{}, number(status.penalties.size())}};
}

Samples certificates(const Status& status) {
    Samples samples;
    for (const auto& certificate : status.certificates) {
        samples.push_back(
            {{label("sha256", certificate.fingerprint)}, unix_time(certificate.expires)});
    }
    return samples;
}

template <class Value>
Samples of_pools(const Status& status, Value value) {
    Samples samples;
    for (const auto& pool : status.pools) {
        const std::optional<std::size_t> found = value(pool);
        if (found) samples.push_back({{label("pool", pool.name)}, number(*found)});
    }
    return samples;
}

Samples pool_jobs(const Status& status) {
    return of_pools(status, [](const auto& pool) { return std::optional(pool.jobs); });
}

Samples pool_threads(const Status& status) {
    return of_pools(status, [](const auto& pool) { return std::optional(pool.threads); });
}

Samples pool_limits(const Status& status) {
    return of_pools(status, [](const auto& pool) { return pool.limit; });
}

Samples storage_free(const Status& status) {
    return status.space ? Samples{{{}, number(status.space->free)}} : Samples{};
}

Samples storage_size(const Status& status) {
    return status.space ? Samples{{{}, number(status.space->total)}} : Samples{};
}

struct Row {
    const char* name;
    MetricType type;
    const char* help;
    Samples (*samples)(const Status&);
};

constexpr Row rows[] = {
    {"sallyport_build_info", MetricType::Gauge, "The version that runs.", build},
    {"sallyport_start_time_seconds", MetricType::Gauge, "When the server started, in Unix time.",
     started},
    {"sallyport_ready", MetricType::Gauge,
     "1 when clients can be sent here: listening, not draining, storage usable.", ready},
    {"sallyport_sessions", MetricType::Gauge, "Sessions at this moment.", sessions},
    {"sallyport_transfers_active", MetricType::Gauge, "Transfers of files at this moment.",
     transfers},
    {"sallyport_transfer_bytes_total", MetricType::Counter, "Bytes of files received and sent.",
     transfer_bytes},
    {"sallyport_penalties_active", MetricType::Gauge,
     "Sources of connections that are shut out at this moment.", penalties},
    {"sallyport_certificate_expiry_timestamp_seconds", MetricType::Gauge,
     "When the TLS certificate ends, in Unix time.", certificates},
    {"sallyport_pool_jobs", MetricType::Gauge, "Jobs of a thread pool, running or waiting.",
     pool_jobs},
    {"sallyport_pool_threads", MetricType::Gauge, "Threads of a thread pool.", pool_threads},
    {"sallyport_pool_limit", MetricType::Gauge, "Jobs beyond which a thread pool refuses more.",
     pool_limits},
    {"sallyport_storage_free_bytes", MetricType::Gauge,
     "Free space of the file system of the storage root.", storage_free},
    {"sallyport_storage_size_bytes", MetricType::Gauge,
     "Size of the file system of the storage root.", storage_size},
};

ClientMetric metric(const Sample& sample, MetricType type) {
    ClientMetric result;
    result.label = sample.labels;
    (type == MetricType::Counter ? result.counter.value : result.gauge.value) = sample.value;
    return result;
}

}  // namespace

std::vector<MetricFamily> gauges(const Status& status) {
    std::vector<MetricFamily> families;
    for (const Row& row : rows) {
        MetricFamily family{row.name, row.help, row.type, {}};
        for (const auto& sample : row.samples(status)) {
            family.metric.push_back(metric(sample, row.type));
        }
        families.push_back(std::move(family));
    }
    return families;
}

}  // namespace sallyport::server::admin
