#pragma once

#include <functional>
#include <memory>

#include "auth/own_paths.hpp"
#include "auth/policy.hpp"
#include "storage/backend.hpp"

namespace sallyport::auth {

/// A volume that asks the policy first. Every session of every door acts on storage through one of
/// these, so this is the only place where policy is enforced, and it is before any side effect.
///
/// A rename is asked for at both names; of a directory it is a change of all that lies below, so
/// everything that could lie there must be free to be renamed as well. Listings show all that is
/// in a directory, whatever rules say about the entries. A name that `Policy::names` does not
/// allow is refused for uploads and renames of files.
///
/// One guard belongs to one session and is used on that session's executor only: it remembers what
/// the session has uploaded, for policies that grant verbs on own uploads. What somebody else puts
/// under the same name later is not own. A policy that `hides_others` makes files of others answer
/// `not_found`; directories stay visible, so that clients can walk to where they deliver, but list
/// only own files and what a rule lets them `stat`. What it hands out may outlive it.
class Guard final : public storage::Volume {
  public:
    struct Denial {
        Verb verb;
        storage::VirtualPath path;
        std::string rule;
    };
    using OnDenial = std::function<void(const Denial&)>;
    /// Which rule says that no further upload or download may begin; nothing when none does.
    using Lapse = std::function<std::optional<std::string>()>;

    /// `on_denial` is called on the caller's thread for each refusal, before the operation answers
    /// `forbidden`, `exists` (only replacing was refused) or `not_found` (the policy hides the
    /// path). A look at a hidden path, by `stat` or `list`, is not a refusal. `lapse` is asked
    /// before each upload and download.
    Guard(std::shared_ptr<storage::Volume> volume, std::shared_ptr<const Policy> policy,
          OnDenial on_denial, Lapse lapse = {});

    Async<storage::Result<storage::Entry>> stat(const storage::VirtualPath& path) override;
    Async<storage::Result<std::unique_ptr<storage::Listing>>> list(
        const storage::VirtualPath& directory) override;
    Async<storage::Result<void>> make_directory(const storage::VirtualPath& path) override;
    Async<storage::Result<void>> remove_directory(const storage::VirtualPath& path) override;
    Async<storage::Result<void>> remove(const storage::VirtualPath& path) override;
    /// Needs `rename` for both names, and `overwrite` to replace a file.
    Async<storage::Result<void>> rename(const storage::VirtualPath& from,
                                        const storage::VirtualPath& to,
                                        storage::Overwrite overwrite) override;
    Async<storage::Result<void>> set_attributes(const storage::VirtualPath& path,
                                                const storage::AttributeChange& change) override;
    Async<storage::Result<std::unique_ptr<storage::Download>>> download(
        const storage::VirtualPath& path) override;
    /// The policy's overwrite mode and size limit replace the request's own when stricter. `upload`
    /// is needed always, `overwrite` when a published file would be replaced or resumed; `keep`
    /// only needs `upload`. `readable` with a start that is not fresh needs `download` besides when
    /// there is anything to start from, the user's own partial included: it may hold bytes of the
    /// published file that it was to replace.
    ///
    /// A `unique` name is taken as it is when the one with a suffix would not be allowed.
    ///
    /// `set_attributes` of the upload always succeeds: without `attributes` on own files, mode and
    /// time are dropped and the denial is reported once for each upload. Clients set them while the
    /// file is open and give up when that is refused (ssh2-sftp-client, for one).
    Async<storage::Result<std::unique_ptr<storage::Upload>>> upload(
        const storage::UploadRequest& request) override;
    /// Needs `stat`.
    Async<storage::Result<std::string>> digest(const storage::VirtualPath& path,
                                               storage::DigestAlgorithm algorithm,
                                               std::uint64_t first, std::uint64_t last) override;
    /// Needs `stat` or `upload`.
    Async<storage::Result<storage::Space>> space(const storage::VirtualPath& path = {}) override;

  private:
    using Refused = std::optional<storage::Error>;

    /// Whose `path` is, as far as `verb` depends on that.
    Async<Ownership> ownership_of(const storage::VirtualPath& path, Verb verb);
    /// Nothing when the verb is permitted; else reports the denial and says what to answer.
    Async<Refused> refuse(Verb verb, const storage::VirtualPath& path);
    [[nodiscard]] Refused refuse(Verb verb, const storage::VirtualPath& path,
                                 Ownership ownership) const;
    /// Refuses what a decision denies.
    [[nodiscard]] Refused refuse(Verb verb, const storage::VirtualPath& path,
                                 Decision decision) const;
    /// When uploads and downloads are over for this session.
    [[nodiscard]] Refused refuse_lapsed(Verb verb, const storage::VirtualPath& path) const;
    /// What a rename needs besides the verb, depending on what is at `from`.
    Async<Refused> refuse_move(const storage::VirtualPath& from, const storage::VirtualPath& to);
    /// As `refuse`, for an upload that shows what is there; may change how it starts.
    Async<Refused> refuse_reading(storage::UploadRequest& request);
    void report(Verb verb, const storage::VirtualPath& path, std::string rule) const;

    /// Would an upload be allowed under the name that the storage makes up from this one?
    [[nodiscard]] bool allows_suffix(const storage::VirtualPath& path) const;
    Async<storage::Result<storage::Entry>> stat_own(const storage::VirtualPath& path);
    Async<storage::Result<bool>> is_published(const storage::VirtualPath& path);
    /// The mode to use for something that comes to `path`, or why it may not come.
    Async<storage::Result<storage::Overwrite>> overwrite_mode(const storage::VirtualPath& path,
                                                              storage::Overwrite wanted,
                                                              bool resumes);

    std::shared_ptr<storage::Volume> volume_;
    std::shared_ptr<const Policy> policy_;
    std::shared_ptr<const OnDenial> on_denial_;  ///< uploads that outlive the guard see it go
    Lapse lapse_;
    std::shared_ptr<OwnPaths> own_;
};

}  // namespace sallyport::auth
