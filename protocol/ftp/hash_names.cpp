#include "protocol/ftp/hash_names.hpp"

#include <array>

#include "protocol/ftp/arguments.hpp"

namespace sallyport::ftp {

std::string_view name_of(storage::DigestAlgorithm algorithm) {
    using enum storage::DigestAlgorithm;
    switch (algorithm) {
        case crc32:
            return "CRC32";
        case md5:
            return "MD5";
        case sha1:
            return "SHA-1";
        case sha256:
            return "SHA-256";
        case sha512:
            return "SHA-512";
    }
    __builtin_unreachable();
}

std::optional<storage::DigestAlgorithm> hash_named(std::string_view name) {
    using enum storage::DigestAlgorithm;
    for (auto algorithm : {crc32, md5, sha1, sha256, sha512}) {
        if (equal_ignoring_case(name, name_of(algorithm))) return algorithm;
    }
    return std::nullopt;
}

}  // namespace sallyport::ftp
