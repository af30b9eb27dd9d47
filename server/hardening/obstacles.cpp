#include "server/hardening/obstacles.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/hardening/capabilities.hpp"
#include "server/hardening/identity.hpp"
#include "server/hardening/places.hpp"
#include "storage/local/descriptor.hpp"

namespace sallyport::hardening {
namespace {

void append(std::vector<std::string>& sentences, std::vector<std::string> more) {
    for (std::string& sentence : more) sentences.push_back(std::move(sentence));
}

}  // namespace

std::vector<std::string> obstacles_to_writing(const config::Config& config,
                                              const std::string& user) {
    std::vector<std::string> sentences;
    // One that is not there is missed by whoever needs it.
    for (const auto& folder : changed_folders(config)) {
        if (::access(folder.c_str(), W_OK | X_OK) == 0 || errno == ENOENT) continue;
        sentences.push_back(fmt::format("{} cannot be written to by the user {}: {}",
                                        folder.string(), user, std::strerror(errno)));
    }
    return sentences;
}

std::vector<std::string> obstacles_to_reload(const config::Config& config,
                                             const std::string& user) {
    std::vector<std::string> sentences;
    for (const auto& file : files_of_a_reload(config)) {
        const storage::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
        if (opened.is_open()) continue;
        sentences.push_back(
            fmt::format("{} cannot be read by the user {}, so a reload will be refused: {}",
                        file.string(), user, std::strerror(errno)));
    }
    return sentences;
}

std::vector<std::string> weaknesses_of(const config::Config& config) {
    std::vector<std::string> sentences;
    for (const auto& file : files_of_a_reload(config)) {
        const auto resolved = without_links(file);
        for (const auto& folder : changed_folders(config)) {
            if (!lies_in(resolved, without_links(folder))) continue;
            sentences.push_back(fmt::format("{} lies in {}, where the server could change it",
                                            file.string(), folder.string()));
        }
        const auto folder = resolved.parent_path();
        if (!is_of_the_system(folder)) continue;
        sentences.push_back(
            fmt::format("{} lies in {}, where a reload does not see a file that takes its place; "
                        "give it a folder of its own",
                        file.string(), folder.string()));
    }
    return sentences;
}

std::vector<std::string> try_out(const config::Config& config) {
    std::vector<std::string> sentences = weaknesses_of(config);
    const std::string& name = config.server.user;
    if (name.empty()) return sentences;
    const auto found = find_identity(name);
    if (const auto* problem = std::get_if<std::string>(&found)) {
        sentences.push_back("server.user: " + *problem + ", so root cannot start the server");
        return sentences;
    }
    if (::geteuid() != 0 || become(std::get<Identity>(found)) || drop_capabilities()) {
        return sentences;
    }
    append(sentences, obstacles_to_reload(config, name));
    append(sentences, obstacles_to_writing(config, name));
    return sentences;
}

}  // namespace sallyport::hardening
