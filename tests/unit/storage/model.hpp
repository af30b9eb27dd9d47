#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "storage/backend.hpp"
#include "storage/spare_name.hpp"
#include "storage/written_extents.hpp"

namespace sallyport::test {

/// One user's volume as simple as it can be said: paths and contents. What a backend answers and
/// holds must be what this one answers and holds. Paths as clients write them, "/d/a".
class Model {
  public:
    using Error = storage::Error;
    using Overwrite = storage::Overwrite;
    using Start = storage::UploadStart;
    using Done = storage::Result<void>;

    Done store(const std::string& path, const Start& start, const std::string& text,
               Overwrite overwrite) {
        const auto kept = begin(path, start, overwrite);
        if (!kept) return kept.error();
        partials_.erase(path);
        return publish(path, *kept + text, overwrite);
    }

    Done leave_partial(const std::string& path, const std::string& text) {
        const auto begun = begin(path, {}, Overwrite::replace);
        if (!begun) return begun.error();
        if (text.size() > storage::held_back_bytes) {
            partials_[path] = text.substr(0, text.size() - storage::held_back_bytes);
        }
        return {};
    }

    Done make_directory(const std::string& path) {
        if (const auto wrong = wrong_parent(path)) return *wrong;
        if (is_there(path)) return Error::exists;
        nodes_[path] = std::nullopt;
        return {};
    }

    Done remove_directory(const std::string& path) {
        if (const auto wrong = wrong_parent(path)) return *wrong;
        if (!is_there(path)) return Error::not_found;
        if (!is_directory(path)) return Error::not_a_directory;
        const auto child = nodes_.upper_bound(path + "/");
        if (child != nodes_.end() && is_below(child->first, path)) return Error::not_empty;
        nodes_.erase(path);
        std::erase_if(partials_, [&](const auto& item) { return is_below(item.first, path); });
        return {};
    }

    Done remove(const std::string& path) {
        if (const auto wrong = wrong_way(path)) return *wrong;
        if (is_directory(path)) return Error::is_a_directory;
        const bool had_file = nodes_.erase(path) > 0;
        const bool had_partial = partials_.erase(path) > 0;
        if (!had_file && !had_partial) return Error::not_found;
        return {};
    }

    Done rename(const std::string& from, const std::string& to, Overwrite overwrite) {
        if (const auto wrong = wrong_parent(from)) return *wrong;
        if (!is_there(from)) return Error::not_found;
        if (from == to) return {};
        if (is_below(to, from)) return Error::invalid_name;
        if (const auto wrong = wrong_parent(to)) return *wrong;
        const auto free = make_free(to, is_directory(from) ? Overwrite::deny : overwrite);
        if (!free) return free;
        move(from, to);
        return {};
    }

    [[nodiscard]] storage::Result<std::string> read(const std::string& path) const {
        if (const auto wrong = wrong_parent(path)) return *wrong;
        if (!is_there(path)) return Error::not_found;
        if (is_directory(path)) return Error::is_a_directory;
        return *nodes_.at(path);
    }

    /// "directory", or the size, and whether it is that of a partial.
    [[nodiscard]] storage::Result<std::string> stat(const std::string& path) const {
        if (const auto wrong = wrong_way(path)) return *wrong;
        if (is_directory(path)) return std::string("directory");
        const auto partial = partials_.find(path);
        if (partial != partials_.end()) return std::to_string(partial->second.size()) + " partial";
        if (!is_there(path)) return Error::not_found;
        return std::to_string(nodes_.at(path)->size());
    }

    /// Each entry as "name: " and what `stat` says.
    [[nodiscard]] storage::Result<std::string> list(const std::string& path) const {
        if (path != "/") {
            if (const auto wrong = wrong_parent(path)) return *wrong;
            if (!is_there(path)) return Error::not_found;
            if (!is_directory(path)) return Error::not_a_directory;
        }
        const std::string prefix = path == "/" ? path : path + "/";
        std::map<std::string, std::string> entries;
        const auto add = [&](const std::string& entry) {
            const bool inside = entry.starts_with(prefix);
            const std::string name = inside ? entry.substr(prefix.size()) : "";
            if (inside && name.find('/') == std::string::npos) entries[name] = *stat(entry);
        };
        for (const auto& [entry, content] : nodes_) add(entry);
        for (const auto& [entry, content] : partials_) add(entry);
        std::string text;
        for (const auto& [name, entry] : entries) text += name + ": " + entry + "; ";
        return text;
    }

