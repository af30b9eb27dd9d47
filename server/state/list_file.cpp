#include "server/state/list_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>

#include "config/file_text.hpp"
#include "server/state/replace_file.hpp"

namespace sallyport::server::state {
namespace {

namespace json = boost::json;

constexpr int version = 1;

/// False when `text` is not one whole list of what `take` takes.
bool take_all(const std::string& text, std::string_view name,
              const std::function<bool(const json::value&)>& take) {
    boost::system::error_code error;
    const auto document = json::parse(text, error);
    const auto* root = error ? nullptr : document.if_object();
    const auto* number = root ? root->if_contains("version") : nullptr;
    const auto* entries = root ? root->if_contains(name) : nullptr;
    if (!number || *number != version || !entries || !entries->is_array()) return false;
    return std::ranges::all_of(entries->get_array(), take);
}

}  // namespace

std::optional<std::string> read_list(const std::filesystem::path& file, const ListFile& format,
                                     const std::function<bool(const json::value&)>& take) {
    if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    const auto text = config::read_file(file, max_list_file_bytes, config::Access::anybody);
    if (const auto* mistake = std::get_if<config::Mistake>(&text)) return mistake->text;
    if (take_all(std::get<std::string>(text), format.name, take)) return std::nullopt;
    return fmt::format("{} is damaged: {}", file.native(), format.if_damaged);
}

std::optional<std::string> change_list(const std::filesystem::path& file, const ListFile& format,
                                       const std::function<bool(const json::value&)>& take,
                                       const std::function<std::optional<json::array>()>& change) {
    // The folder, because the file is another one after each change.
    const HeldFolder folder(file.parent_path());
    if (!folder.is_held()) return cannot_write(file);
    if (auto problem = read_list(file, format, take)) return problem;
    auto entries = change();
    if (!entries) return std::nullopt;
    json::object document{{"version", version}};
    document.emplace(format.name, std::move(*entries));
    return replace_file(file, json::serialize(document) + "\n");
}

}  // namespace sallyport::server::state
