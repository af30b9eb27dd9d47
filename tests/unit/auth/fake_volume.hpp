#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/backend.hpp"

namespace sallyport::auth {

inline storage::VirtualPath path(std::string_view text) {
    return storage::VirtualPath::parse(text).value();
}

inline std::string word_for(storage::Overwrite mode) {
    switch (mode) {
        case storage::Overwrite::deny:
            return "deny";
        case storage::Overwrite::replace:
            return "replace";
        case storage::Overwrite::keep:
            return "keep";
    }
    return "?";
}

/// A volume without rules of its own: it writes down what it is asked to do, and does just enough
/// of it.
class FakeVolume final : public storage::Volume {
  public:
    std::vector<std::string> calls;  ///< all but `stat`, which changes nothing
    std::map<std::string, storage::Entry> entries;
    storage::UploadRequest last_upload;
    std::vector<storage::AttributeChange> staged_changes;  ///< that reached an upload

    void add_file(const std::string& name) { add(name, storage::EntryType::file, false); }
    void add_partial(const std::string& name) { add(name, storage::EntryType::file, true); }
    void add_directory(const std::string& name) { add(name, storage::EntryType::directory, false); }

    Async<storage::Result<storage::Entry>> stat(const storage::VirtualPath& p) override {
        const auto found = entries.find(p.str());
        if (found == entries.end()) co_return storage::Error::not_found;
        co_return found->second;
    }
    Async<storage::Result<std::unique_ptr<storage::Listing>>> list(
        const storage::VirtualPath& p) override {
        calls.push_back("list " + p.str());
        const auto found = entries.find(p.str());
        if (found != entries.end() && found->second.type == storage::EntryType::file) {
            co_return storage::Error::not_a_directory;
        }
        std::unique_ptr<storage::Listing> listing = std::make_unique<All>(entries);
        co_return listing;
    }
    Async<storage::Result<void>> make_directory(const storage::VirtualPath& p) override {
        return done("make_directory " + p.str());
    }
    Async<storage::Result<void>> remove_directory(const storage::VirtualPath& p) override {
        return done("remove_directory " + p.str());
    }
    Async<storage::Result<void>> remove(const storage::VirtualPath& p) override {
        entries.erase(p.str());
        return done("remove " + p.str());
    }
    Async<storage::Result<void>> rename(const storage::VirtualPath& from,
                                        const storage::VirtualPath& to,
                                        storage::Overwrite mode) override {
        auto moved = entries.extract(from.str());
        if (!moved.empty()) {
            moved.key() = to.str();
            moved.mapped().name = to.name();
            entries.erase(to.str());
            entries.insert(std::move(moved));
        }
        return done("rename " + from.str() + " " + to.str() + " " + word_for(mode));
    }
    Async<storage::Result<void>> set_attributes(const storage::VirtualPath& p,
                                                const storage::AttributeChange&) override {
        return done("set_attributes " + p.str());
    }
    Async<storage::Result<std::unique_ptr<storage::Download>>> download(
        const storage::VirtualPath& p) override {
        calls.push_back("download " + p.str());
        co_return storage::Error::not_found;
    }
    Async<storage::Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override {
        calls.push_back("upload " + request.path.str() + " " + word_for(request.overwrite));
        last_upload = request;
        std::unique_ptr<storage::Upload> upload = std::make_unique<Staged>(*this, request.path);
        co_return upload;
    }
    Async<storage::Result<std::string>> digest(const storage::VirtualPath& p,
                                               storage::DigestAlgorithm, std::uint64_t,
                                               std::uint64_t) override {
        calls.push_back("digest " + p.str());
        co_return std::string("00");
    }
    Async<storage::Result<storage::Space>> space(const storage::VirtualPath&) override {
        calls.emplace_back("space");
        co_return storage::Space{};
    }

  private:
    class Staged final : public storage::Upload {
      public:
        Staged(FakeVolume& volume, storage::VirtualPath p) : volume_(volume), path_(std::move(p)) {}
        [[nodiscard]] const storage::VirtualPath& path() const override { return path_; }
        [[nodiscard]] std::uint64_t size() const override { return 0; }
        [[nodiscard]] storage::Entry entry() const override { return {}; }
        Async<storage::Result<void>> write(std::uint64_t, std::span<const std::byte>) override {
            return volume_.done("write");
        }
        Async<storage::Result<std::size_t>> read(std::uint64_t, std::span<std::byte>) override {
            volume_.calls.emplace_back("read");
            co_return std::size_t{0};
        }
        Async<storage::Result<void>> truncate(std::uint64_t size) override {
            return volume_.done("truncate " + std::to_string(size));
        }
        Async<storage::Result<void>> sync() override { return volume_.done("sync"); }
        Async<storage::Result<void>> set_attributes(
            const storage::AttributeChange& change) override {
            volume_.staged_changes.push_back(change);
            co_return storage::Result<void>();
        }
        Async<storage::Result<storage::Stored>> commit(storage::Piece last) override {
            if (!last.data.empty()) volume_.calls.emplace_back("write");
            volume_.add_file(path_.str());
            co_return storage::Stored{path_, 0, "", false, volume_.entries[path_.str()].id};
        }
        Async<void> abandon(Keep) override { co_return; }

      private:
        FakeVolume& volume_;
        storage::VirtualPath path_;
    };

    /// Every entry directly below the root, one in each batch.
    class All final : public storage::Listing {
      public:
        explicit All(const std::map<std::string, storage::Entry>& entries) {
            for (const auto& [name, entry] : entries) rest_.push_back(entry);
        }
        Async<storage::Result<std::vector<storage::Entry>>> next(std::size_t) override {
            std::vector<storage::Entry> batch;
            if (next_ < rest_.size()) batch.push_back(rest_[next_++]);
            co_return batch;
        }

      private:
        std::vector<storage::Entry> rest_;
        std::size_t next_ = 0;
    };

    void add(const std::string& name, storage::EntryType type, bool partial) {
        storage::Entry entry;
        const auto whole = path(name);
        entry.name = whole.name();
        entry.type = type;
        entry.partial = partial;
        entry.id = std::to_string(++last_id_);
        entries[name] = entry;
    }

    Async<storage::Result<void>> done(std::string call) {
        calls.push_back(std::move(call));
        co_return storage::Result<void>();
    }

    int last_id_ = 0;
};

}  // namespace sallyport::auth
