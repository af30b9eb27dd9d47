#include "server/newcomer.hpp"

#include <chrono>

namespace sallyport::server {
namespace {

using Clock = std::chrono::steady_clock;

/// What a refusal is counted as; nothing when it was not the client's fault.
std::optional<auth::Offence> offence_of(auth::Refusal refusal) {
    switch (refusal) {
        case auth::Refusal::unknown_user:
            return auth::Offence::unknown_user;
        case auth::Refusal::wrong_password:
        case auth::Refusal::wrong_key:
        case auth::Refusal::wrong_certificate:
        case auth::Refusal::wrong_code:
        case auth::Refusal::used_code:
        case auth::Refusal::wrong_method:
        case auth::Refusal::disabled:
        case auth::Refusal::expired:
        case auth::Refusal::wrong_address:
        case auth::Refusal::wrong_protocol:
        case auth::Refusal::outside_hours:
        case auth::Refusal::exposed:
        case auth::Refusal::malformed:
            return auth::Offence::wrong_credentials;
        case auth::Refusal::overloaded:
        case auth::Refusal::failed:
            return std::nullopt;
    }
    __builtin_unreachable();
}

}  // namespace

Newcomer::Newcomer(net::Anteroom::Seat seat, Case counted, events::SessionEvents events)
    : seat_(std::move(seat)), case_(std::move(counted)), events_(std::move(events)) {}

Newcomer::~Newcomer() {
    if (!seat_) return;
    try {
        if (Clock::now() >= case_.deadline) {
            count(auth::Offence::out_of_time);
        } else if (tried_ && !failed_) {
            count(auth::Offence::wrong_credentials);
        } else if (!failed_) {
            count(auth::Offence::never_tried);
        }
    } catch (...) {
        // Out of memory: one offence less is counted.
    }
}

void Newcomer::failed(const auth::Verdict& verdict) {
    failed_ = true;
    std::optional<auth::Offence> offence = auth::Offence::wrong_credentials;
    if (std::holds_alternative<auth::DontKnow>(verdict)) offence = auth::Offence::unknown_user;
    if (const auto* refusal = std::get_if<auth::Refusal>(&verdict)) offence = offence_of(*refusal);
    if (offence) count(*offence);
}

void Newcomer::logged_in() {
    seat_.reset();
}

void Newcomer::count(auth::Offence offence) {
    if (case_.penalties == nullptr) return;
    const auto length = case_.penalties->count(case_.source, offence, Clock::now());
    if (!length) return;
    events_.emit(events::Level::warning, "penalty.start",
                 {{"source", case_.source},
                  {"reason", std::string(describe(offence))},
                  {"seconds", static_cast<std::int64_t>(length->count())}});
}

}  // namespace sallyport::server
