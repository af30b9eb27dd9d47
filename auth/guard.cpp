#include "auth/guard.hpp"

#include <algorithm>
#include <utility>

#include "auth/guarded_upload.hpp"
#include "auth/own_listing.hpp"
#include "storage/spare_name.hpp"

namespace sallyport::auth {

using storage::Error;
using storage::Overwrite;
using storage::Result;
using storage::VirtualPath;

Guard::Guard(std::shared_ptr<storage::Volume> volume, std::shared_ptr<const Policy> policy,
             OnDenial on_denial, Lapse lapse)
    : volume_(std::move(volume)),
      policy_(std::move(policy)),
      on_denial_(std::make_shared<const OnDenial>(std::move(on_denial))),
      lapse_(std::move(lapse)),
      own_(std::make_shared<OwnPaths>()) {}

Async<Result<storage::Entry>> Guard::stat(const VirtualPath& path) {
    if (policy_->hides_others(path)) co_return co_await stat_own(path);
    const Refused refused = co_await refuse(Verb::stat, path);
    if (refused) co_return *refused;
    co_return co_await volume_->stat(path);
}

Async<Result<std::unique_ptr<storage::Listing>>> Guard::list(const VirtualPath& directory) {
    const bool all = policy_->rights_at(directory).allowed.contains(Verb::list);
    const Ownership ownership = all ? Ownership::others : Ownership::own;
    if (const Refused refused = refuse(Verb::list, directory, ownership)) co_return *refused;
    auto listing = co_await volume_->list(directory);
    if (all) co_return listing;
    if (!listing && listing.error() == Error::not_a_directory) co_return Error::not_found;
    if (!listing) co_return listing;
    co_return only_own(std::move(*listing), directory, own_, policy_);
}

Async<Result<void>> Guard::make_directory(const VirtualPath& path) {
    const Refused refused = co_await refuse(Verb::mkdir, path);
    if (refused) co_return *refused;
    co_return co_await volume_->make_directory(path);
}

Async<Result<void>> Guard::remove_directory(const VirtualPath& path) {
    const Refused refused = co_await refuse(Verb::rmdir, path);
    if (refused) co_return *refused;
    co_return co_await volume_->remove_directory(path);
}

Async<Result<void>> Guard::remove(const VirtualPath& path) {
    const Refused refused = co_await refuse(Verb::remove, path);
    if (refused) co_return *refused;
    auto removed = co_await volume_->remove(path);
    if (!removed) co_return removed;
    own_->forget(path);
    co_return removed;
}

Async<Result<void>> Guard::rename(const VirtualPath& from, const VirtualPath& to,
                                  Overwrite overwrite) {
    const Ownership ownership = co_await ownership_of(from, Verb::rename);
    if (const Refused refused = refuse(Verb::rename, from, ownership)) co_return *refused;
    if (const Refused refused = refuse(Verb::rename, to, ownership)) co_return *refused;
    const Refused immovable = co_await refuse_move(from, to);
    if (immovable) co_return *immovable;
    const auto mode = co_await overwrite_mode(to, overwrite, false);
    if (!mode) co_return mode.error();
    auto renamed = co_await volume_->rename(from, to, *mode);
    if (!renamed) co_return renamed;
    own_->move(from, to);
    co_return renamed;
}

Async<Result<void>> Guard::set_attributes(const VirtualPath& path,
                                          const storage::AttributeChange& change) {
    const Refused refused = co_await refuse(Verb::attributes, path);
    if (refused) co_return *refused;
    co_return co_await volume_->set_attributes(path, change);
}

Async<Result<std::unique_ptr<storage::Download>>> Guard::download(const VirtualPath& path) {
    if (const Refused lapsed = refuse_lapsed(Verb::download, path)) co_return *lapsed;
    const Refused refused = co_await refuse(Verb::download, path);
    if (refused) co_return *refused;
    co_return co_await volume_->download(path);
}

Async<Result<std::unique_ptr<storage::Upload>>> Guard::upload(
    const storage::UploadRequest& request) {
    if (const Refused lapsed = refuse_lapsed(Verb::upload, request.path)) co_return *lapsed;
    const Refused refused = co_await refuse(Verb::upload, request.path);
    if (refused) co_return *refused;
    const Refused misnamed = refuse(Verb::upload, request.path, policy_->decide_name(request.path));
    if (misnamed) co_return *misnamed;
    storage::UploadRequest limited = request;
    limited.max_size = std::min(request.max_size, policy_->max_file_size);
    if (limited.announced_size > limited.max_size) co_return Error::too_large;
    const bool resumes = request.start.kind != storage::UploadStart::Kind::fresh;
    if (request.unique) {
        // The storage chooses a name that nothing has, so there is nothing to overwrite.
        limited.overwrite = Overwrite::deny;
        limited.unique = allows_suffix(request.path);
    } else {
        const auto mode = co_await overwrite_mode(request.path, request.overwrite, resumes);
        if (!mode) co_return mode.error();
        limited.overwrite = *mode;
    }
    const Refused unreadable = co_await refuse_reading(limited);
    if (unreadable) co_return *unreadable;
    auto upload = co_await volume_->upload(limited);
    if (!upload) co_return upload;
    auto on_drop = [weak = std::weak_ptr(on_denial_)](const VirtualPath& path, std::string rule) {
        const auto on_denial = weak.lock();
        if (on_denial && *on_denial) (*on_denial)({Verb::attributes, path, std::move(rule)});
    };
    co_return guarded(std::move(*upload), own_, policy_, limited.max_size, std::move(on_drop));
}

Async<Result<std::string>> Guard::digest(const VirtualPath& path,
                                         storage::DigestAlgorithm algorithm, std::uint64_t first,
                                         std::uint64_t last) {
    const Refused refused = co_await refuse(Verb::stat, path);
    if (refused) co_return *refused;
    co_return co_await volume_->digest(path, algorithm, first, last);
}

Async<Result<storage::Space>> Guard::space(const VirtualPath& path) {
    if (!policy_->rights_at(path).allowed.contains(Verb::upload)) {
        const Refused refused = co_await refuse(Verb::stat, path);
        if (refused) co_return *refused;
    }
    co_return co_await volume_->space(path);
}

Async<Ownership> Guard::ownership_of(const VirtualPath& path, Verb verb) {
    const Policy::Rights rights = policy_->rights_at(path);
    const bool matters = rights.own.contains(verb) && !rights.allowed.contains(verb);
    if (!matters || !own_->may_contain(path)) co_return Ownership::others;
    const auto entry = co_await volume_->stat(path);
    // A partial hides the file that is published, whose id is the one that counts.
    const bool own = entry && !entry->partial && own_->contains(path, entry->id);
    co_return own ? Ownership::own : Ownership::others;
}

Async<Guard::Refused> Guard::refuse(Verb verb, const VirtualPath& path) {
    const Ownership ownership = co_await ownership_of(path, verb);
    co_return refuse(verb, path, ownership);
}

Guard::Refused Guard::refuse(Verb verb, const VirtualPath& path, Ownership ownership) const {
    const Refused refused = refuse(verb, path, policy_->decide(verb, path, ownership));
    if (!refused) return std::nullopt;
    const bool hidden = policy_->hides_others(path) && policy_->rights_at(path).own.contains(verb);
    return hidden ? Error::not_found : *refused;
}

Guard::Refused Guard::refuse(Verb verb, const VirtualPath& path, Decision decision) const {
    if (decision.allowed) return std::nullopt;
    report(verb, path, std::move(decision.rule));
    return Error::forbidden;
}

Guard::Refused Guard::refuse_lapsed(Verb verb, const VirtualPath& path) const {
    auto rule = lapse_ ? lapse_() : std::nullopt;
    if (!rule) return std::nullopt;
    return refuse(verb, path, Decision{false, std::move(*rule)});
}

Async<Guard::Refused> Guard::refuse_move(const VirtualPath& from, const VirtualPath& to) {
    if (policy_->rules.empty() && policy_->names.empty()) co_return std::nullopt;
    const auto entry = co_await volume_->stat(from);
    if (!entry) co_return entry.error();
    if (entry->type == storage::EntryType::file) {
        co_return refuse(Verb::rename, to, policy_->decide_name(to));
    }
    for (const VirtualPath* const end : {&from, &to}) {
        const Refused refused =
            refuse(Verb::rename, *end, policy_->decide_below(Verb::rename, *end));
        if (refused) co_return *refused;
    }
    co_return std::nullopt;
}

bool Guard::allows_suffix(const VirtualPath& path) const {
    const auto longer = path.parent().child(storage::unique_name(path.name()));
    return longer && policy_->decide(Verb::upload, *longer).allowed &&
           policy_->decide_name(*longer).allowed;
}

Async<Guard::Refused> Guard::refuse_reading(storage::UploadRequest& request) {
    const bool shows = request.readable && !request.unique &&
                       request.start.kind != storage::UploadStart::Kind::fresh;
    if (!shows) co_return std::nullopt;
    const Ownership ownership = co_await ownership_of(request.path, Verb::download);
    Decision decision = policy_->decide(Verb::download, request.path, ownership);
    if (decision.allowed) co_return std::nullopt;
    const auto entry = co_await volume_->stat(request.path);
    if (!entry && entry.error() != Error::not_found) co_return entry.error();
    if (entry) {
        report(Verb::download, request.path, std::move(decision.rule));
        co_return Error::forbidden;
    }
    if (request.start.offset > 0) co_return Error::bad_offset;
    // There is nothing to show, and nothing that comes there in between will be shown.
    request.start = {};
    co_return std::nullopt;
}

void Guard::report(Verb verb, const VirtualPath& path, std::string rule) const {
    if (*on_denial_) (*on_denial_)(Denial{verb, path, std::move(rule)});
}

Async<Result<storage::Entry>> Guard::stat_own(const VirtualPath& path) {
    auto entry = co_await volume_->stat(path);
    if (!entry) {
        if (entry.error() == Error::not_a_directory) co_return Error::not_found;
        co_return entry;
    }
    const bool visible = entry->type == storage::EntryType::directory || entry->partial ||
                         own_->contains(path, entry->id);
    if (!visible) co_return Error::not_found;
    co_return entry;
}

Async<Result<bool>> Guard::is_published(const VirtualPath& path) {
    const auto entry = co_await volume_->stat(path);
    if (entry) co_return entry->type == storage::EntryType::file && !entry->partial;
    if (entry.error() == Error::not_found) co_return false;
    co_return entry.error();
}

Async<Result<Overwrite>> Guard::overwrite_mode(const VirtualPath& path, Overwrite wanted,
                                               bool resumes) {
    const Overwrite granted = stricter(policy_->overwrite, wanted);
    const Ownership ownership = co_await ownership_of(path, Verb::overwrite);
    Decision decision = policy_->decide(Verb::overwrite, path, ownership);
    const bool demoted = granted == Overwrite::replace && !decision.allowed;
    const Overwrite mode = demoted ? Overwrite::deny : granted;
    const bool tightened = mode == Overwrite::deny && wanted != Overwrite::deny;
    if (!resumes && !tightened) co_return mode;

    const auto published = co_await is_published(path);
    if (!published) co_return published.error();
    if (!*published) co_return mode;
    if (resumes && !decision.allowed) {
        report(Verb::overwrite, path, std::move(decision.rule));
        co_return Error::forbidden;
    }
    if (!tightened) co_return mode;
    report(Verb::overwrite, path,
           demoted ? std::move(decision.rule) : policy_->name_of_rule(PolicyKey::overwrite));
    co_return Error::exists;
}

}  // namespace sallyport::auth
