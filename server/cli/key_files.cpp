#include "server/cli/key_files.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "server/cli/new_file.hpp"
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

std::string fingerprint_of(const std::filesystem::path& certificate) {
    std::ifstream stream(certificate, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(stream), {}};
    return tls::fingerprint(pem);
}

}  // namespace sallyport::cli
