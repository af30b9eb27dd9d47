#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::server::state {

/// Largest file that is read, in bytes. Stops a mistaken path to a huge file.
inline constexpr std::uintmax_t max_list_file_bytes = 16 * 1024 * 1024;

/// What processes leave to those after them, as JSON, for people to read:
/// {"version":1,"NAME":[...]}.
struct ListFile {
    std::string_view name;        ///< of the list in it
    std::string_view if_damaged;  ///< what to do then, such as "remove it to ..."
};

/// Hands each entry of the list in `file` to `take`, which says whether it is one; none when there
/// is no such file. A sentence when it cannot be read or is not whole: what was taken by then is
/// not to be used. Blocks.
[[nodiscard]] std::optional<std::string> read_list(
    const std::filesystem::path& file, const ListFile& format,
    const std::function<bool(const boost::json::value&)>& take);

/// Reads as `read_list` does, and then puts what `change` makes of it in its place, as
/// `replace_file` does, unless that is nothing. Makes the folder if there is none. Two processes
/// that do so at once, as while one hands over to the next, lose nothing of either's.
[[nodiscard]] std::optional<std::string> change_list(
    const std::filesystem::path& file, const ListFile& format,
    const std::function<bool(const boost::json::value&)>& take,
    const std::function<std::optional<boost::json::array>()>& change);

}  // namespace sallyport::server::state
