#include "server/ssh/context.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "server/ssh/algorithms.hpp"

namespace sallyport::server::ssh {
namespace {

/// Bytes and seconds after which keys are renewed: a little before the gibibyte and the hour of
/// RFC 4253 section 9, at which clients begin by themselves. asyncssh 2.10 then goes on sending
/// data in between, for which libssh hangs up; where the server begins, it may.
constexpr std::uint64_t rekey_bytes = std::uint64_t{960} << 20;
constexpr std::uint32_t rekey_seconds = 3300;

void require(int result, const char* what) {
    if (result != SSH_OK) throw std::runtime_error(std::string("libssh refuses ") + what);
}

/// Algorithm lists are text, numbers are pointers.
void set(ssh_bind bind, ssh_bind_options_e option, const void* value, const char* what) {
    require(ssh_bind_options_set(bind, option, value), what);
}

void set_options(ssh_bind bind) {
    // Else a file of the machine could bring weak algorithms back.
    const bool no = false;
    set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no, "to ignore configuration files");
    set(bind, SSH_BIND_OPTIONS_BANNER, "Sallyport", "the banner");
    set(bind, SSH_BIND_OPTIONS_KEY_EXCHANGE, algorithms::key_exchange, "the key exchange");
    set(bind, SSH_BIND_OPTIONS_CIPHERS_C_S, algorithms::ciphers, "the ciphers");
    set(bind, SSH_BIND_OPTIONS_CIPHERS_S_C, algorithms::ciphers, "the ciphers");
    set(bind, SSH_BIND_OPTIONS_HMAC_C_S, algorithms::macs, "the MACs");
    set(bind, SSH_BIND_OPTIONS_HMAC_S_C, algorithms::macs, "the MACs");
    set(bind, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, algorithms::host_keys, "the host key types");
    set(bind, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, algorithms::user_keys, "the key types");
    set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE, &algorithms::min_user_rsa_bits, "the RSA size");
}

bool set_session_options(ssh_session session) {
    return ssh_options_set(session, SSH_OPTIONS_COMPRESSION_C_S, algorithms::compression) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_COMPRESSION_S_C, algorithms::compression) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_REKEY_DATA, &rekey_bytes) == 0 &&
           ssh_options_set(session, SSH_OPTIONS_REKEY_TIME, &rekey_seconds) == 0;
}

}  // namespace

std::variant<std::shared_ptr<const Context>, LoadProblem> Context::load(
    const std::vector<std::filesystem::path>& host_keys) {
    require(ssh_init(), "to start");
    const std::shared_ptr<Context> context(new Context);
    context->bind_.reset(ssh_bind_new());
    if (!context->bind_) throw std::bad_alloc();
    set_options(context->bind_.get());
    for (const auto& file : host_keys) {
        if (auto problem = context->add(file)) return std::move(*problem);
    }
    return std::shared_ptr<const Context>(context);
}

std::optional<LoadProblem> Context::add(const std::filesystem::path& file) {
    auto loaded = HostKey::load(file);
    if (auto* reason = std::get_if<std::string>(&loaded)) return LoadProblem{file, *reason};
    const auto& key = std::get<HostKey>(loaded);
    if (std::ranges::find(types_, key.type()) != types_.end()) {
        return LoadProblem{file, "is a second key of type " + key.type()};
    }
    types_.push_back(key.type());
    if (!fingerprints_.empty()) fingerprints_ += ", ";
    fingerprints_ += key.fingerprint() + " (" + key.type() + ")";
    auto copy = key.duplicate();
    if (!copy) throw std::bad_alloc();
    set(bind_.get(), SSH_BIND_OPTIONS_IMPORT_KEY, copy.get(), "the host key");
    static_cast<void>(copy.release());  // belongs to the bind object now
    return std::nullopt;
}

SessionHandle Context::accept(int descriptor) const {
    SessionHandle session(ssh_new());
    if (!session || !set_session_options(session.get())) return {};
    const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    if (own < 0) return {};
    const std::lock_guard lock(mutex_);
    if (ssh_bind_accept_fd(bind_.get(), session.get(), own) != SSH_OK) {
        // libssh closes a descriptor that it has taken; one that it has not would leak.
        if (ssh_get_fd(session.get()) != own) ::close(own);
        return {};
    }
    ssh_set_blocking(session.get(), 0);
    return session;
}

}  // namespace sallyport::server::ssh
