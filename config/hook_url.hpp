#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

namespace sallyport::config {

/// "https://hook.example.com/login": the host must prove to be who it is.
struct HttpsUrl {
    std::string host;  ///< a name, or an IP address without brackets
    std::uint16_t port = 443;
    std::string target;  ///< from the first slash on
    bool operator==(const HttpsUrl&) const = default;
};
/// "http://127.0.0.1:8000/login": nothing leaves this machine.
struct LoopbackUrl {
    std::string address;  ///< without brackets
    std::uint16_t port = 80;
    std::string target;
    bool operator==(const LoopbackUrl&) const = default;
};
/// "unix:/run/hook.sock": HTTP with the target "/".
struct SocketUrl {
    std::filesystem::path path;
    bool operator==(const SocketUrl&) const = default;
};
/// Where a hook is, as `parse_hook_url` reads it. There is no form for another machine in clear.
using HookUrl = std::variant<HttpsUrl, LoopbackUrl, SocketUrl>;

}  // namespace sallyport::config