  private:
    static std::string parent_of(const std::string& path) {
        return path.substr(0, path.rfind('/'));
    }
    static bool is_below(const std::string& path, const std::string& directory) {
        return path.starts_with(directory + "/");
    }
    [[nodiscard]] bool is_there(const std::string& path) const { return nodes_.contains(path); }
    [[nodiscard]] bool is_directory(const std::string& path) const {
        return is_there(path) && !nodes_.at(path);
    }

    /// Why nothing can be looked for in the folder of `path`.
    [[nodiscard]] std::optional<Error> wrong_parent(const std::string& path) const {
        const std::string parent = parent_of(path);
        if (parent.empty()) return std::nullopt;
        if (const auto above = wrong_parent(parent)) return above;
        if (!is_there(parent)) return Error::not_found;
        return is_directory(parent) ? std::nullopt : std::optional(Error::not_a_directory);
    }

    /// The same, but a missing folder is no reason: partials stay when their folder is renamed.
    [[nodiscard]] std::optional<Error> wrong_way(const std::string& path) const {
        const auto wrong = wrong_parent(path);
        return wrong == Error::not_found ? std::nullopt : wrong;
    }

    /// The bytes that an upload begins with.
    [[nodiscard]] storage::Result<std::string> begin(const std::string& path, const Start& start,
                                                     Overwrite overwrite) const {
        if (const auto wrong = wrong_parent(path)) return *wrong;
        if (is_directory(path)) return Error::is_a_directory;
        if (is_there(path) && overwrite == Overwrite::deny) return Error::exists;
        if (start.kind == Start::Kind::fresh) return std::string();
        std::string there = is_there(path) ? *nodes_.at(path) : "";
        if (partials_.contains(path)) there = partials_.at(path);
        if (start.kind == Start::Kind::at_end) return there;
        if (start.offset > there.size()) return Error::bad_offset;
        return there.substr(0, start.offset);
    }

    Done publish(const std::string& path, std::string content, Overwrite overwrite) {
        const auto free = make_free(path, overwrite);
        if (!free) return free;
        nodes_[path] = std::move(content);
        return {};
    }

    /// Removes or renames what has the name, if that may be.
    Done make_free(const std::string& path, Overwrite overwrite) {
        if (!is_there(path)) return {};
        if (overwrite == Overwrite::deny) return Error::exists;
        if (is_directory(path)) return Error::is_a_directory;
        if (overwrite == Overwrite::keep) nodes_[backup_of(path)] = nodes_.at(path);
        nodes_.erase(path);
        return {};
    }

    [[nodiscard]] std::string backup_of(const std::string& path) const {
        const std::string parent = parent_of(path);
        const std::string name = path.substr(parent.size() + 1);
        std::uint64_t highest = 0;
        for (const auto& [other, content] : nodes_) {
            if (parent_of(other) != parent) continue;
            highest =
                std::max(highest, storage::backup_number(name, other.substr(parent.size() + 1)));
        }
        return parent + "/" + storage::backup_name(name, highest + 1);
    }

    /// Partials stay where they are: they belong to names, not to files.
    void move(const std::string& from, const std::string& to) {
        std::map<std::string, std::optional<std::string>> moved;
        for (const auto& [path, content] : nodes_) {
            const bool moves = path == from || is_below(path, from);
            moved[moves ? to + path.substr(from.size()) : path] = content;
        }
        nodes_ = std::move(moved);
    }

    std::map<std::string, std::optional<std::string>> nodes_;  ///< nothing: a directory
    std::map<std::string, std::string> partials_;
};

}  // namespace sallyport::test
