#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

/// What a load balancer says about a connection before it passes the client's bytes on: the PROXY
/// protocol, versions 1 and 2 (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt).
namespace sallyport::proxy {

/// Longest header of version 1, line end included (section 2.1).
inline constexpr std::size_t max_v1_bytes = 107;
/// Longest header of version 2 that is taken, of the 64 KiB that could be announced. Stops
/// balancers that were taken over from filling memory; real ones stay below 600 bytes.
inline constexpr std::size_t max_v2_bytes = 4096;

/// The connection is the balancer's own, such as a health check (LOCAL), or it does not know whose
/// it is (UNKNOWN, UNSPEC): the addresses of the connection itself hold.
struct Own {
    bool operator==(const Own&) const = default;
};

/// The connection that the balancer relays: TCP, addresses as text without port.
struct Relayed {
    std::string source;       ///< the client
    std::string destination;  ///< what the client connected to
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    bool operator==(const Relayed&) const = default;
};

using Header = std::variant<Own, Relayed>;

/// Recognises one header, from any pieces that it comes in.
class HeaderParser {
  public:
    enum class State {
        more,       ///< the header goes on
        complete,   ///< `header` is there
        malformed,  ///< this is no header; `problem` says why
    };

    /// Looks at what follows the bytes of earlier calls. How many of `bytes` belong to the header:
    /// what comes behind it is for whoever speaks next.
    std::size_t feed(std::span<const std::byte> bytes);

    [[nodiscard]] State state() const { return state_; }
    /// Once complete.
    [[nodiscard]] const Header& header() const { return header_; }
    /// Once malformed: for the log.
    [[nodiscard]] std::string_view problem() const { return problem_; }

  private:
    void look();
    void look_at_line();
    void look_at_block();
    void finish(Header header);
    void refuse(std::string_view problem);

    std::string bytes_;  ///< of the header, so far
    State state_ = State::more;
    Header header_;
    std::string_view problem_;
};

}  // namespace sallyport::proxy
