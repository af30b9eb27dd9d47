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

/// Moves what has the name aside; the name it has now.
Result<std::string> back_up(const Place& old) {
    const auto highest = highest_backup(old);
    if (!highest) return highest.error();
    for (std::uint64_t attempt = 1; attempt <= max_attempts; ++attempt) {
        std::string name = backup_name(old.name, *highest + attempt);
        const auto moved = rename_to_free_name(old.directory, old.name, old.directory, name);
        if (moved) return name;
        if (moved.error() != Error::exists) return moved.error();
    }
    return Error::exists;
}

Result<void> require_replaceable(const Place& target) {
    const auto status = status_at(target.directory, target.name);
    if (!status) return status.error();
    return require_regular(*status);
}

Result<Placed> replace(const Place& from, const Place& to) {
    const auto done = outcome(
        ::renameat(from.directory.get(), from.name.c_str(), to.directory.get(), to.name.c_str()));
    if (!done) return done.error();
    return Placed::replaced;
}

/// One attempt to take a name that something else has, which becomes a backup.
Result<void> take_over(const Place& from, const Place& to) {
    const auto backup = back_up(to);
    if (!backup) return backup.error();
    const auto taken = rename_to_free_name(from.directory, from.name, to.directory, to.name);
    if (!taken && taken.error() != Error::exists) {
        static_cast<void>(rename_to_free_name(to.directory, *backup, to.directory, to.name));
    }
    return taken;
}

}  // namespace

Result<Placed> place(const Place& from, const Place& to, Overwrite overwrite) {
    for (int attempt = 0; attempt < max_attempts; ++attempt) {
        auto taken = rename_to_free_name(from.directory, from.name, to.directory, to.name);
        if (taken) return Placed::new_name;
        if (taken.error() != Error::exists || overwrite == Overwrite::deny) return taken.error();
        const auto replaceable = require_replaceable(to);
        if (!replaceable && replaceable.error() != Error::not_found) return replaceable.error();
        if (!replaceable) continue;
        if (overwrite == Overwrite::replace) return replace(from, to);
        taken = take_over(from, to);
        if (taken) return Placed::new_name;
        const bool raced = taken.error() == Error::exists || taken.error() == Error::not_found;
        if (!raced) return taken.error();
    }
    return Error::exists;
}

}  // namespace sallyport::storage
