#include "config/secret_source.hpp"

#include <cstdlib>

#include "config/file_text.hpp"
#include "config/report.hpp"

namespace sallyport::config {
namespace {

constexpr std::string_view file_prefix = "file:";
constexpr std::string_view env_prefix = "env:";

std::string without_newline(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

Parsed<std::string> from_environment(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return Mistake{"environment variable " + quote(name) + " is not set"};
    return without_newline(value);
}

}  // namespace

Parsed<std::string> resolve_secret(std::string_view text, const std::filesystem::path& base,
                                   Report& report) {
    if (text.starts_with(env_prefix)) {
        return from_environment(std::string(text.substr(env_prefix.size())));
    }
    if (!text.starts_with(file_prefix)) return std::string(text);
    const auto file = base / text.substr(file_prefix.size());
    report.uses_file(file);
    auto contents = read_file(file, max_secret_bytes, Access::owner_group);
    if (auto* secret = std::get_if<std::string>(&contents)) {
        return without_newline(std::move(*secret));
    }
    return contents;
}

Value mask_secret(Value value) {
    const auto* const text = std::get_if<std::string>(&value.data);
    const bool is_elsewhere =
        text != nullptr && (text->starts_with(file_prefix) || text->starts_with(env_prefix));
    if (!is_elsewhere) value.data = std::string("********");
    return value;
}

}  // namespace sallyport::config
