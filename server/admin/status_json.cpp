#include "server/admin/status_json.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "server/events/escape.hpp"
#include "server/version.hpp"

namespace sallyport::server::admin {
namespace {

namespace json = boost::json;
using events::escape;

json::string text(std::string_view value) {
    return json::string(value.data(), value.size());
}

json::string utc(std::chrono::system_clock::time_point time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const std::tm parts = fmt::gmtime(std::chrono::system_clock::to_time_t(seconds));
    return text(fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", parts));
}

/// Digits that nobody needs only make lines longer.
double rounded(double seconds) {
    constexpr double thousand = 1000;
    return std::round(seconds * thousand) / thousand;
}

template <class Items, class Convert>
json::array list(const Items& items, Convert convert) {
    json::array array;
    for (const auto& item : items) array.emplace_back(convert(item));
    return array;
}

json::object transfer_object(const monitor::TransferView& transfer) {
    json::object object{{"path", text(escape(transfer.path))},
                        {"direction", text(name_of(transfer.direction))},
                        {"moved", transfer.moved},
                        {"position", transfer.position},
                        {"size", nullptr},
                        {"seconds", rounded(transfer.seconds)},
                        {"rate", std::round(transfer.rate)}};
    if (transfer.size) object["size"] = *transfer.size;
    return object;
}

json::object session_object(const monitor::SessionView& session) {
    return {{"session", text(session.id)},
            {"user", text(escape(session.user))},
            {"address", text(session.address)},
            {"protocol", text(name_of(session.protocol))},
            {"since", utc(session.since)},
            {"seconds", rounded(session.seconds)},
            {"idle", rounded(session.idle)},
            {"transfers", list(session.transfers, transfer_object)}};
}

json::object penalty_object(const monitor::PenaltyView& penalty) {
    return {{"source", text(penalty.source)}, {"seconds_left", rounded(penalty.seconds_left)}};
}

json::object certificate_object(const monitor::CertificateView& certificate) {
    const std::chrono::duration<double> left =
        certificate.expires - std::chrono::system_clock::now();
    return {{"sha256", text(certificate.fingerprint)},
            {"expires", utc(certificate.expires)},
            {"seconds_left", std::round(left.count())}};
}

json::object pool_object(const monitor::PoolView& pool) {
    json::object object{{"name", text(pool.name)},
                        {"threads", pool.threads},
                        {"jobs", pool.jobs},
                        {"limit", nullptr}};
    if (pool.limit) object["limit"] = *pool.limit;
    return object;
}

json::value space_object(const std::optional<storage::Space>& space) {
    if (!space) return nullptr;
    return json::object{{"free", space->free}, {"total", space->total}};
}

json::object listener_object(const monitor::ListenerView& listener) {
    return {{"protocol", text(name_of(listener.protocol))}, {"address", text(listener.address)}};
}

json::object moved_object(const monitor::Status::Moved& moved) {
    return {{"protocol", text(name_of(moved.protocol))},
            {"direction", text(name_of(moved.direction))},
            {"bytes", moved.bytes}};
}

}  // namespace

std::string to_json(const monitor::Status& status) {
    const json::object object{
        {"name", text(status.name)},
        {"version", text(version)},
        {"started", utc(status.started)},
        {"uptime", rounded(status.uptime)},
        {"ready", status.not_ready.empty()},
        {"not_ready", list(status.not_ready, [](const std::string& why) { return text(why); })},
        {"listeners", list(status.listeners, listener_object)},
        {"sessions", list(status.sessions, session_object)},
        {"penalties", list(status.penalties, penalty_object)},
        {"certificates", list(status.certificates, certificate_object)},
        {"pools", list(status.pools, pool_object)},
        {"storage", space_object(status.space)},
        {"moved", list(status.moved, moved_object)}};
    return json::serialize(object);
}

}  // namespace sallyport::server::admin
