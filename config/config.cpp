#include "config/config.hpp"

namespace sallyport::config {

std::string_view name_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::ftps:
            return "ftps";
        case Protocol::ftps_implicit:
            return "ftps-implicit";
        case Protocol::sftp:
            return "sftp";
    }
    __builtin_unreachable();
}

std::optional<std::filesystem::path> status_socket(const Server& server) {
    if (server.state_dir.empty()) return std::nullopt;
    return server.state_dir / "admin.sock";
}

}  // namespace sallyport::config
