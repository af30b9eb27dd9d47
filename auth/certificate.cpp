#include "auth/certificate.hpp"

#include <stdexcept>
#include <vector>

namespace sallyport::auth {
namespace {

using Parsed = boost::system::result<CertificateName, CertificateNameProblem>;

constexpr std::string_view fingerprint_prefix = "sha256:";
constexpr std::string_view subject_prefix = "subject:";
constexpr std::size_t fingerprint_digits = 64;
constexpr std::string_view hex_digits = "0123456789abcdef";

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    // A space behind a backslash belongs to the value.
    while (text.ends_with(' ') && !text.ends_with("\\ ")) text.remove_suffix(1);
    return text;
}

// Copied and filled in field by field: GCC 12 warns of moves that it does not understand.
Parsed named(CertificateName::Kind kind, std::string_view text) {
    CertificateName name;
    name.kind = kind;
    name.text = text;
    return name;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Parsed parse_fingerprint(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c == ':') continue;
        if (hex_digits.find(lower(c)) == std::string_view::npos) digits.clear();
        digits += lower(c);
    }
    const bool is_hex = digits.find_first_not_of(hex_digits) == std::string::npos;
    if (is_hex && digits.size() == fingerprint_digits) {
        return named(CertificateName::Kind::fingerprint, digits);
    }
    return CertificateNameProblem{
        "not a SHA-256 fingerprint, which has 64 hex digits; `openssl x509 -in FILE -noout "
        "-fingerprint -sha256` prints it"};
}

/// The parts of a distinguished name between commas that no backslash precedes.
std::vector<std::string_view> parts_of(std::string_view name) {
    std::vector<std::string_view> parts;
    std::size_t start = 0;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '\\') {
            ++i;
        } else if (name[i] == ',') {
            parts.push_back(name.substr(start, i - start));
            start = i + 1;
        }
    }
    parts.push_back(name.substr(start));
    return parts;
}

Parsed parse_subject(std::string_view text) {
    std::string canonical;
    for (const std::string_view part : parts_of(text)) {
        const auto equals = part.find('=');
        const auto type = trimmed(part.substr(0, equals));
        if (equals == std::string_view::npos || type.empty() || type.starts_with('/')) {
            return CertificateNameProblem{
                "not a subject such as \"subject:CN=acme,O=Example\"; `openssl x509 -in FILE "
                "-noout -subject -nameopt RFC2253` prints it"};
        }
        canonical.append(canonical.empty() ? "" : ",").append(type).append("=");
        canonical.append(trimmed(part.substr(equals + 1)));
    }
    return named(CertificateName::Kind::subject, canonical);
}

}  // namespace

bool CertificateName::fits(const Certificate& certificate) const {
    return text == (kind == Kind::fingerprint ? certificate.fingerprint : certificate.subject);
}

void throw_exception_from_error(const CertificateNameProblem& problem,
                                const boost::source_location&) {
    throw std::runtime_error(problem.sentence);
}

Parsed parse_certificate_name(std::string_view text) {
    if (text.starts_with(fingerprint_prefix)) {
        return parse_fingerprint(text.substr(fingerprint_prefix.size()));
    }
    if (text.starts_with(subject_prefix)) {
        return parse_subject(text.substr(subject_prefix.size()));
    }
    return CertificateNameProblem{
        "a certificate is named by \"sha256:FINGERPRINT\" or by \"subject:NAME\""};
}

}  // namespace sallyport::auth
