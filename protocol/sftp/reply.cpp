#include "protocol/sftp/reply.hpp"

#include "protocol/sftp/attributes.hpp"

namespace sallyport::sftp {
namespace {

StatusCode code_of(storage::Error error) {
    using enum storage::Error;
    switch (error) {
        case not_found:
        case not_a_directory:
            return StatusCode::no_such_file;
        case forbidden:
        case read_only:
            return StatusCode::permission_denied;
        case invalid_name:
        case exists:
        case is_a_directory:
        case not_a_regular_file:
        case not_empty:
        case no_space:
        case quota_exceeded:
        case too_large:
        case crosses_folders:
        case bad_offset:
        case changed:
        case unavailable:
        case io:
            return StatusCode::failure;
    }
    __builtin_unreachable();
}

}  // namespace

Reply status(std::uint32_t id, StatusCode code, std::string_view text) {
    Writer writer(PacketType::status);
    writer.u32(id).u32(static_cast<std::uint32_t>(code)).string(text).string("en");
    return writer.finish();
}

Reply success(std::uint32_t id) {
    return status(id, StatusCode::ok, "Success");
}

Reply bad_message(std::uint32_t id) {
    return status(id, StatusCode::bad_message, "malformed request");
}

Reply reply_to(std::uint32_t id, storage::Error error) {
    return status(id, code_of(error), describe(error));
}

Reply reply_to(std::uint32_t id, HandleError error) {
    switch (error) {
        case HandleError::unknown:
            return status(id, StatusCode::failure, "no such handle");
        case HandleError::wrong_kind:
            return status(id, StatusCode::permission_denied, "the handle is not open for this");
    }
    __builtin_unreachable();
}

Reply handle_reply(std::uint32_t id, std::string_view handle) {
    return Writer(PacketType::handle).u32(id).string(handle).finish();
}

Reply attributes_reply(std::uint32_t id, const storage::Entry& entry) {
    Writer writer(PacketType::attrs);
    writer.u32(id);
    write_attributes(writer, entry);
    return writer.finish();
}

Reply path_reply(std::uint32_t id, std::string_view path) {
    constexpr std::uint32_t one_name = 1;
    constexpr std::uint32_t no_attributes = 0;
    return Writer(PacketType::name)
        .u32(id)
        .u32(one_name)
        .string(path)
        .string(path)
        .u32(no_attributes)
        .finish();
}

}  // namespace sallyport::sftp
