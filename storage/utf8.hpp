#pragma once

#include <string_view>

namespace sallyport::storage {

/// True for text that can be shown, logged and stored as a name without deceiving anybody:
/// well-formed UTF-8 (no overlong forms, no surrogates, nothing past U+10FFFF) without NUL, C0,
/// DEL, C1 or bidirectional controls. True for the empty text.
[[nodiscard]] bool is_acceptable_text(std::string_view text);

/// The longest beginning of well-formed UTF-8 `text` of at most `bytes` that splits no character.
[[nodiscard]] std::string_view clip_text(std::string_view text, std::size_t bytes);

}  // namespace sallyport::storage
