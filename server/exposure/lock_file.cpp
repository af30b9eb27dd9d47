#include "server/exposure/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <set>
#include <string_view>
#include <system_error>

#include "auth/authenticator.hpp"
#include "config/file_text.hpp"

namespace sallyport::server::exposure {
namespace {

namespace json = boost::json;
using Lock = auth::PasswordLocks::Lock;
using Locks = std::vector<Lock>;

constexpr int version = 1;
constexpr std::size_t digest_size = 64;

std::string last_error() {
    return std::generic_category().message(errno);
}

bool is_digest(std::string_view text) {
    return text.size() == digest_size &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Adds one; false when it is none.
bool add_lock(const json::value& value, Locks& locks) {
    const auto* entry = value.if_object();
    const auto* user = entry ? entry->if_contains("user") : nullptr;
    const auto* digest = entry ? entry->if_contains("hash_sha256") : nullptr;
    if (!user || !digest || !user->is_string() || !digest->is_string()) return false;
    Lock& lock = locks.emplace_back();
    lock.user.assign(user->get_string());
    lock.digest.assign(digest->get_string());
    return auth::is_user_name(lock.user) && is_digest(lock.digest);
}

std::optional<Locks> locks_in(const std::string& text) {
    boost::system::error_code error;
    const auto document = json::parse(text, error);
    const auto* root = error ? nullptr : document.if_object();
    const auto* number = root ? root->if_contains("version") : nullptr;
    const auto* entries = root ? root->if_contains("locked") : nullptr;
    if (!number || *number != version || !entries || !entries->is_array()) return std::nullopt;
    Locks locks;
    for (const auto& entry : entries->get_array()) {
        if (!add_lock(entry, locks)) return std::nullopt;
    }
    return locks;
}

std::string text_of(const Locks& locks) {
    json::array entries;
    for (const Lock& lock : locks) {
        entries.push_back({{"user", lock.user}, {"hash_sha256", lock.digest}});
    }
    return json::serialize(json::object{{"version", version}, {"locked", std::move(entries)}}) +
           "\n";
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    /// Waits until no other process holds `number_` locked; as long as this object lives.
    [[nodiscard]] bool lock() const { return ::flock(number_, LOCK_EX) == 0; }
    [[nodiscard]] bool sync() const { return ::fsync(number_) == 0; }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(number_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }

  private:
    int number_;
};

bool write_durably(const std::filesystem::path& file, std::string_view bytes) {
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const Descriptor fresh(::open(file.c_str(), flags, 0600));
    return fresh.is_open() && fresh.write(bytes) && fresh.sync();
}

bool make_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return true;
    return false;
}

Descriptor open_folder(const std::filesystem::path& folder) {
    return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::string cannot_write(const std::filesystem::path& file) {
    return fmt::format("cannot write {}: {}", file.native(), last_error());
}

}  // namespace

std::variant<Locks, std::string> read_locks(const std::filesystem::path& file) {
    if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) return Locks();
    const auto text = config::read_file(file, max_lock_file_bytes, config::Access::anybody);
    if (const auto* mistake = std::get_if<config::Mistake>(&text)) return mistake->text;
    if (auto locks = locks_in(std::get<std::string>(text))) return std::move(*locks);
    return fmt::format(
        "{} is damaged: restore it, or remove it to forget which passwords are "
        "locked",
        file.native());
}

std::optional<std::string> write_locks(const std::filesystem::path& file, const Locks& locks) {
    std::filesystem::path fresh = file;
    fresh += ".new";
    const auto folder = file.parent_path();
    ::unlink(fresh.c_str());
    bool done = make_folder(folder) && write_durably(fresh, text_of(locks)) &&
                ::rename(fresh.c_str(), file.c_str()) == 0;
    if (done) {
        const Descriptor opened = open_folder(folder);
        done = opened.is_open() && opened.sync();
    }
    if (done) return std::nullopt;
    return cannot_write(file);
}

std::variant<Locks, std::string> add_locks(const std::filesystem::path& file, const Locks& locks) {
    const auto folder = file.parent_path();
    if (!make_folder(folder)) return cannot_write(file);
    // The folder, because the file is another one after each change.
    const Descriptor held = open_folder(folder);
    if (!held.is_open() || !held.lock()) return cannot_write(file);
    auto present = read_locks(file);
    auto* known = std::get_if<Locks>(&present);
    if (!known) return present;
    const std::set<Lock> before(known->begin(), known->end());
    std::set<Lock> all = before;
    all.insert(locks.begin(), locks.end());
    known->assign(all.begin(), all.end());
    if (all == before) return present;
    if (auto problem = write_locks(file, *known)) return std::move(*problem);
    return present;
}

}  // namespace sallyport::server::exposure
