#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "storage/error.hpp"

namespace sallyport::storage {

/// Longest path accepted from a client, in bytes. Stops path-walk amplification.
inline constexpr std::size_t max_path_bytes = 1024;
/// Longest single name, in bytes: what Linux file systems can store.
inline constexpr std::size_t max_component_bytes = 255;
/// Most levels a path may have. Stops deep trees that other tools cannot delete.
inline constexpr std::size_t max_components = 64;
/// The name that the storage keeps for itself at every level; clients can neither name nor see it.
inline constexpr std::string_view reserved_name = ".sallyport";

/// A file or directory as one user sees it: absolute, canonical, confined to that user's root.
///
/// It is made once, at the edge, from client bytes, and then used for policy, quota, log and system
/// call alike. Invariants: starts with '/'; no empty, "." or ".." component; no trailing '/' except
/// the root itself; well-formed UTF-8 (no overlong forms, no surrogates); no NUL, C0, DEL, C1 or
/// bidirectional control; lengths within the limits above; no component equals `reserved_name`.
class VirtualPath {
  public:
    /// The root, "/".
    VirtualPath() : text_("/") {}

    /// Resolves what a client sent against `base`. "." and ".." are resolved lexically and ".." at
    /// the root stays at the root; repeated and trailing slashes fold. Fails with `invalid_name`.
    [[nodiscard]] static Result<VirtualPath> parse(std::string_view client_bytes,
                                                   const VirtualPath& base = VirtualPath());

    /// Canonical text, such as "/in/report.csv".
    [[nodiscard]] const std::string& str() const { return text_; }
    /// The same without the leading slash, such as "in/report.csv"; "." for the root. A view of
    /// this path: there is none of a temporary.
    [[nodiscard]] std::string_view relative() const&;
    std::string_view relative() && = delete;
    [[nodiscard]] bool is_root() const { return text_.size() == 1; }
    /// Last component; empty for the root. A view, as `relative`.
    [[nodiscard]] std::string_view name() const&;
    std::string_view name() && = delete;
    /// The directory that holds it; the root's parent is the root.
    [[nodiscard]] VirtualPath parent() const;
    /// `name` inside this directory; fails when `name` is not one acceptable component.
    [[nodiscard]] Result<VirtualPath> child(std::string_view name) const;
    /// True for `ancestor` itself and everything below it.
    [[nodiscard]] bool is_within(const VirtualPath& ancestor) const;

    auto operator<=>(const VirtualPath&) const = default;

  private:
    explicit VirtualPath(std::string canonical) : text_(std::move(canonical)) {}

    std::string text_;
};

}  // namespace sallyport::storage
