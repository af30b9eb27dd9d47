#include "server/admin/event_metrics.hpp"

#include <algorithm>
#include <array>

#include "config/config.hpp"
#include "storage/error.hpp"

namespace sallyport::server::admin {
namespace {

using Kind = EventMetric::Kind;

/// Errors that are the machine's fault, not the client's.
constexpr std::array storage_faults{storage::Error::io, storage::Error::no_space,
                                    storage::Error::read_only, storage::Error::unavailable};

std::string_view storage_fault(std::string_view why) {
    const auto same = [why](storage::Error error) { return describe(error) == why; };
    return std::ranges::any_of(storage_faults, same) ? why : std::string_view();
}

std::vector<std::string_view> all_storage_faults() {
    std::vector<std::string_view> texts;
    for (const auto error : storage_faults) texts.push_back(describe(error));
    return texts;
}

std::vector<std::string_view> all_protocols() {
    std::vector<std::string_view> names;
    for (const auto each : config::protocols) names.push_back(name_of(each));
    return names;
}

constexpr LabelRule protocol{"protocol", "protocol", {}, nullptr, all_protocols};
constexpr LabelRule reason{"reason", "reason"};
constexpr LabelRule upload{"direction", {}, "upload"};
constexpr LabelRule download{"direction", {}, "download"};
constexpr LabelRule ok{"result", {}, "ok"};
constexpr LabelRule failed{"result", {}, "failed"};

constexpr std::array<LabelRule, 0> none{};
constexpr std::array by_protocol{protocol};
constexpr std::array by_reason{reason};
constexpr std::array by_protocol_and_reason{protocol, reason};
constexpr std::array by_protocol_and_why{protocol, LabelRule{"reason", "why"}};
constexpr std::array by_storage_fault{
    protocol, LabelRule{"reason", "why", {}, storage_fault, all_storage_faults}};
constexpr std::array tls_handshake{protocol, LabelRule{"version", "version"},
                                   LabelRule{"cipher", "cipher"}};
constexpr std::array ssh_handshake{protocol, LabelRule{"version", {}, "SSH-2.0"},
                                   LabelRule{"cipher", "cipher"}};
constexpr std::array login_ok{protocol, LabelRule{"method", "method"}, ok};
constexpr std::array login_failed{protocol, LabelRule{"method", "method"}, failed};
constexpr std::array upload_only{protocol, upload};
constexpr std::array download_only{protocol, download};
constexpr std::array upload_ok{protocol, upload, ok};
constexpr std::array upload_failed{protocol, upload, failed};
constexpr std::array download_ok{protocol, download, ok};
constexpr std::array download_failed{protocol, download, failed};
constexpr std::array denial{protocol, LabelRule{"verb", "verb"},
                            LabelRule{"rule", "rule", {}, rule_kind}};
constexpr std::array reload_ok{ok};
constexpr std::array reload_failed{failed};

constexpr std::string_view handshakes = "sallyport_handshakes_total";
constexpr std::string_view handshakes_help =
    "Encrypted sessions begun: TLS of control connections, SSH.";
constexpr std::string_view logins = "sallyport_logins_total";
constexpr std::string_view logins_help = "Tries to log in.";
constexpr std::string_view transfers = "sallyport_transfers_total";
constexpr std::string_view transfers_help = "Transfers of files that have ended.";
constexpr std::string_view durations = "sallyport_transfer_duration_seconds";
constexpr std::string_view durations_help = "How long complete transfers took.";
constexpr std::string_view storage_errors = "sallyport_storage_errors_total";
constexpr std::string_view storage_errors_help =
    "Uploads and logins that failed because storage did.";
constexpr std::string_view reloads = "sallyport_config_reloads_total";
constexpr std::string_view reloads_help = "Reloads of the configuration.";

constexpr EventMetric table[] = {
    {"session.open", "sallyport_sessions_opened_total", "Connections let in.", by_protocol},
    {"session.close", "sallyport_session_duration_seconds", "How long sessions lasted.",
     by_protocol, Kind::seconds},
    {"session.refused", "sallyport_connections_refused_total", "Connections turned away.",
     by_protocol_and_reason},
    {"session.failed", "sallyport_sessions_failed_total",
     "Sessions ended by a failure of the server.", by_protocol},
    {"tls.handshake", handshakes, handshakes_help, tls_handshake},
    {"ssh.handshake", handshakes, handshakes_help, ssh_handshake},
    {"tls.failed", "sallyport_handshake_failures_total", "TLS handshakes that failed.",
     by_protocol_and_reason},
    {"tls.injection", "sallyport_tls_injections_total",
     "Connections with bytes where only a TLS handshake may be.", by_protocol},
    {"auth.ok", logins, logins_help, login_ok},
    {"auth.fail", logins, logins_help, login_failed},
    {"auth.fail", "sallyport_login_failures_total", "Failed tries to log in, by what was wrong.",
     by_protocol_and_reason},
    {"auth.cleartext", "sallyport_cleartext_passwords_total",
     "Passwords that clients sent in clear, which were refused unread.", by_protocol},
    {"credential.exposed", "sallyport_exposed_credentials_total",
     "Passwords sent in clear that were right: they are burned.", none},
    {"penalty.start", "sallyport_penalties_total",
     "Times that a source of connections was shut out.", none},
    {"data.refused", "sallyport_data_connections_refused_total",
     "FTP data connections turned away or missing.", by_reason},
    {"passive.exhausted", "sallyport_passive_ports_exhausted_total",
     "Times that no passive port was free.", none},
    {"file.received", transfers, transfers_help, upload_ok},
    {"file.received", durations, durations_help, upload_only, Kind::seconds},
    {"file.abandoned", transfers, transfers_help, upload_failed},
    {"file.abandoned", "sallyport_uploads_abandoned_total",
     "Uploads of which nothing was published, by what was wrong.", by_protocol_and_why},
    {"file.abandoned", storage_errors, storage_errors_help, by_storage_fault},
    {"storage.failed", storage_errors, storage_errors_help, by_protocol_and_reason},
    {"file.sent", transfers, transfers_help, download_ok},
    {"file.sent", durations, durations_help, download_only, Kind::seconds},
    {"file.unsent", transfers, transfers_help, download_failed},
    {"policy.denied", "sallyport_policy_denials_total", "Requests that a policy refused.", denial},
    {"config.reloaded", reloads, reloads_help, reload_ok},
    {"config.refused", reloads, reloads_help, reload_failed},
};

/// What the names of rules end in, such as "policy.partners.names".
constexpr std::array<std::string_view, 9> rule_kinds{
    "own",   "overwrite", "names",        "from",
    "hours", "protocols", "max_sessions", "max_sessions_per_address",
    "rule"};

}  // namespace

std::span<const EventMetric> event_metrics() {
    return table;
}

std::string_view rule_kind(std::string_view rule) {
    const auto end = rule.find_first_of(" :");
    // The policy itself, by not allowing it.
    if (end != rule.npos && rule[end] == ':') return "default";
    const auto name = rule.substr(0, end);
    const auto* const known = std::ranges::find(rule_kinds, name.substr(name.rfind('.') + 1));
    return known == rule_kinds.end() ? "other" : *known;
}

}  // namespace sallyport::server::admin
