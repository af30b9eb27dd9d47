#include "protocol/unchanged.hpp"

namespace sallyport {

bool is_same_version(const storage::Entry& before, const storage::Entry& after) {
    return before.id == after.id && before.size == after.size && before.modified == after.modified;
}

Async<bool> is_unchanged(storage::Volume& volume, storage::VirtualPath path,
                         storage::Entry before) {
    const auto now = co_await volume.stat(path);
    co_return now&& is_same_version(before, *now);
}

}  // namespace sallyport
