#include "server/cli/load_checked.hpp"

#include "server/app.hpp"

namespace sallyport::cli {

config::Loaded load_checked(const std::filesystem::path& file) {
    config::Loaded loaded = config::load(file);
    if (!loaded.config) return loaded;
    loaded.problems = server::check_credentials(*loaded.config);
    if (loaded.problems.empty()) {
        for (auto& sentence : server::check_machine(*loaded.config)) {
            loaded.warnings.push_back({file.string(), 0, 0, std::move(sentence)});
        }
    } else {
        loaded.config.reset();
    }
    return loaded;
}

}  // namespace sallyport::cli
