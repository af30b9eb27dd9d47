#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <string>
#include <string_view>

namespace sallyport::auth {

/// A client certificate that TLS has verified: issued by the configured authority, valid now and
/// meant for clients, and its private key is the client's.
struct Certificate {
    std::string fingerprint;  ///< SHA-256 of the DER form, lower-case hex
    std::string subject;      ///< RFC 2253 as OpenSSL prints it, such as "CN=acme,O=Example"
};

/// One client certificate, or all certificates of one subject.
struct CertificateName {
    enum class Kind { fingerprint, subject };
    Kind kind = Kind::fingerprint;
    std::string text;  ///< as `Certificate` writes it

    [[nodiscard]] bool fits(const Certificate& certificate) const;
    bool operator==(const CertificateName&) const = default;
};

/// Why a text names no certificate, as a sentence part for the operator.
struct CertificateNameProblem {
    std::string sentence;
};

/// Called by `value()` on a text that was refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const CertificateNameProblem& problem,
                                             const boost::source_location& where);

/// Reads "sha256:" and a fingerprint, in hex of either case with or without colons; or "subject:"
/// and a distinguished name as RFC 2253 writes it, the most specific part first. Spaces around its
/// commas and equals signs do not count; the rest must be as in the certificate.
[[nodiscard]] boost::system::result<CertificateName, CertificateNameProblem> parse_certificate_name(
    std::string_view text);

}  // namespace sallyport::auth
