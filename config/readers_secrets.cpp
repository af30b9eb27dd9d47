// Readers of what must not be seen.

#include <algorithm>

#include "auth/legacy_hash.hpp"
#include "auth/password_hash.hpp"
#include "config/readers.hpp"
#include "config/secret_source.hpp"

namespace sallyport::config {
namespace {

std::optional<std::string> read_password_hash(const Value& value, Report& report) {
    auto hash = read_secret(value, report);
    if (!hash || auth::is_supported_hash(*hash)) return hash;
    const auto kind = auth::describe_unsupported(*hash);
    if (kind.empty() && !hash->starts_with('$')) {
        report.error(value.at,
                     "plain passwords are refused; make a hash with `sallyport hash-password`");
        return std::nullopt;
    }
    report.error(
        value.at,
        "this password hash is not supported" + (kind.empty() ? std::string() : ": it is " + kind) +
            "; allowed are argon2id with 8 to 256 MiB, at most 10 passes and one lane, and "
            "SHA-512, SHA-256, bcrypt and yescrypt of crypt(5): make one with `sallyport "
            "hash-password`");
    return std::nullopt;
}

bool is_printable(char c) {
    return c > ' ' && c < 0x7f;
}

std::optional<auth::Secret> read_printable_secret(const Value& value, Report& report) {
    const auto secret = read_secret(value, report);
    if (!secret) return std::nullopt;
    if (!secret->empty() && std::ranges::all_of(*secret, is_printable)) {
        return auth::Secret(*secret);
    }
    report.error(value.at, "this secret cannot be used; only ASCII characters without spaces can");
    return std::nullopt;
}

}  // namespace

std::optional<std::string> read_secret(const Value& value, Report& report) {
    const auto text = read_text(value, "a string", report);
    if (!text) return std::nullopt;
    auto secret = resolve_secret(*text, folder_of(value), report);
    if (auto* found = std::get_if<std::string>(&secret)) return std::move(*found);
    report.error(value.at, std::get<Mistake>(secret).text);
    return std::nullopt;
}

Reader<std::string> a_password_hash() {
    return {"password hash, \"file:PATH\" or \"env:NAME\"", read_password_hash, mask_secret};
}

Reader<auth::Secret> a_secret() {
    return {"secret, \"file:PATH\" or \"env:NAME\"", read_printable_secret, mask_secret};
}

}  // namespace sallyport::config
