#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/backend.hpp"
#include "storage/written_extents.hpp"
#include "tests/support/run.hpp"

namespace sallyport::test {

using storage::Entry;
using storage::Error;
using storage::Overwrite;
using storage::Result;
using storage::Stored;
using storage::Upload;
using storage::UploadRequest;
using storage::UploadStart;
using storage::VirtualPath;

inline VirtualPath path(std::string_view text) {
    return VirtualPath::parse(text).value();
}

inline UploadRequest to(std::string_view target, Overwrite overwrite = Overwrite::deny) {
    UploadRequest request;
    request.path = path(target);
    request.overwrite = overwrite;
    return request;
}

inline UploadRequest resume_at(std::string_view target, std::uint64_t offset,
                               Overwrite overwrite = Overwrite::deny) {
    UploadRequest request = to(target, overwrite);
    request.start = {UploadStart::Kind::at_offset, offset};
    return request;
}

inline UploadRequest resume_at_end(std::string_view target, Overwrite overwrite = Overwrite::deny) {
    UploadRequest request = to(target, overwrite);
    request.start = {UploadStart::Kind::at_end, 0};
    return request;
}

inline Result<void> write(Upload& upload, std::uint64_t offset, std::string_view text) {
    return run(upload.write(offset, std::as_bytes(std::span(text))));
}

/// Publishes, with these as the last bytes.
inline Result<Stored> commit(Upload& upload, std::uint64_t offset, std::string_view last) {
    return run(upload.commit({offset, std::as_bytes(std::span(last))}));
}

/// What is staged from `offset` on, up to 1000 bytes.
inline Result<std::string> read(Upload& upload, std::uint64_t offset = 0) {
    std::string text(1000, '\0');
    const auto got = run(upload.read(offset, std::as_writable_bytes(std::span(text))));
    if (!got) return got.error();
    text.resize(*got);
    return text;
}

/// A volume as a test likes it: blocking, with text for content.
class Files {
  public:
    explicit Files(std::shared_ptr<storage::Volume> volume) : volume_(std::move(volume)) {}

    [[nodiscard]] storage::Volume& volume() const { return *volume_; }

    [[nodiscard]] Result<std::unique_ptr<Upload>> begin(const UploadRequest& request) const {
        return run(volume_->upload(request));
    }

    /// A whole upload; `text` goes after what a resumed one has already.
    [[nodiscard]] Result<Stored> store(const UploadRequest& request, std::string_view text) const {
        auto upload = begin(request);
        if (!upload) return upload.error();
        const auto written = write(**upload, (*upload)->size(), text);
        if (!written) return written.error();
        return run((*upload)->commit());
    }

    /// Breaks an upload off so that `text` is kept.
    void leave_partial(std::string_view target, std::string_view text,
                       Overwrite overwrite = Overwrite::replace) const {
        auto upload = begin(to(target, overwrite)).value();
        write(*upload, 0, std::string(text).append(storage::held_back_bytes, '?')).value();
        run(upload->abandon(Upload::Keep::partial));
    }

    [[nodiscard]] Result<std::string> read(std::string_view target) const {
        auto download = run(volume_->download(path(target)));
        if (!download) return download.error();
        std::string text(static_cast<std::size_t>((*download)->entry().size) + 1, '\0');
        const auto got = run((*download)->read(0, std::as_writable_bytes(std::span(text))));
        if (!got) return got.error();
        text.resize(*got);
        return text;
    }

    [[nodiscard]] Result<Entry> stat(std::string_view target) const {
        return run(volume_->stat(path(target)));
    }
    [[nodiscard]] Result<void> mkdir(std::string_view target) const {
        return run(volume_->make_directory(path(target)));
    }
    [[nodiscard]] Result<void> rmdir(std::string_view target) const {
        return run(volume_->remove_directory(path(target)));
    }
    [[nodiscard]] Result<void> remove(std::string_view target) const {
        return run(volume_->remove(path(target)));
    }
    [[nodiscard]] Result<void> rename(std::string_view from, std::string_view target,
                                      Overwrite overwrite = Overwrite::deny) const {
        return run(volume_->rename(path(from), path(target), overwrite));
    }
    [[nodiscard]] Result<void> set(std::string_view target,
                                   const storage::AttributeChange& change) const {
        return run(volume_->set_attributes(path(target), change));
    }

    /// All entries, sorted by name.
    [[nodiscard]] Result<std::vector<Entry>> list(std::string_view directory,
                                                  std::size_t batch = 1000) const {
        auto listing = run(volume_->list(path(directory)));
        if (!listing) return listing.error();
        std::vector<Entry> all;
        for (;;) {
            auto entries = run((*listing)->next(batch));
            if (!entries) return entries.error();
            if (entries->empty()) break;
            std::move(entries->begin(), entries->end(), std::back_inserter(all));
        }
        std::sort(all.begin(), all.end(),
                  [](const Entry& a, const Entry& b) { return a.name < b.name; });
        return all;
    }

    [[nodiscard]] std::vector<std::string> names(std::string_view directory) const {
        std::vector<std::string> names;
        for (const Entry& entry : list(directory).value()) names.push_back(entry.name);
        return names;
    }

  private:
    std::shared_ptr<storage::Volume> volume_;
};

inline Files open_files(storage::Backend& backend, const std::string& owner = "alice",
                        const std::string& home = "acme") {
    storage::VolumeRequest request;
    request.owner = owner;
    request.home = home;
    return Files(run(backend.open_volume(request)).value());
}

/// The reason of a refusal; `EXPECT_EQ(refusal(x), Error::exists)` fails when `x` was not refused.
template <class T>
std::optional<Error> refusal(const Result<T>& result) {
    if (result) return std::nullopt;
    return result.error();
}

}  // namespace sallyport::test
