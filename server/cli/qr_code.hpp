#pragma once

#include <optional>
#include <string>

namespace sallyport::cli {

/// `text` as a QR code (ISO/IEC 18004) in UTF-8 half blocks, two rows of modules a line, with the
/// quiet zone around it. Light modules are drawn and dark ones left out, as terminals are dark.
/// Nothing when the text is too long for any code. Throws std::bad_alloc.
[[nodiscard]] std::optional<std::string> qr_code(const std::string& text);

}  // namespace sallyport::cli
