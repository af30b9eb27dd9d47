#include "storage/local/publish.hpp"

#include <algorithm>
#include <cstdio>

#include "storage/local/directory_reader.hpp"
#include "storage/local/home.hpp"
#include "storage/spare_name.hpp"

namespace sallyport::storage {
namespace {

/// Others may take or free the name between our steps; they cannot keep us busy for ever.
constexpr int max_attempts = 16;

using How = Placed::How;

Result<std::uint64_t> highest_backup(const Place& of) {
    auto reader = read_directory(of.directory);
    if (!reader) return reader.error();
    std::uint64_t highest = 0;
    for (;;) {
        const auto name = reader->next();
        if (!name) return name.error();
        if (!*name) return highest;
        highest = std::max(highest, backup_number(of.name, **name));
    }
}

/// Gives `from` the next backup name of `old`; that name.
Result<std::string> take_backup_name(const Place& from, const Place& old) {
    const auto highest = highest_backup(old);
    if (!highest) return highest.error();
    for (std::uint64_t attempt = 1; attempt <= max_attempts; ++attempt) {
        std::string name = backup_name(old.name, *highest + attempt);
        const auto moved = rename_to_free_name(from.directory, from.name, old.directory, name);
        if (moved) return name;
        if (moved.error() != Error::exists) return moved.error();
    }
    return Error::exists;
}

Result<void> move_back(const Place& from, const Place& to) {
    return rename_to_free_name(from.directory, from.name, to.directory, to.name);
}

Result<bool> exchange(const Place& first, const Place& second) {
    return exchange_names(first.directory, first.name, second.directory, second.name);
}

/// The size of the regular file that has the name.
Result<std::uint64_t> replaceable_size(const Place& target) {
    const auto status = status_at(target.directory, target.name);
    if (!status) return status.error();
    const auto regular = require_regular(*status);
    if (!regular) return regular.error();
    return status->size;
}

/// As `exchange`, but what goes from `to` to `from` is a regular file, or nothing has changed.
Result<bool> exchange_for_regular(const Place& from, const Place& to) {
    const auto exchanged = exchange(from, to);
    if (!exchanged || !*exchanged) return exchanged;
    const auto regular = replaceable_size(from);
    if (regular) return true;
    static_cast<void>(exchange(from, to));
    return regular.error();
}

Result<How> replace(const Place& from, const Place& to, Old old) {
    if (old == Old::swapped) {
        const auto swapped = exchange_for_regular(from, to);
        if (!swapped) return swapped.error();
        if (*swapped) return How::swapped;
    }
    const auto done = outcome(
        ::renameat(from.directory.get(), from.name.c_str(), to.directory.get(), to.name.c_str()));
    if (!done) return done.error();
    return How::removed;
}

/// For file systems that cannot exchange names: `to` is free for a moment.
Result<std::string> move_aside(const Place& from, const Place& to) {
    auto backup = take_backup_name(to, to);
    if (!backup) return backup;
    const auto taken = rename_to_free_name(from.directory, from.name, to.directory, to.name);
    if (taken) return backup;
    if (taken.error() != Error::exists) {
        static_cast<void>(move_back({to.directory, *backup}, to));
    }
    return taken.error();
}

/// The new file waits under the name of the backup: dying in between loses no version, and `to` is
/// never free. The name of the backup.
Result<std::string> keep(const Place& from, const Place& to) {
    auto backup = take_backup_name(from, to);
    if (!backup) return backup;
    const auto exchanged = exchange_for_regular({to.directory, *backup}, to);
    if (exchanged && *exchanged) return backup;
    const auto back = move_back({to.directory, *backup}, from);
    if (!back) return back.error();
    if (!exchanged) return exchanged.error();
    return move_aside(from, to);
}

/// One attempt to take a name that something else has.
Result<Placed> take_over(const Place& from, const Place& to, Overwrite overwrite, Old old) {
    const auto size = replaceable_size(to);
    if (!size) return size.error();
    if (overwrite == Overwrite::replace) {
        const auto how = replace(from, to, old);
        if (!how) return how.error();
        return Placed{*how, 0, *size, {}};
    }
    auto backup = keep(from, to);
    if (!backup) return backup.error();
    return Placed{How::kept, 0, 0, std::move(*backup)};
}

Result<Placed> take_name(const Place& from, const Place& to, Overwrite overwrite, Old old) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        const auto taken = rename_to_free_name(from.directory, from.name, to.directory, to.name);
        if (taken) return Placed();
        if (taken.error() != Error::exists || overwrite == Overwrite::deny) return taken.error();
        auto placed = take_over(from, to, overwrite, old);
        const bool raced =
            !placed && (placed.error() == Error::exists || placed.error() == Error::not_found);
        if (!raced) return placed;
    }
    return Error::exists;
}

bool is_file(const Place& place, std::uint64_t inode) {
    const auto status = status_at(place.directory, place.name);
    return status && status->inode == inode;
}

/// Exchanges two names unless `second` then is another file than the one meant.
bool exchange_back(const Place& first, const Place& second, std::uint64_t meant) {
    const auto exchanged = exchange(first, second);
    if (!exchanged || !*exchanged) return false;
    if (is_file(second, meant)) return true;
    static_cast<void>(exchange(first, second));
    return false;
}

}  // namespace

Result<Placed> place(const Place& from, const Place& to, Overwrite overwrite, Old old) {
    const auto status = status_at(from.directory, from.name);
    if (!status) return status.error();
    auto placed = take_name(from, to, overwrite, old);
    if (placed) placed->inode = status->inode;
    return placed;
}

void take_back(const Place& from, const Place& to, const Placed& placed) {
    const Place backup{to.directory, placed.backup};
    switch (placed.how) {
        case How::new_name:
            if (move_back(to, from) && !is_file(from, placed.inode)) {
                static_cast<void>(move_back(from, to));
            }
            return;
        case How::swapped:
            exchange_back(to, from, placed.inode);
            return;
        case How::kept:
            if (exchange_back(to, backup, placed.inode)) {
                static_cast<void>(move_back(backup, from));
            }
            return;
        case How::removed:
            return;
    }
}

}  // namespace sallyport::storage
