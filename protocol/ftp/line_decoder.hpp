#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/ftp/command.hpp"

namespace sallyport::ftp {

/// More than `max_line_bytes` without a line end.
struct LineTooLong {};
using Decoded = std::variant<Command, Malformed, Foreign, LineTooLong>;

/// Turns the bytes of a control connection into commands. A line ends with LF or CRLF. Holds at
/// most `max_line_bytes` of an unfinished line beyond what one `feed` brings, and wipes lines once
/// they are read, since they may hold a password.
class LineDecoder {
  public:
    LineDecoder() = default;
    ~LineDecoder();
    LineDecoder(const LineDecoder&) = delete;
    LineDecoder& operator=(const LineDecoder&) = delete;

    /// Adds bytes from the peer. Call `next` until it answers nothing before feeding more.
    void feed(std::string_view bytes);
    /// The next whole line, or nothing when more bytes are needed. After `Foreign` or `LineTooLong`
    /// the connection must be closed.
    [[nodiscard]] std::optional<Decoded> next();
    /// True when every byte fed so far has been consumed as part of a line.
    [[nodiscard]] bool empty() const { return buffer_.size() == consumed_; }

  private:
    [[nodiscard]] std::string_view pending() const {
        return std::string_view(buffer_).substr(consumed_);
    }
    void consume(std::size_t bytes);

    std::string buffer_;
    std::size_t consumed_ = 0;
};

}  // namespace sallyport::ftp
