#include "config/readers_login.hpp"

#include <sodium.h>

#include "auth/base32.hpp"
#include "auth/totp.hpp"
#include "config/secret_source.hpp"

namespace sallyport::config {
namespace {

using auth::Method;
using auth::Methods;

std::vector<std::string> method_words() {
    std::vector<std::string> words;
    for (const Method method : auth::all_methods) words.emplace_back(auth::name_of(method));
    return words;
}

/// The words between the signs.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == '+') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    return words;
}

std::optional<Methods> read_methods(const Value& value, const std::string& text, Report& report) {
    Methods methods;
    for (const std::string& word : words_of(text)) {
        const auto method = auth::method_named(word);
        if (!method) {
            report_unknown_word(value, word, method_words(), report);
            return std::nullopt;
        }
        if (methods.contains(*method)) {
            report.error(value.at, quote(word) + " is named twice in " + quote(text));
            return std::nullopt;
        }
        methods.insert(*method);
    }
    if (methods != Methods{Method::totp}) return methods;
    report.error(value.at,
                 "\"totp\" alone would let in whoever sees one code; write \"password+totp\" or "
                 "another combination");
    return std::nullopt;
}

std::optional<auth::Secret> read_totp_secret(const Value& value, Report& report) {
    auto text = read_secret(value, report);
    if (!text) return std::nullopt;
    auto bytes = auth::from_base32(*text);
    sodium_memzero(text->data(), text->size());
    if (bytes && bytes->size() >= auth::min_totp_secret_bytes &&
        bytes->size() <= auth::max_totp_secret_bytes) {
        return bytes;
    }
    report.error(value.at,
                 "a secret for one-time codes is 16 to 205 characters of base32 (A to Z and 2 to "
                 "7); make one with `sallyport totp NAME`");
    return std::nullopt;
}

std::optional<auth::CertificateName> read_certificate(const Value& value, Report& report) {
    const auto text = read_text(value, "a certificate's name", report);
    if (!text) return std::nullopt;
    auto parsed = auth::parse_certificate_name(*text);
    if (parsed) return std::move(*parsed);
    report.error(value.at, parsed.error().sentence);
    return std::nullopt;
}

}  // namespace

Reader<std::vector<PlacedMethods>> some_combinations() {
    auto combination = [](const Value& value, Report& report) -> std::optional<PlacedMethods> {
        const auto text = read_text(value, "a combination such as \"password+totp\"", report);
        if (!text) return std::nullopt;
        const auto methods = read_methods(value, *text, report);
        if (!methods) return std::nullopt;
        return PlacedMethods{*methods, value.at};
    };
    return list_of(Reader<PlacedMethods>{"combinations of methods", combination});
}

Reader<auth::Secret> a_totp_secret() {
    return {"base32, \"file:PATH\" or \"env:NAME\"", read_totp_secret, mask_secret};
}

Reader<std::vector<auth::CertificateName>> some_certificates() {
    return list_of(Reader<auth::CertificateName>{"certificates", read_certificate});
}

}  // namespace sallyport::config
