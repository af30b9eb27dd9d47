#include "config/draft.hpp"

namespace sallyport::config {

std::optional<Position> Draft::place(const std::string& name) const {
    const auto found = places.find(name);
    if (found == places.end()) return std::nullopt;
    return found->second;
}

std::string place_name(std::string_view table, std::string_view item, std::string_view key) {
    std::string name(table);
    if (!item.empty()) name.append("/").append(item);
    if (!key.empty()) name.append("/").append(key);
    return name;
}

}  // namespace sallyport::config
