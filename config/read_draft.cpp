#include "config/read_draft.hpp"

#include <set>
#include <system_error>

#include "config/document.hpp"
#include "config/file_text.hpp"
#include "config/include.hpp"
#include "config/load.hpp"
#include "config/validate.hpp"
#include "config/walk.hpp"

namespace sallyport::config {
namespace {

/// Reads one file into the draft; what cannot be read is reported at `cause`. False when nothing of
/// the file is known.
bool read_into(const std::filesystem::path& file, const Position& cause, Draft& draft,
               Report& report) {
    report.uses_file(file);
    const auto text = read_file(file, max_file_bytes, Access::anybody);
    if (const auto* mistake = std::get_if<Mistake>(&text)) {
        report.error(cause, mistake->text);
        return false;
    }
    const auto document = parse_document(std::get<std::string>(text), file.native(), report);
    if (document) walk(*document, draft, report);
    return document.has_value();
}

/// The same text for all paths to one file.
std::filesystem::path identity(const std::filesystem::path& file) {
    std::error_code ignored;
    auto canonical = std::filesystem::weakly_canonical(file, ignored);
    return canonical.empty() ? file : canonical;
}

bool read_includes(const std::filesystem::path& main, Draft& draft, Report& report) {
    std::set<std::filesystem::path> seen{identity(main)};
    // An included file that includes defines `server.include` a second time, which `walk` has
    // refused.
    const std::vector<Include> includes = draft.includes;
    bool complete = true;
    for (const Include& include : includes) {
        for (const auto& file : expand_include(include, main.parent_path(), report)) {
            if (!seen.insert(identity(file)).second) continue;
            complete = read_into(file, include.at, draft, report) && complete;
        }
    }
    return complete;
}

}  // namespace

void read_draft(const std::filesystem::path& file, Draft& draft, Report& report) {
    const bool complete = read_into(file, Position{file.native(), 0, 0}, draft, report) &&
                          read_includes(file, draft, report);
    // What is in an unreadable file is not missing, only unknown.
    if (complete) validate(draft, file.native(), report);
}

}  // namespace sallyport::config
