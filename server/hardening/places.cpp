#include "server/hardening/places.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>

#include "server/hardening/build.hpp"

namespace sallyport::hardening {
namespace {

using Path = std::filesystem::path;

/// Folders that hold much besides. A file in one of them is given without it.
constexpr std::array<std::string_view, 31> folders_of_the_system{
    "/",          "/bin",           "/boot",      "/dev", "/dev/shm",   "/etc",     "/home",
    "/lib",       "/media",         "/mnt",       "/opt", "/proc",      "/root",    "/run",
    "/sbin",      "/srv",           "/sys",       "/tmp", "/usr",       "/usr/bin", "/usr/lib",
    "/usr/local", "/usr/local/etc", "/usr/share", "/var", "/var/cache", "/var/lib", "/var/log",
    "/var/run",   "/var/spool",     "/var/tmp"};

/// What the C library and OpenSSL read now and then.
constexpr std::array<std::string_view, 4> used_by_libraries{
    "/dev/urandom", "/etc/localtime", "/usr/share/zoneinfo", "/sys/devices/system/cpu/online"};

/// What looking up names and checking certificates of others takes besides.
constexpr std::array<std::string_view, 9> used_to_connect{"/etc/ssl/certs",
                                                          "/etc/ssl/openssl.cnf",
                                                          "/usr/share/ca-certificates",
                                                          "/usr/local/share/ca-certificates",
                                                          "/etc/resolv.conf",
                                                          "/etc/hosts",
                                                          "/etc/nsswitch.conf",
                                                          "/etc/gai.conf",
                                                          "/run/systemd/resolve"};

class Places {
  public:
    void add(const Path& path, Reach reach) {
        if (path.empty()) return;
        const Place place{without_links(path), reach};
        if (std::ranges::find(places_, place) == places_.end()) places_.push_back(place);
    }

    /// A file that may be replaced: by name, and, if it is a link, where that leads.
    void add_replaceable(const Path& file) {
        if (file.empty()) return;
        const Path resolved = without_links(file);
        add(resolved, Reach::read);
        const Path beside = file.has_parent_path() ? file.parent_path() : ".";
        for (const Path& folder : {without_links(beside), resolved.parent_path()}) {
            if (!is_of_the_system(folder)) add(folder, Reach::read);
        }
    }

    void add_log(const Path& file) {
        if (file.empty() || file == "-") return;
        const Path resolved = without_links(file);
        const Path folder = resolved.parent_path();
        const bool shared = is_of_the_system(folder) || holds_something_read(folder);
        add(shared ? resolved : folder, Reach::append);
    }

    [[nodiscard]] std::vector<Place> take() { return std::move(places_); }

  private:
    [[nodiscard]] bool holds_something_read(const Path& folder) const {
        return std::ranges::any_of(places_, [&](const Place& place) {
            return place.reach == Reach::read && lies_in(place.path, folder);
        });
    }

    std::vector<Place> places_;
};

}  // namespace

Path without_links(const Path& path) {
    std::error_code error;
    Path absolute = std::filesystem::absolute(path, error);
    if (error) absolute = path;
    Path resolved = std::filesystem::weakly_canonical(absolute, error);
    if (error) resolved = absolute.lexically_normal();
    return resolved.has_filename() ? resolved : resolved.parent_path();
}

bool is_of_the_system(const Path& folder) {
    return std::ranges::find(folders_of_the_system, folder.native()) != folders_of_the_system.end();
}

bool lies_in(const Path& path, const Path& folder) {
    return std::ranges::mismatch(folder, path).in1 == folder.end();
}

std::map<Path, Reach> mount_folders(const config::Config& config) {
    std::map<Path, Reach> folders;
    if (config.storage.backend != config::StorageBackend::local) return folders;
    const auto add = [&folders](const auth::Policy& policy) {
        for (const storage::Mount& mount : policy.granted_mounts()) {
            Reach& reach = folders.emplace(mount.folder, Reach::read).first->second;
            if (mount.writable) reach = Reach::change;
        }
    };
    for (const auto& [name, policy] : config.policies) add(*policy);
    if (!config.users) return folders;
    for (const auto& [name, user] : *config.users) add(*user.policy);
    return folders;
}

std::vector<Path> changed_folders(const config::Config& config) {
    std::vector<Path> folders;
    if (!config.storage.root.empty()) folders.push_back(config.storage.root);
    for (const auto& [folder, reach] : mount_folders(config)) {
        if (reach == Reach::change) folders.push_back(folder);
    }
    if (!config.server.state_dir.empty()) folders.push_back(config.server.state_dir);
    return folders;
}

bool connects_out(const config::Config& config) {
    return std::ranges::find(config.auth_providers, "http") != config.auth_providers.end();
}

std::vector<Path> files_of_a_reload(const config::Config& config) {
    std::vector<Path> files = config.sources.files;
    for (const Path& file : {config.tls.certificate, config.tls.key, config.tls.client_ca}) {
        if (!file.empty()) files.push_back(file);
    }
    files.insert(files.end(), config.ssh.host_keys.begin(), config.ssh.host_keys.end());
    if (config.http_hook && !config.http_hook->ca.empty()) files.push_back(config.http_hook->ca);
    return files;
}

std::vector<Place> places_of(const config::Config& config) {
    Places places;
    for (const Path& file : files_of_a_reload(config)) places.add_replaceable(file);
    for (const Path& folder : config.sources.folders) places.add(folder, Reach::read);
    places.add_log(config.log.file);
    places.add_log(config.log.audit);
    for (const Path& folder : changed_folders(config)) places.add(folder, Reach::change);
    for (const auto& [folder, reach] : mount_folders(config)) places.add(folder, reach);
    for (const std::string_view path : used_by_libraries) places.add(path, Reach::read);
    if (connects_out(config)) {
        for (const std::string_view path : used_to_connect) places.add(path, Reach::read);
    }
    if (is_sanitized) places.add("/", Reach::read);
    return places.take();
}

}  // namespace sallyport::hardening
