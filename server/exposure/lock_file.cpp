#include "server/exposure/lock_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <set>
#include <string_view>

#include "auth/authenticator.hpp"
#include "config/file_text.hpp"
#include "server/state/replace_file.hpp"

namespace sallyport::server::exposure {
namespace {

namespace json = boost::json;
using Lock = auth::PasswordLocks::Lock;
using Locks = std::vector<Lock>;

constexpr int version = 1;
constexpr std::size_t digest_size = 64;

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
    return state::replace_file(file, text_of(locks));
}

std::variant<Locks, std::string> add_locks(const std::filesystem::path& file, const Locks& locks) {
    // The folder, because the file is another one after each change.
    const state::HeldFolder folder(file.parent_path());
    if (!folder.is_held()) return fmt::format("cannot write {}", file.native());
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
