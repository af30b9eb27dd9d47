#include "auth/totp.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <CLI/CLI.hpp>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include "auth/authenticator.hpp"
#include "auth/base32.hpp"
#include "auth/sodium.hpp"
#include "server/cli/command.hpp"
#include "server/cli/exit_status.hpp"
#include "server/cli/qr_code.hpp"

namespace sallyport::cli {
namespace {

/// Longest issuer: apps show no more, and the code stays small enough for a terminal.
constexpr std::size_t max_issuer_bytes = 64;

struct Options {
    std::string name;
    std::string issuer = "Sallyport";
};

auth::Secret new_secret() {
    auth::require_sodium();
    std::array<char, auth::new_totp_secret_bytes> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    const auth::Secret secret(std::string_view(bytes.data(), bytes.size()));
    sodium_memzero(bytes.data(), bytes.size());
    return auth::to_base32(secret);
}

/// RFC 3986 section 2.1.
std::string percent_encoded(std::string_view text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char c : text) {
        if (unreserved.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return encoded;
}

/// What authenticator apps read from the code: the "Key URI Format" that they all share.
std::string key_uri(const Options& options, std::string_view secret) {
    const auto issuer = percent_encoded(options.issuer);
    return fmt::format(
        "otpauth://totp/{}:{}?secret={}&issuer={}&algorithm=SHA1&digits={}&period={}", issuer,
        percent_encoded(options.name), secret, issuer, auth::totp_digits, auth::totp_step.count());
}

int totp(const Options& options) {
    const auth::Secret secret = new_secret();
    const auto uri = key_uri(options, secret.reveal());
    const auto code = qr_code(uri);
    if (!code) throw std::runtime_error("the issuer is too long for a QR code");
    fmt::print("secret  {}\nuri     {}\n\n{}\n", secret.reveal(), uri, *code);
    fmt::print("# Scan the code with an authenticator app; in [user.{}] write:\n", options.name);
    fmt::print("totp = \"{}\"\n", secret.reveal());
    return exit_ok;
}

std::string name_problem(const std::string& name) {
    return auth::is_user_name(name) ? "" : fmt::format("\"{}\" is no user name", name);
}

std::string issuer_problem(const std::string& issuer) {
    const bool fits = !issuer.empty() && issuer.size() <= max_issuer_bytes &&
                      issuer.find(':') == std::string::npos;
    return fits ? "" : fmt::format("write 1 to {} bytes without ':'", max_issuer_bytes);
}

}  // namespace

Action declare_totp(CLI::App& app) {
    const auto options = std::make_shared<Options>();
    app.add_option("name", options->name, "User that the secret is for")
        ->required()
        ->check(CLI::Validator(name_problem, "", "name"))
        ->type_name("NAME");
    app.add_option("--issuer", options->issuer, "Name under which apps show the code")
        ->check(CLI::Validator(issuer_problem, "", "issuer"))
        ->type_name("TEXT")
        ->capture_default_str();
    return [options] { return totp(*options); };
}

}  // namespace sallyport::cli
