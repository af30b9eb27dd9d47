#include "config/value.hpp"

namespace sallyport::config {
namespace {

struct TypeName {
    std::string_view operator()(const std::string&) const { return "a string"; }
    std::string_view operator()(std::int64_t) const { return "an integer"; }
    std::string_view operator()(bool) const { return "a boolean"; }
    std::string_view operator()(std::chrono::sys_days) const { return "a date"; }
    std::string_view operator()(const List&) const { return "a list"; }
    std::string_view operator()(const Table&) const { return "a table"; }
    std::string_view operator()(const Unusable& value) const { return value.what; }
};

}  // namespace

std::string_view type_of(const Value& value) {
    return std::visit(TypeName{}, value.data);
}

std::filesystem::path folder_of(const Value& value) {
    return std::filesystem::path(value.at.file).parent_path();
}

}  // namespace sallyport::config
