#include "storage/home_name.hpp"

namespace sallyport::storage {

Result<VirtualPath> parse_home(std::string_view home) {
    auto path = VirtualPath::parse(home);
    if (!path) return path;
    if (path->relative() != home) return Error::invalid_name;
    return path;
}

}  // namespace sallyport::storage
