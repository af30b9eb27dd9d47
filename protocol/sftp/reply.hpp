#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/sftp/handle_table.hpp"
#include "protocol/sftp/wire.hpp"
#include "protocol/sftp/writer.hpp"
#include "storage/entry.hpp"
#include "storage/error.hpp"

/// Answers that several requests share (section 7). Texts never hold client bytes.
namespace sallyport::sftp {

/// STATUS with a text in English.
[[nodiscard]] Reply status(std::uint32_t id, StatusCode code, std::string_view text);
/// STATUS that says yes.
[[nodiscard]] Reply success(std::uint32_t id);
/// STATUS of a request whose fields do not fit its packet.
[[nodiscard]] Reply bad_message(std::uint32_t id);
/// The one place where storage errors become answers.
[[nodiscard]] Reply reply_to(std::uint32_t id, storage::Error error);
[[nodiscard]] Reply reply_to(std::uint32_t id, HandleError error);
/// HANDLE.
[[nodiscard]] Reply handle_reply(std::uint32_t id, std::string_view handle);
/// ATTRS.
[[nodiscard]] Reply attributes_reply(std::uint32_t id, const storage::Entry& entry);
/// NAME with one path and no attributes, as REALPATH is answered.
[[nodiscard]] Reply path_reply(std::uint32_t id, std::string_view path);

}  // namespace sallyport::sftp
