#pragma once

#include <span>
#include <string_view>

#include "protocol/sftp/request_table.hpp"

namespace sallyport::sftp {

/// One row of the extension table: what VERSION advertises and where EXTENDED goes.
struct ExtensionRow {
    std::string_view name;
    Handler handler = nullptr;         ///< reads on behind the name; none: OP_UNSUPPORTED
    std::string_view advertised = {};  ///< data of the pair in VERSION; empty: not advertised
    std::string_view refusal = "not supported";  ///< text for the client when there is no handler
};

/// The row of an extension; nullptr when there is none.
[[nodiscard]] const ExtensionRow* find_extension(std::string_view name);
[[nodiscard]] std::span<const ExtensionRow> extension_table();

}  // namespace sallyport::sftp
