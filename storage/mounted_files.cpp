#include "storage/mounted_files.hpp"

namespace sallyport::storage {
namespace {

constexpr std::uint32_t fixed_mode = 0555;

class ListingWithFixed final : public Listing {
  public:
    ListingWithFixed(std::unique_ptr<Listing> inner, std::shared_ptr<const Mounts> mounts,
                     VirtualPath directory, std::set<std::string> fixed)
        : inner_(std::move(inner)),
          mounts_(std::move(mounts)),
          directory_(std::move(directory)),
          fixed_(std::move(fixed)) {}

    Async<Result<std::vector<Entry>>> next(std::size_t at_most) override {
        while (inner_) {
            auto entries = co_await inner_->next(at_most);
            if (!entries) co_return entries;
            if (entries->empty()) inner_.reset();
            std::erase_if(*entries, [this](const Entry& e) { return fixed_.contains(e.name); });
            // An empty batch would say that this is the end.
            if (!entries->empty()) co_return entries;
        }
        co_return co_await next_fixed(at_most);
    }

  private:
    Async<std::vector<Entry>> next_fixed(std::size_t at_most) {
        std::vector<Entry> entries;
        while (!fixed_.empty() && entries.size() < at_most) {
            const auto path = directory_.child(fixed_.extract(fixed_.begin()).value());
            auto entry = co_await stat_fixed(mounts_, path.value());
            if (entry) entries.push_back(std::move(*entry));
        }
        co_return entries;
    }

    std::unique_ptr<Listing> inner_;
    const std::shared_ptr<const Mounts> mounts_;
    const VirtualPath directory_;
    std::set<std::string> fixed_;
};

class MountedUpload final : public Upload {
  public:
    MountedUpload(std::unique_ptr<Upload> inner, VirtualPath mount, VirtualPath path)
        : inner_(std::move(inner)), mount_(std::move(mount)), path_(std::move(path)) {}

    [[nodiscard]] const VirtualPath& path() const override { return path_; }
    [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
    [[nodiscard]] Entry entry() const override { return inner_->entry(); }
    Async<Result<void>> write(std::uint64_t offset, std::span<const std::byte> data) override {
        return inner_->write(offset, data);
    }
    Async<Result<std::size_t>> read(std::uint64_t offset, std::span<std::byte> into) override {
        return inner_->read(offset, into);
    }
    Async<Result<void>> truncate(std::uint64_t size) override { return inner_->truncate(size); }
    Async<Result<void>> sync() override { return inner_->sync(); }
    Async<Result<void>> set_attributes(const AttributeChange& change) override {
        return inner_->set_attributes(change);
    }
    Async<Result<Stored>> commit(Piece last) override {
        auto stored = co_await inner_->commit(last);
        if (!stored) co_return stored;
        // A unique name that was taken meanwhile has become another one, no longer than before.
        path_ = VirtualPath::parse(stored->path.relative(), mount_).value();
        stored->path = path_;
        co_return stored;
    }
    Async<void> abandon(Keep keep) override { return inner_->abandon(keep); }

  private:
    std::unique_ptr<Upload> inner_;
    const VirtualPath mount_;
    VirtualPath path_;
};

}  // namespace

Async<Result<Entry>> stat_fixed(std::shared_ptr<const Mounts> mounts, VirtualPath path) {
    const auto route = mounts->route(path);
    if (route.volume() == nullptr) co_return Error::unavailable;
    auto entry = co_await route.volume()->stat(route.inside);
    const bool is_mount = mounts->is_mount(path);
    if (!entry && is_mount) co_return entry;
    if (!entry || entry->type != EntryType::directory) {
        entry = Entry{.name = {},
                      .type = EntryType::directory,
                      .size = 0,
                      .modified = {},
                      .mode = fixed_mode,
                      .id = "mount-" + path.str(),
                      .partial = false};
    }
    entry->name = path.name();
    co_return entry;
}

Result<std::unique_ptr<Listing>> list_with_fixed(std::unique_ptr<Listing> listing,
                                                 std::shared_ptr<const Mounts> mounts,
                                                 VirtualPath directory,
                                                 std::set<std::string> fixed) {
    return std::unique_ptr<Listing>(std::make_unique<ListingWithFixed>(
        std::move(listing), std::move(mounts), std::move(directory), std::move(fixed)));
}

Result<std::unique_ptr<Upload>> upload_in_mount(std::unique_ptr<Upload> upload,
                                                const Mounts::Route& route) {
    auto path = route.outside(upload->path());
    if (!path) return path.error();
    return std::unique_ptr<Upload>(
        std::make_unique<MountedUpload>(std::move(upload), route.mount->at, std::move(*path)));
}

}  // namespace sallyport::storage
