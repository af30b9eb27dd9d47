#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace sallyport::auth {

/// An SSH public key. It proves nothing by itself: anybody may show anybody's.
struct PublicKey {
    std::string type;  ///< such as "ssh-ed25519"
    std::string blob;  ///< as SSH encodes it (RFC 4253 section 6.6): raw bytes, not base64

    /// "SHA256:" and the digest of the blob in base64 without padding, as OpenSSH prints it.
    [[nodiscard]] std::string fingerprint() const;
    bool operator==(const PublicKey&) const = default;
};

/// Longest line that is looked at, in bytes: five times what the largest accepted key takes. Stops
/// decoding of whatever file was pasted by mistake.
inline constexpr std::size_t max_public_key_line_bytes = 16 * 1024;

/// Least size of an RSA modulus, in bits. Stops keys that can be factored.
inline constexpr std::size_t min_rsa_bits = 2048;
/// Most bits of an RSA modulus and of its public exponent, as in OpenSSL. Stops keys that make each
/// check of a signature a denial of service.
inline constexpr std::size_t max_rsa_bits = 16384;
inline constexpr std::size_t max_rsa_exponent_bits = 64;

/// Why a line is not a key that can be used, as a sentence part in lower case for the operator. It
/// quotes nothing of the line, which may be a secret pasted by mistake.
struct KeyProblem {
    std::string sentence;
};

/// Called by `value()` on a line that was refused: throws std::runtime_error.
[[noreturn]] void throw_exception_from_error(const KeyProblem& problem,
                                             const boost::source_location& where);

/// Reads "TYPE BASE64 [COMMENT]", the line of a .pub file: what sshd(8) calls AUTHORIZED_KEYS
/// FILE FORMAT, without options.
///
/// Accepted are Ed25519 (RFC 8709), ECDSA on the three NIST curves (RFC 5656), RSA from
/// `min_rsa_bits`, and the security-key forms of Ed25519 and ECDSA (OpenSSH's PROTOCOL.u2f). The
/// encoding must be the canonical one, so that two blobs are equal when their keys are.
/// Thread-safe.
[[nodiscard]] boost::system::result<PublicKey, KeyProblem> parse_public_key(std::string_view line);

}  // namespace sallyport::auth
