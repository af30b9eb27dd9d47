#pragma once

#include <string>
#include <string_view>

#include "protocol/ftp/outcome.hpp"
#include "storage/entry.hpp"

namespace sallyport::ftp {

/// The facts of an entry, "type=file;size=3;modify=...;" (RFC 3659 section 7.5).
[[nodiscard]] std::string facts_of(const storage::Entry& entry);

/// One line of a listing without its line end. `now` decides whether LIST shows a time or a year;
/// dates are UTC.
[[nodiscard]] std::string listing_line(const storage::Entry& entry, ListFormat format,
                                       storage::FileTime now, std::string_view name_prefix = {});

}  // namespace sallyport::ftp
