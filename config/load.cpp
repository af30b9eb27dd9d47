#include "config/load.hpp"

#include "config/draft.hpp"
#include "config/freeze.hpp"
#include "config/read_draft.hpp"
#include "config/report.hpp"

namespace sallyport::config {

Loaded load(const std::filesystem::path& file) {
    Draft draft;
    Report report;
    read_draft(file, draft, report);
    Loaded loaded{nullptr, report.errors(), report.warnings()};
    draft.config.sources = report.sources();
    if (!report.failed()) loaded.config = freeze(std::move(draft));
    return loaded;
}

}  // namespace sallyport::config
