#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// SFTP packets as a client writes and reads them, without help from the code under test.
namespace sallyport::test {

namespace fxp {
enum Type : std::uint8_t {
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
}  // namespace fxp

namespace fx {
enum Code : std::uint32_t {
    ok = 0,
    eof = 1,
    no_such_file = 2,
    permission_denied = 3,
    failure = 4,
    bad_message = 5,
    op_unsupported = 8,
    no_status = 999,  ///< the answer was another packet
};
}  // namespace fx

namespace fxf {
inline constexpr std::uint32_t read = 1;
inline constexpr std::uint32_t write = 2;
inline constexpr std::uint32_t append = 4;
inline constexpr std::uint32_t creat = 8;
inline constexpr std::uint32_t trunc = 16;
inline constexpr std::uint32_t excl = 32;
/// What most clients upload with.
inline constexpr std::uint32_t put = write | creat | trunc;
}  // namespace fxf

/// Fields of a packet, one after another.
class Fields {
  public:
    Fields& u8(unsigned value) {
        bytes_ += static_cast<char>(value);
        return *this;
    }
    Fields& u32(std::uint64_t value) { return number(value, 4); }
    Fields& u64(std::uint64_t value) { return number(value, 8); }
    Fields& str(std::string_view text) { return u32(text.size()).raw(text); }
    Fields& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

  private:
    Fields& number(std::uint64_t value, unsigned width) {
        for (unsigned place = width; place-- > 0;) u8(value >> (8 * place) & 0xffU);
        return *this;
    }

    std::string bytes_;
};

/// Attributes as a client sends them.
inline Fields no_attributes() {
    return Fields().u32(0);
}
inline Fields size_attribute(std::uint64_t size) {
    return Fields().u32(1).u64(size);
}
inline Fields owner_attribute() {
    return Fields().u32(2).u32(0).u32(0);
}
inline Fields mode_attribute(std::uint32_t mode) {
    return Fields().u32(4).u32(mode);
}
inline Fields time_attribute(std::uint32_t modified) {
    return Fields().u32(8).u32(1).u32(modified);
}

inline std::string packet(unsigned type, const Fields& fields) {
    return Fields().u32(fields.bytes().size() + 1).u8(type).raw(fields.bytes()).bytes();
}

inline std::span<const std::byte> as_bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

/// Attributes as the server sent them.
struct SeenAttributes {
    std::uint32_t flags = 0;
    std::uint64_t size = 0;
    std::uint32_t user = 0;
    std::uint32_t group = 0;
    std::uint32_t mode = 0;
    std::uint32_t accessed = 0;
    std::uint32_t modified = 0;
};

struct SeenName {
    std::string name;
    std::string line;
    SeenAttributes attributes;
};

/// One packet from the server. Its fields are taken out from the front; missing ones throw.
class Answer {
  public:
    Answer() = default;
    explicit Answer(std::string_view packet) {
        type = static_cast<std::uint8_t>(packet.at(4));
        rest = packet.substr(5);
        if (type != fxp::version) id = u32();
    }

    std::uint8_t type = 0;
    std::uint32_t id = 0;
    std::string rest;

    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    std::string str() {
        const auto size = u32();
        return take(size);
    }
    SeenAttributes attributes() {
        SeenAttributes seen;
        seen.flags = u32();
        if ((seen.flags & 1) != 0) seen.size = u64();
        if ((seen.flags & 2) != 0) seen.user = u32(), seen.group = u32();
        if ((seen.flags & 4) != 0) seen.mode = u32();
        if ((seen.flags & 8) != 0) seen.accessed = u32(), seen.modified = u32();
        return seen;
    }
    std::vector<SeenName> names() {
        std::vector<SeenName> seen(u32());
        for (auto& each : seen) {
            each.name = str();
            each.line = str();
            each.attributes = attributes();
        }
        return seen;
    }

    /// Of a STATUS; does not take it out.
    [[nodiscard]] std::uint32_t code() const {
        return type == fxp::status ? Answer(*this).u32() : std::uint32_t{fx::no_status};
    }
    /// Text of a STATUS.
    [[nodiscard]] std::string text() const {
        if (type != fxp::status) return {};
        Answer copy(*this);
        copy.u32();
        return copy.str();
    }

  private:
    std::uint64_t number(unsigned width) {
        std::uint64_t value = 0;
        for (const char c : take(width)) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }
    std::string take(std::size_t size) {
        auto taken = rest.substr(0, size);
        if (taken.size() != size) throw std::out_of_range("the answer is too short");
        rest.erase(0, size);
        return taken;
    }
};

}  // namespace sallyport::test
