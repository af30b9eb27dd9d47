#include "config/validate_listeners.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace sallyport::config {
namespace {

/// What protocols have in common that need the same keys.
enum class Door { ftp_over_tls, file_transfer_over_ssh };

Door door_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::ftps:
        case Protocol::ftps_implicit:
            return Door::ftp_over_tls;
        case Protocol::sftp:
            return Door::file_transfer_over_ssh;
    }
    __builtin_unreachable();
}

std::string_view name_of(Door door) {
    return door == Door::ftp_over_tls ? "FTPS" : "SFTP";
}

/// A key outside the listeners that those of one door cannot do without.
struct Need {
    std::string_view table;
    std::string_view key;
    Door door;
};
constexpr std::array needs{Need{"tls", "certificate", Door::ftp_over_tls},
                           Need{"tls", "key", Door::ftp_over_tls},
                           Need{"ssh", "host_keys", Door::file_transfer_over_ssh}};

/// Keys of a listener that mean something for FTPS alone.
constexpr std::array<std::string_view, 3> data_connection_keys{"passive_ports", "public_address",
                                                               "data_session"};

class ListenerValidator {
  public:
    ListenerValidator(const Draft& draft, const Position& whole, Report& report)
        : draft_(draft), whole_(whole), report_(report) {}

    void run() {
        if (draft_.protocols.empty()) report_.error(whole_, "no [[listener]]; write one");
        addresses();
        for (const Need& need : needs) check_need(need);
        for (std::size_t i = 0; i < draft_.protocols.size(); ++i) data_connections(i);
        key_files();
    }

  private:
    [[nodiscard]] Position place(const std::string& name) const {
        return draft_.place(name).value_or(whole_);
    }

    [[nodiscard]] Position listener_place(std::size_t listener, std::string_view key = {}) const {
        return place(place_name("listener", std::to_string(listener), key));
    }

    void addresses() {
        const auto& all = draft_.config.listeners;
        for (std::size_t later = 1; later < all.size(); ++later) {
            if (all[later].endpoint.port == 0) continue;
            const auto end = all.begin() + static_cast<std::ptrdiff_t>(later);
            const auto same = std::find_if(all.begin(), end, [&](const Listener& earlier) {
                return earlier.endpoint == all[later].endpoint;
            });
            if (same == end) continue;
            const auto first = static_cast<std::size_t>(same - all.begin());
            report_.error(listener_place(later, "address"),
                          "another listener has this address; it is at " +
                              str(listener_place(first, "address")));
        }
    }

    void check_need(const Need& need) {
        const auto& all = draft_.protocols;
        const auto needing = std::find_if(all.begin(), all.end(), [&need](const auto& protocol) {
            return protocol && door_of(*protocol) == need.door;
        });
        if (needing == all.end()) return;
        if (draft_.place(place_name(need.table, {}, need.key))) return;
        const std::string table(need.table);
        const auto listener = static_cast<std::size_t>(needing - all.begin());
        report_.error(place(table), "[" + table + "] needs `" + std::string(need.key) +
                                        "` for the " + std::string(name_of(need.door)) +
                                        " listener at " + str(listener_place(listener)));
    }

    void data_connections(std::size_t listener) {
        if (draft_.protocols[listener] != Protocol::sftp) return;
        for (const std::string_view key : data_connection_keys) {
            const auto at = draft_.place(place_name("listener", std::to_string(listener), key));
            if (!at) continue;
            report_.error(*at, "`" + std::string(key) +
                                   "` is for FTPS listeners; this one speaks SFTP, which has no "
                                   "data connections");
        }
    }

    void key_files() {
        const Tls& tls = draft_.config.tls;
        if (!tls.certificate.empty()) check_file(tls.certificate, place("tls/certificate"));
        if (!tls.client_ca.empty()) check_file(tls.client_ca, place("tls/client_ca"));
        if (!tls.key.empty()) check_private(tls.key, place("tls/key"));
        if (!draft_.host_keys) return;
        if (draft_.host_keys->empty() && is_spoken(draft_, Protocol::sftp)) {
            report_.error(place("ssh/host_keys"), "no host key; name at least one for SFTP");
        }
        for (const PlacedPath& key : *draft_.host_keys) check_private(key.path, key.at);
    }

    void check_private(const std::filesystem::path& path, const Position& at) {
        const auto mode = check_file(path, at);
        if (!mode || (*mode & (S_IRWXG | S_IRWXO)) == 0) return;
        report_.error(at,
                      quote(path.native()) + " is accessible to group or others; chmod it to 0600");
    }

    /// The file's mode if it is a regular file; otherwise reports.
    std::optional<mode_t> check_file(const std::filesystem::path& path, const Position& at) {
        struct stat status {};
        std::string wrong;
        if (::stat(path.c_str(), &status) != 0) {
            wrong = std::generic_category().message(errno);
        } else if (!S_ISREG(status.st_mode)) {
            wrong = "not a regular file";
        }
        if (wrong.empty()) return status.st_mode;
        report_.error(at, "cannot use " + quote(path.native()) + ": " + wrong);
        return std::nullopt;
    }

    const Draft& draft_;
    const Position& whole_;
    Report& report_;
};

}  // namespace

void validate_listeners(const Draft& draft, const Position& whole, Report& report) {
    ListenerValidator(draft, whole, report).run();
}

bool is_spoken(const Draft& draft, Protocol protocol) {
    return std::find(draft.protocols.begin(), draft.protocols.end(), protocol) !=
           draft.protocols.end();
}

}  // namespace sallyport::config
