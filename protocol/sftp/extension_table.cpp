#include "protocol/sftp/extension_table.hpp"

#include <algorithm>
#include <array>

#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp {
namespace {

// Names and numbers as OpenSSH 9 advertises them. check-file stands for both of its requests and
// carries the names of digests, as draft-ietf-secsh-filexfer-extensions-00 section 3 and ProFTPD
// have it; paramiko sends it as a request of its own.
constexpr auto table = std::to_array<ExtensionRow>({
    {"posix-rename@openssh.com", requests::posix_rename, "1"},
    {"statvfs@openssh.com", requests::statvfs, "2"},
    {"fstatvfs@openssh.com", requests::fstatvfs, "2"},
    {"hardlink@openssh.com", nullptr, {}, "links are not served here"},
    {"fsync@openssh.com", requests::fsync, "1"},
    {"lsetstat@openssh.com", requests::setstat, "1"},  // there are no links
    {"limits@openssh.com", requests::limits, "1"},
    {"expand-path@openssh.com", requests::expand_path, "1"},
    {"copy-data", requests::copy_data, "1"},
    {"home-directory", requests::home_directory, "1"},
    {"users-groups-by-id@openssh.com", requests::users_groups_by_id, "1"},
    {"check-file", requests::check_file, "sha256,sha512,sha1,md5"},
    {"check-file-handle", requests::check_file_handle},
    {"check-file-name", requests::check_file_name},
});

}  // namespace

const ExtensionRow* find_extension(std::string_view name) {
    const auto* const found = std::ranges::find(table, name, &ExtensionRow::name);
    return found == table.end() ? nullptr : found;
}

std::span<const ExtensionRow> extension_table() {
    return table;
}

}  // namespace sallyport::sftp
