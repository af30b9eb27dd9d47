#include "storage/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <boost/crc.hpp>
#include <stdexcept>
#include <variant>

#include "storage/hex.hpp"

namespace sallyport::storage {
namespace {

struct Free {
    void operator()(EVP_MD* method) const { EVP_MD_free(method); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Method = std::unique_ptr<EVP_MD, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

Method fetch(const char* name) {
    return Method(EVP_MD_fetch(nullptr, name, nullptr));
}

/// Looked up once: a look-up by name for each digest costs more than digesting a small file.
const EVP_MD* method_of(DigestAlgorithm algorithm) {
    static const Method md5 = fetch("MD5");
    static const Method sha1 = fetch("SHA1");
    static const Method sha256 = fetch("SHA256");
    static const Method sha512 = fetch("SHA512");
    switch (algorithm) {
        case DigestAlgorithm::crc32:
            break;
        case DigestAlgorithm::md5:
            return md5.get();
        case DigestAlgorithm::sha1:
            return sha1.get();
        case DigestAlgorithm::sha256:
            return sha256.get();
        case DigestAlgorithm::sha512:
            return sha512.get();
    }
    return nullptr;
}

void require(bool ok) {
    if (!ok) throw std::runtime_error("the digest algorithm is not available");
}

std::string finish_of(boost::crc_32_type& crc) {
    const std::uint32_t sum = crc.checksum();
    const std::array<unsigned char, 4> bytes{
        static_cast<unsigned char>(sum >> 24), static_cast<unsigned char>(sum >> 16),
        static_cast<unsigned char>(sum >> 8), static_cast<unsigned char>(sum)};
    return to_hex(bytes);
}

std::string finish_of(Context& context) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned length = 0;
    require(EVP_DigestFinal_ex(context.get(), bytes.data(), &length) == 1);
    return to_hex(std::span(bytes).first(length));
}

}  // namespace

struct Digest::State {
    std::variant<boost::crc_32_type, Context> sum;
};

Digest::Digest(DigestAlgorithm algorithm) : state_(std::make_unique<State>()) {
    if (algorithm == DigestAlgorithm::crc32) return;
    auto& context = state_->sum.emplace<Context>(EVP_MD_CTX_new());
    const EVP_MD* method = method_of(algorithm);
    require(context && method && EVP_DigestInit_ex2(context.get(), method, nullptr) == 1);
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::update(std::span<const std::byte> data) {
    if (auto* crc = std::get_if<boost::crc_32_type>(&state_->sum)) {
        crc->process_bytes(data.data(), data.size());
        return;
    }
    auto& context = std::get<Context>(state_->sum);
    require(EVP_DigestUpdate(context.get(), data.data(), data.size()) == 1);
}

std::string Digest::finish() {
    return std::visit([](auto& sum) { return finish_of(sum); }, state_->sum);
}

}  // namespace sallyport::storage
