#pragma once

#include <cstddef>
#include <cstdint>

/// Limits of an SFTP session; each says which attack it stops.
namespace sallyport::sftp {

/// Longest packet, in bytes without its length field: what OpenSSH takes. Stops declared lengths
/// of gigabytes (libssh accepts 256 MiB).
inline constexpr std::size_t max_packet_bytes = std::size_t{256} * 1024;

/// Most bytes one READ is answered with, and one WRITE should carry: leaves room for the header of
/// the packet. Stops READ with a length of 2^32-1 from allocating it (CVE-2026-59844).
inline constexpr std::size_t max_data_bytes = std::size_t{255} * 1024;

/// Files and directories open at a time. Stops a client from using up descriptors.
inline constexpr std::size_t max_handles = 128;

/// Names in one answer to READDIR. Keeps the longest possible answer below `max_name_answer_bytes`.
inline constexpr std::size_t max_names_per_answer = 128;

/// What an answer with names must stay below: clients refuse longer ones (libssh2, pkg/sftp).
inline constexpr std::size_t max_name_answer_bytes = std::size_t{128} * 1024;

/// Longest owner or group in a listing's lines; a longer one is shown as its number. Stops long
/// user names from breaking the limit above.
inline constexpr std::size_t max_owner_bytes = 32;

/// Last offset that a file can have: larger ones would be negative for the file system.
inline constexpr std::uint64_t max_offset = INT64_MAX;

/// Smallest block that check-file digests on its own (draft-ietf-secsh-filexfer-extensions-00
/// section 3), and the most blocks of one request. Stop one small request from making a large
/// answer and much work.
inline constexpr std::uint32_t min_digest_block_bytes = 256;
inline constexpr std::uint64_t max_digest_blocks = 1024;

/// Most ids that users-groups-by-id names at once, and the most bytes of a name it tells. Stop
/// answers that are much larger than their requests.
inline constexpr std::size_t max_ids_per_request = 1024;
inline constexpr std::size_t max_user_bytes = 64;

/// Bytes that copy-data holds in memory.
inline constexpr std::size_t copy_chunk_bytes = std::size_t{256} * 1024;

}  // namespace sallyport::sftp
