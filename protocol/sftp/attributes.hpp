#pragma once

#include <cstdint>
#include <optional>

#include "protocol/sftp/reader.hpp"
#include "protocol/sftp/writer.hpp"
#include "storage/entry.hpp"

namespace sallyport::sftp {

/// Owner and group that all files have: real ones mean nothing to a client, and are not told.
inline constexpr std::uint32_t virtual_id = 1000;

/// File attributes as a client sends them (section 5); what is absent was not sent.
struct Attributes {
    std::optional<std::uint64_t> size;         ///< bytes
    bool owner = false;                        ///< user and group were sent; nobody uses them
    std::optional<std::uint32_t> permissions;  ///< type bits included
    std::optional<std::uint32_t> modified;  ///< seconds since 1970; the time of access is dropped

    /// True when only what cannot be changed was sent.
    [[nodiscard]] bool only_owner() const { return owner && !size && !permissions && !modified; }
    /// What of it storage can set, besides the size.
    [[nodiscard]] storage::AttributeChange change() const;
};

/// Reads attributes; extended pairs are skipped. Malformed ones make the reader fail.
[[nodiscard]] Attributes read_attributes(Reader& fields);

/// Size, owner, permissions with type bits, and times of an entry. Times that version 3 cannot tell
/// become the nearest that it can.
void write_attributes(Writer& writer, const storage::Entry& entry);

}  // namespace sallyport::sftp
