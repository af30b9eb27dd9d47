#pragma once

#include <string>
#include <string_view>

#include "storage/entry.hpp"

namespace sallyport {

/// One entry as `ls -l` prints it, without a line end. `now` decides whether it shows a time or a
/// year; dates are UTC. `owner` and `group` must be words.
[[nodiscard]] std::string unix_line(const storage::Entry& entry, storage::FileTime now,
                                    std::string_view owner, std::string_view group);

}  // namespace sallyport
