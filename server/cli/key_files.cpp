#include "server/cli/key_files.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "server/cli/new_file.hpp"
#include "server/ssh/host_key.hpp"
#include "server/tls/self_signed.hpp"

namespace sallyport::cli {
namespace {

void refuse_existing(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::symlink_status(file, ignored).type() !=
        std::filesystem::file_type::not_found) {
        throw std::runtime_error(
            fmt::format("{} exists already; move it away first", file.string()));
    }
}

}  // namespace

void make_tls_files(const TlsFiles& files, const std::string& host) {
    refuse_existing(files.key);
    refuse_existing(files.certificate);
    const tls::SelfSigned made = tls::make_self_signed(host, std::chrono::system_clock::now());
    std::filesystem::create_directories(files.key.parent_path());
    std::filesystem::create_directories(files.certificate.parent_path());
    write_new_file(files.key, made.key_pem.reveal(), 0600);
    try {
        write_new_file(files.certificate, made.certificate_pem, 0644);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(files.key, ignored);
        throw;
    }
}

void make_host_keys(const HostKeyFiles& files) {
    using server::ssh::HostKey;
    refuse_existing(files.ed25519);
    refuse_existing(files.rsa);
    const auto ed25519 = HostKey::generate(HostKey::Type::ed25519);
    const auto rsa = HostKey::generate(HostKey::Type::rsa);
    std::filesystem::create_directories(files.ed25519.parent_path());
    std::filesystem::create_directories(files.rsa.parent_path());
    write_new_file(files.ed25519, ed25519.private_text().reveal(), 0600);
    try {
        write_new_file(files.rsa, rsa.private_text().reveal(), 0600);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(files.ed25519, ignored);
        throw;
    }
}

HostKeyFacts facts_of(const std::filesystem::path& host_key) {
    const auto loaded = server::ssh::HostKey::load(host_key);
    if (const auto* problem = std::get_if<std::string>(&loaded)) {
        throw std::runtime_error(fmt::format("{} {}", host_key.string(), *problem));
    }
    const auto& key = std::get<server::ssh::HostKey>(loaded);
    return {key.type(), key.fingerprint(), key.public_line()};
}

std::string fingerprint_of(const std::filesystem::path& certificate) {
    std::ifstream stream(certificate, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(stream), {}};
    return tls::fingerprint(pem);
}

}  // namespace sallyport::cli
