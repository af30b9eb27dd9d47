// The loader of configuration files, from text to the frozen configuration and the questions that
// it answers.

#include <sys/stat.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "config/document.hpp"
#include "config/freeze.hpp"
#include "config/validate.hpp"
#include "config/walk.hpp"
#include "tests/fuzz/require.hpp"

namespace sallyport::fuzz {
namespace {

/// A key that reads other files would make the outcome depend on the machine.
bool reads_other_files(std::string_view text) {
    return text.find("file:") != text.npos || text.find("env:") != text.npos;
}

void ask(const config::Config& config) {
    const auto path = storage::VirtualPath::parse("/in/a.csv").value();
    for (const auto& [name, user] : *config.users) {
        for (const auth::Verb verb : auth::all_verbs) {
            require(!user.policy->decide(verb, path).rule.empty(), "each decision names its rule");
            require(!user.policy->decide_below(verb, path.parent()).rule.empty(),
                    "so does each about what is below");
        }
        require(user.policy->rules.size() <= 2 * auth::max_rules, "the number of rules is bounded");
    }
}

/// A folder with certificate and key, which configurations must name to be accepted.
class Folder {
  public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "fuzz-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        path_ = name;
        for (const auto* const file : {"cert.pem", "key.pem"}) {
            std::ofstream(path_ / file).flush();
            ::chmod((path_ / file).c_str(), 0600);
        }
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string file() const { return (path_ / "fuzz.toml").string(); }

  private:
    std::filesystem::path path_;
};

void load(std::string_view text) {
    static const Folder folder;
    const std::string file = folder.file();
    config::Report report;
    config::Draft draft;
    const auto document = config::parse_document(text, file, report);
    require(document.has_value() != report.failed(), "text that is not TOML is reported");
    if (document) {
        config::walk(*document, draft, report);
        config::validate(draft, file, report);
    }
    for (const auto& problem : report.errors()) {
        require(!problem.text.empty(), "each problem says what is wrong");
        require(problem.str().find('\n') == std::string::npos, "each problem is one line");
    }
    if (!report.failed()) ask(*config::freeze(std::move(draft)));
}

}  // namespace
}  // namespace sallyport::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!sallyport::fuzz::reads_other_files(text)) sallyport::fuzz::load(text);
    return 0;
}
