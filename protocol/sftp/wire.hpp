#pragma once

#include <cstdint>

/// Numbers of SFTP version 3 (draft-ietf-secsh-filexfer-02).
namespace sallyport::sftp {

/// The version spoken here, whatever a client offers.
inline constexpr std::uint32_t protocol_version = 3;

/// Section 3.
enum class PacketType : std::uint8_t {
    init = 1,
    version = 2,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    lstat = 7,
    fstat = 8,
    setstat = 9,
    fsetstat = 10,
    opendir = 11,
    readdir = 12,
    remove = 13,
    mkdir = 14,
    rmdir = 15,
    realpath = 16,
    stat = 17,
    rename = 18,
    readlink = 19,
    symlink = 20,
    status = 101,
    handle = 102,
    data = 103,
    name = 104,
    attrs = 105,
    extended = 200,
    extended_reply = 201,
};

/// Section 7; those that a server sends.
enum class StatusCode : std::uint32_t {
    ok = 0,
    eof = 1,
    no_such_file = 2,
    permission_denied = 3,
    failure = 4,
    bad_message = 5,
    op_unsupported = 8,
};

/// Bits of OPEN's pflags, section 6.3.
namespace open_flag {
inline constexpr std::uint32_t read = 0x01;
inline constexpr std::uint32_t write = 0x02;
inline constexpr std::uint32_t append = 0x04;
inline constexpr std::uint32_t create = 0x08;
inline constexpr std::uint32_t truncate = 0x10;
inline constexpr std::uint32_t exclusive = 0x20;
}  // namespace open_flag

/// Which attributes follow, section 5.
namespace attribute_flag {
inline constexpr std::uint32_t size = 0x01;
inline constexpr std::uint32_t owner = 0x02;
inline constexpr std::uint32_t permissions = 0x04;
inline constexpr std::uint32_t times = 0x08;
inline constexpr std::uint32_t extended = 0x8000'0000;
}  // namespace attribute_flag

}  // namespace sallyport::sftp
