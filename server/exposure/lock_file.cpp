#include "server/exposure/lock_file.hpp"

#include <boost/json.hpp>
#include <set>
#include <string_view>

#include "auth/authenticator.hpp"
#include "server/state/list_file.hpp"
#include "server/state/replace_file.hpp"

namespace sallyport::server::exposure {
namespace {

namespace json = boost::json;
using Lock = auth::PasswordLocks::Lock;
using Locks = std::vector<Lock>;

constexpr state::ListFile format{"locked",
                                 "restore it, or remove it to forget which passwords are locked"};
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

}  // namespace

std::variant<Locks, std::string> read_locks(const std::filesystem::path& file) {
    Locks locks;
    const auto take = [&locks](const json::value& value) { return add_lock(value, locks); };
    if (auto problem = state::read_list(file, format, take)) return std::move(*problem);
    return locks;
}

std::optional<std::string> write_locks(const std::filesystem::path& file, const Locks& locks) {
    json::array entries;
    for (const Lock& lock : locks) {
        entries.push_back({{"user", lock.user}, {"hash_sha256", lock.digest}});
    }
    return state::replace_list(file, format, std::move(entries));
}

std::variant<Locks, std::string> add_locks(const std::filesystem::path& file, const Locks& locks) {
    // The folder, because the file is another one after each change.
    const state::HeldFolder folder(file.parent_path());
    if (!folder.is_held()) return state::cannot_write(file);
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
