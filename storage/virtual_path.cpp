#include "storage/virtual_path.hpp"

#include <algorithm>

#include "storage/utf8.hpp"

namespace sallyport::storage {
namespace {

bool is_acceptable_length(std::string_view canonical) {
    return canonical.size() <= max_path_bytes &&
           std::count(canonical.begin(), canonical.end(), '/') <=
               static_cast<std::ptrdiff_t>(max_components);
}

/// Applies one component to `text`, where the empty text stands for the root. False: not
/// acceptable.
bool descend(std::string& text, std::string_view component) {
    if (component.empty() || component == ".") return true;
    if (component == "..") {
        if (!text.empty()) text.resize(text.rfind('/'));
        return true;
    }
    if (component.size() > max_component_bytes || component == reserved_name) return false;
    text += '/';
    text += component;
    return true;
}

}  // namespace

Result<VirtualPath> VirtualPath::parse(std::string_view client_bytes, const VirtualPath& base) {
    if (client_bytes.size() > max_path_bytes || !is_acceptable_text(client_bytes)) {
        return Error::invalid_name;
    }
    std::string text;
    if (!client_bytes.starts_with('/') && !base.is_root()) text = base.text_;
    while (!client_bytes.empty()) {
        const std::size_t end = std::min(client_bytes.find('/'), client_bytes.size());
        if (!descend(text, client_bytes.substr(0, end))) return Error::invalid_name;
        client_bytes.remove_prefix(std::min(end + 1, client_bytes.size()));
    }
    if (text.empty()) return VirtualPath();
    if (!is_acceptable_length(text)) return Error::invalid_name;
    return VirtualPath(std::move(text));
}

std::string_view VirtualPath::relative() const& {
    if (is_root()) return ".";
    return std::string_view(text_).substr(1);
}

std::string_view VirtualPath::name() const& {
    return std::string_view(text_).substr(text_.rfind('/') + 1);
}

VirtualPath VirtualPath::parent() const {
    const std::size_t slash = text_.rfind('/');
    if (slash == 0) return VirtualPath();
    return VirtualPath(text_.substr(0, slash));
}

Result<VirtualPath> VirtualPath::child(std::string_view name) const {
    if (name.empty() || name == "." || name == ".." || name.find('/') != name.npos) {
        return Error::invalid_name;
    }
    std::string text = is_root() ? std::string() : text_;
    if (!is_acceptable_text(name) || !descend(text, name) || !is_acceptable_length(text)) {
        return Error::invalid_name;
    }
    return VirtualPath(std::move(text));
}

bool VirtualPath::is_within(const VirtualPath& ancestor) const {
    if (ancestor.is_root() || *this == ancestor) return true;
    return text_.size() > ancestor.text_.size() && text_.starts_with(ancestor.text_) &&
           text_[ancestor.text_.size()] == '/';
}

}  // namespace sallyport::storage
