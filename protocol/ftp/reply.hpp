#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "storage/error.hpp"

namespace sallyport::ftp {

/// A reply on the control connection (RFC 959 section 4.2). Never built from unescaped client
/// bytes: names of files come from VirtualPath only.
struct Reply {
    int code = 500;
    std::string text;                 ///< of the only line, or of the first one
    std::vector<std::string> middle;  ///< further lines, sent after a leading space
    std::string last;                 ///< text of the closing line when `middle` is not empty

    [[nodiscard]] bool positive() const { return code < 400; }
    /// As sent, with line ends. Control characters in texts become '?': a text cannot forge a
    /// reply.
    [[nodiscard]] std::string wire() const;
};

/// A reply of one line.
[[nodiscard]] Reply reply(int code, std::string text);
/// A reply of several lines.
[[nodiscard]] Reply reply(int code, std::string first, std::vector<std::string> middle,
                          std::string last);
/// The one place where storage errors become FTP replies.
[[nodiscard]] Reply reply_to(storage::Error error);
/// "path", with quotes inside doubled (RFC 959 appendix II).
[[nodiscard]] std::string quote_path(std::string_view path);

}  // namespace sallyport::ftp
