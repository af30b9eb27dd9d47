#include "storage/local/stored_digest.hpp"

#include <sys/xattr.h>

#include <array>
#include <charconv>
#include <cstdint>

#include "storage/hex.hpp"
#include "storage/local/entry_of.hpp"

namespace sallyport::storage {
namespace {

constexpr const char* attribute = "user.sallyport.sha256";

/// As stored: small enough to fit into an ext4 inode, so that it costs no block of its own.
struct Record {
    std::int64_t size = 0;
    std::int64_t modified = 0;  ///< nanoseconds since 1970
    std::array<unsigned char, 32> sha256{};
};
static_assert(sizeof(Record) == 48);

Record record_of(const FileStatus& status) {
    Record record;
    record.size = static_cast<std::int64_t>(status.size);
    record.modified = status.modified.time_since_epoch().count();
    return record;
}

}  // namespace

void remember_digest(const Descriptor& file, const FileStatus& status, const std::string& sha256) {
    Record record = record_of(status);
    if (sha256.size() != 2 * record.sha256.size()) return;
    const char* hex = sha256.data();
    for (unsigned char& byte : record.sha256) {
        std::from_chars(hex, hex + 2, byte, 16);
        hex += 2;
    }
    static_cast<void>(::fsetxattr(file.get(), attribute, &record, sizeof record, 0));
}

std::optional<std::string> recall_digest(const Descriptor& file, const FileStatus& status) {
    Record record;
    const ssize_t got = ::fgetxattr(file.get(), attribute, &record, sizeof record);
    if (got != static_cast<ssize_t>(sizeof record)) return std::nullopt;
    const Record now = record_of(status);
    if (record.size != now.size || record.modified != now.modified) return std::nullopt;
    return to_hex(record.sha256);
}

}  // namespace sallyport::storage
