#include "server/exposure/lock_file.hpp"

#include <boost/json.hpp>
#include <set>
#include <string_view>

#include "auth/authenticator.hpp"
#include "server/state/list_file.hpp"

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

json::array entries_of(const Locks& locks) {
    json::array entries;
    for (const Lock& lock : locks) {
        entries.push_back({{"user", lock.user}, {"hash_sha256", lock.digest}});
    }
    return entries;
}

}  // namespace

std::variant<Locks, std::string> read_locks(const std::filesystem::path& file) {
    Locks locks;
    const auto take = [&locks](const json::value& value) { return add_lock(value, locks); };
    if (auto problem = state::read_list(file, format, take)) return std::move(*problem);
    return locks;
}

std::variant<Locks, std::string> add_locks(const std::filesystem::path& file, const Locks& locks) {
    Locks all;
    const auto take = [&all](const json::value& value) { return add_lock(value, all); };
    const auto change = [&all, &locks]() -> std::optional<json::array> {
        const std::set<Lock> before(all.begin(), all.end());
        std::set<Lock> after = before;
        after.insert(locks.begin(), locks.end());
        all.assign(after.begin(), after.end());
        if (after == before) return std::nullopt;
        return entries_of(all);
    };
    if (auto problem = state::change_list(file, format, take, change)) return std::move(*problem);
    return all;
}

}  // namespace sallyport::server::exposure
