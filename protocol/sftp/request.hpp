#pragma once

#include <cstdint>
#include <utility>

#include "protocol/sftp/packet_decoder.hpp"
#include "protocol/sftp/reader.hpp"

namespace sallyport::sftp {

/// A packet that asks for something: its id has been read, its fields have not.
struct Request {
    explicit Request(Packet whole)
        : packet(std::move(whole)), fields(packet.body), id(fields.u32()) {}
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    Packet packet;  ///< moving it elsewhere keeps what was read from `fields` valid there
    Reader fields;
    std::uint32_t id;  ///< chosen by the client; may repeat
};

}  // namespace sallyport::sftp
