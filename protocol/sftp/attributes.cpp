#include "protocol/sftp/attributes.hpp"

#include <algorithm>
#include <chrono>

#include "protocol/sftp/wire.hpp"

namespace sallyport::sftp {
namespace {

namespace chrono = std::chrono;

// Type bits of permissions, as POSIX systems have them.
constexpr std::uint32_t directory_type = 0040000;
constexpr std::uint32_t file_type = 0100000;
constexpr std::uint32_t permission_bits = 0777;

/// A pair is two strings of at least four bytes each.
constexpr std::size_t min_pair_bytes = 8;

void skip_pairs(Reader& fields) {
    const std::uint32_t count = fields.u32();
    if (count > fields.remaining() / min_pair_bytes) return fields.fail();
    for (std::uint32_t pair = 0; pair < count; ++pair) {
        static_cast<void>(fields.data());
        static_cast<void>(fields.data());
    }
}

std::uint32_t wire_time(storage::FileTime time) {
    const auto seconds = chrono::floor<chrono::seconds>(time).time_since_epoch().count();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, UINT32_MAX));
}

}  // namespace

storage::AttributeChange Attributes::change() const {
    storage::AttributeChange change;
    if (modified) change.modified = storage::FileTime(chrono::seconds(*modified));
    if (permissions) change.mode = *permissions & permission_bits;
    return change;
}

Attributes read_attributes(Reader& fields) {
    Attributes attributes;
    const std::uint32_t flags = fields.u32();
    if ((flags & attribute_flag::size) != 0) attributes.size = fields.u64();
    if ((flags & attribute_flag::owner) != 0) {
        attributes.owner = true;
        static_cast<void>(fields.u64());
    }
    if ((flags & attribute_flag::permissions) != 0) attributes.permissions = fields.u32();
    if ((flags & attribute_flag::times) != 0) {
        static_cast<void>(fields.u32());
        attributes.modified = fields.u32();
    }
    if ((flags & attribute_flag::extended) != 0) skip_pairs(fields);
    return attributes;
}

void write_attributes(Writer& writer, const storage::Entry& entry) {
    const bool directory = entry.type == storage::EntryType::directory;
    const std::uint32_t modified = wire_time(entry.modified);
    writer.u32(attribute_flag::size | attribute_flag::owner | attribute_flag::permissions |
               attribute_flag::times);
    writer.u64(entry.size).u32(virtual_id).u32(virtual_id);
    writer.u32((directory ? directory_type : file_type) | (entry.mode & 07777U));
    writer.u32(modified).u32(modified);
}

}  // namespace sallyport::sftp
