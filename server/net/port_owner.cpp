#include "server/net/port_owner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>

namespace sallyport::net {
namespace {

namespace fs = std::filesystem;

/// The fields of a line of /proc/net/tcp that matter here (proc(5)).
struct Line {
    std::string local;  ///< address and port, hexadecimal
    std::string state;
    std::string inode;
};

constexpr std::string_view listening = "0A";

bool read_line(std::istream& table, Line& line) {
    std::string text, skipped;
    if (!std::getline(table, text)) return false;
    std::istringstream fields(text);
    fields >> skipped >> line.local >> skipped >> line.state;
    for (int i = 0; i < 5; ++i) fields >> skipped;
    fields >> line.inode;
    return true;
}

/// What links to the sockets that listen on the port look like.
std::set<std::string> sockets_on(std::uint16_t port, const fs::path& table) {
    std::set<std::string> sockets;
    std::ifstream file(table);
    const std::string ending = fmt::format(":{:04X}", port);
    for (Line line; read_line(file, line);) {
        if (line.state != listening || !line.local.ends_with(ending)) continue;
        sockets.insert(fmt::format("socket:[{}]", line.inode));
    }
    return sockets;
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& sockets) {
    std::error_code error;
    for (fs::directory_iterator at(process / "fd", error), end; !error && at != end;
         at.increment(error)) {
        std::error_code gone;
        if (sockets.contains(fs::read_symlink(at->path(), gone).string())) return true;
    }
    return false;
}

std::string name_of(const fs::path& process) {
    std::ifstream file(process / "comm");
    std::string name;
    std::getline(file, name);
    return fmt::format("process {} ({})", process.filename().string(), name);
}

}  // namespace

std::string port_owner(std::uint16_t port, const fs::path& proc) {
    auto sockets = sockets_on(port, proc / "net/tcp");
    sockets.merge(sockets_on(port, proc / "net/tcp6"));
    std::error_code error;
    for (fs::directory_iterator at(proc, error), end; !error && at != end; at.increment(error)) {
        const auto name = at->path().filename().string();
        const bool is_process =
            std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
        if (is_process && holds_one_of(at->path(), sockets)) return name_of(at->path());
    }
    return {};
}

}  // namespace sallyport::net
