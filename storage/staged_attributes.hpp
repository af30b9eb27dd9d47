#pragma once

#include <cstdint>

#include "storage/entry.hpp"

namespace sallyport::storage {

/// The permissions and the time that a staged file will have when it is published. Not thread-safe.
class StagedAttributes {
  public:
    /// `mode` and `modified` hold until something changes them.
    StagedAttributes(std::uint32_t mode, FileTime modified)
        : mode_(mode & 0777U), modified_(modified) {}

    /// The content was changed at `now`; a time that was chosen stays.
    void content_changed(FileTime now) {
        if (!time_chosen_) modified_ = now;
    }
    void change(const AttributeChange& change) {
        if (change.mode) mode_ = *change.mode & 0777U;
        if (!change.modified) return;
        modified_ = *change.modified;
        time_chosen_ = true;
    }

    [[nodiscard]] std::uint32_t mode() const { return mode_; }
    [[nodiscard]] FileTime modified() const { return modified_; }

  private:
    std::uint32_t mode_;
    FileTime modified_;
    bool time_chosen_ = false;
};

}  // namespace sallyport::storage
