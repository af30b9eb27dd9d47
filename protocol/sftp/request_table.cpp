#include "protocol/sftp/request_table.hpp"

#include <algorithm>
#include <array>

#include "protocol/sftp/requests/requests.hpp"

namespace sallyport::sftp {
namespace {

constexpr std::string_view no_links = "links are not served here";

constexpr auto table = std::to_array<RequestRow>({
    {PacketType::open, requests::open},         {PacketType::close, requests::close},
    {PacketType::read, requests::read},         {PacketType::write, requests::write},
    {PacketType::lstat, requests::stat},  // there are no links, so it is the same
    {PacketType::fstat, requests::fstat},       {PacketType::setstat, requests::setstat},
    {PacketType::fsetstat, requests::fsetstat}, {PacketType::opendir, requests::opendir},
    {PacketType::readdir, requests::readdir},   {PacketType::remove, requests::remove},
    {PacketType::mkdir, requests::mkdir},       {PacketType::rmdir, requests::rmdir},
    {PacketType::realpath, requests::realpath}, {PacketType::stat, requests::stat},
    {PacketType::rename, requests::rename},     {PacketType::readlink, nullptr, no_links},
    {PacketType::symlink, nullptr, no_links},   {PacketType::extended, requests::extended},
});

}  // namespace

const RequestRow* find_request(std::uint8_t type) {
    const auto* const found =
        std::ranges::find(table, static_cast<PacketType>(type), &RequestRow::type);
    return found == table.end() ? nullptr : found;
}

std::span<const RequestRow> request_table() {
    return table;
}

}  // namespace sallyport::sftp
