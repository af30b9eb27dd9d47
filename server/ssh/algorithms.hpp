#pragma once

/// What is negotiated, and nothing else: every list is set on every session, so that no default of
/// the library and no file of the machine adds to it. No finite-field Diffie-Hellman, no SHA-1, no
/// CBC, no compression.
namespace sallyport::server::ssh::algorithms {

inline constexpr const char* key_exchange = "curve25519-sha256,curve25519-sha256@libssh.org";
inline constexpr const char* ciphers =
    "aes256-gcm@openssh.com,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
    "aes256-ctr,aes192-ctr,aes128-ctr";
inline constexpr const char* macs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";
inline constexpr const char* host_keys = "ssh-ed25519,rsa-sha2-512,rsa-sha2-256";
inline constexpr const char* user_keys =
    "ssh-ed25519,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256";
inline constexpr const char* compression = "none";

/// Shortest RSA key of a user that is accepted, in bits.
inline constexpr int min_user_rsa_bits = 2048;
/// Shortest RSA host key that is accepted, in bits.
inline constexpr int min_host_rsa_bits = 3072;

}  // namespace sallyport::server::ssh::algorithms
