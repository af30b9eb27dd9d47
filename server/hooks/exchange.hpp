#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "auth/secret.hpp"
#include "server/hooks/byte_stream.hpp"

namespace sallyport::server::hooks {

/// What is posted, and how much may come back.
struct Post {
    std::string host;           ///< for the Host header
    std::string target;         ///< such as "/login"
    const auth::Secret& token;  ///< empty: none is sent
    const auth::Secret& body;   ///< JSON
    std::uint64_t max_answer_bytes;
};

/// The body of the answer, or why there is none.
struct NoAnswer {
    std::string reason;
};
using Answered = std::variant<std::string, NoAnswer>;

/// Sends one request and reads its response (RFC 9112), which must have status 200: redirections
/// are not followed, since they would carry a password to somebody else.
Async<Answered> exchange(ByteStream& stream, const Post& post, net::SteadyTime deadline);

}  // namespace sallyport::server::hooks
