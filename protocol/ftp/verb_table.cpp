#include "protocol/ftp/verb_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "protocol/ftp/arguments.hpp"
#include "protocol/ftp/verbs/verbs.hpp"

namespace sallyport::ftp {
namespace {

using enum Access;
using enum InTransfer;

// Sorted by name, for the binary search.
constexpr auto table = std::to_array<VerbRow>({
    {"ABOR", verbs::abor, login, "ABOR", {}, aborts},
    {"ACCT", verbs::acct, anytime, "ACCT text"},
    {"ALLO", verbs::allo, login, "ALLO bytes"},
    {"APPE", verbs::appe, transfer, "APPE path"},
    {"AUTH", verbs::auth, anytime, "AUTH TLS", "AUTH TLS"},
    {"AVBL", verbs::avbl, login, "AVBL [path]", "AVBL"},
    {"CCC", verbs::ccc, never},
    {"CDUP", verbs::cdup, login, "CDUP"},
    {"CLNT", verbs::clnt, anytime, "CLNT name", "CLNT"},
    {"CSID", verbs::csid, anytime, "CSID facts", "CSID"},
    {"CWD", verbs::cwd, login, "CWD path"},
    {"DELE", verbs::dele, login, "DELE path"},
    {"EPRT", verbs::port, never},
    {"EPSV", verbs::epsv, login, "EPSV [1|2|ALL]", "EPSV"},
    {"FEAT", verbs::feat, anytime, "FEAT"},
    {"HASH", verbs::hash, login, "HASH path", "HASH SHA-256*;SHA-512;SHA-1;MD5;CRC32"},
    {"HELP", verbs::help, anytime, "HELP [verb]"},
    {"HOST", verbs::host, anytime, "HOST name", "HOST"},
    {"LANG", verbs::lang, anytime, "LANG [tag]", "LANG EN*"},
    {"LIST", verbs::list, transfer, "LIST [path]"},
    {"MDTM", verbs::mdtm, login, "MDTM path", "MDTM"},
    {"MFF", verbs::mff, login, "MFF facts path", "MFF Modify;UNIX.mode;"},
    {"MFMT", verbs::mfmt, login, "MFMT time path", "MFMT"},
    {"MKD", verbs::mkd, login, "MKD path"},
    {"MLSD", verbs::mlsd, transfer, "MLSD [path]"},
    {"MLST", verbs::mlst, login, "MLST [path]",
     "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;"},
    {"MODE", verbs::mode, login, "MODE S"},
    {"NLST", verbs::nlst, transfer, "NLST [path]"},
    {"NOOP", verbs::noop, anytime, "NOOP"},
    {"OPTS", verbs::opts, anytime, "OPTS option [value]"},
    {"PASS", verbs::pass, anytime, "PASS password"},
    {"PASV", verbs::pasv, login, "PASV", "PASV"},
    {"PBSZ", verbs::pbsz, anytime, "PBSZ 0", "PBSZ"},
    {"PORT", verbs::port, never},
    {"PROT", verbs::prot, anytime, "PROT P", "PROT"},
    {"PWD", verbs::pwd, login, "PWD"},
    {"QUIT", verbs::quit, anytime, "QUIT"},
    {"REIN", nullptr, never},
    {"REST", verbs::rest, login, "REST offset", "REST STREAM"},
    {"RETR", verbs::retr, transfer, "RETR path"},
    {"RMD", verbs::rmd, login, "RMD path"},
    {"RNFR", verbs::rnfr, login, "RNFR path"},
    {"RNTO", verbs::rnto, login, "RNTO path"},
    {"SITE", verbs::site, login, "SITE HELP|CHMOD|UTIME", "SITE CHMOD;UTIME"},
    {"SIZE", verbs::size, login, "SIZE path", "SIZE"},
    {"STAT", verbs::stat, anytime, "STAT [path]", {}, at_once},
    {"STOR", verbs::stor, transfer, "STOR path"},
    {"STOU", verbs::stou, transfer, "STOU [path]"},
    {"STRU", verbs::stru, login, "STRU F"},
    {"SYST", verbs::syst, anytime, "SYST"},
    {"TYPE", verbs::type, login, "TYPE A|I|L 8", "TVFS\nUTF8"},
    {"USER", verbs::user, anytime, "USER name"},
    {"XCRC", verbs::xcrc, login, "XCRC path", "XCRC"},
    {"XCUP", verbs::cdup, login, "XCUP"},
    {"XCWD", verbs::cwd, login, "XCWD path"},
    {"XMD5", verbs::xmd5, login, "XMD5 path", "XMD5"},
    {"XMKD", verbs::mkd, login, "XMKD path"},
    {"XPWD", verbs::pwd, login, "XPWD"},
    {"XRMD", verbs::rmd, login, "XRMD path"},
    {"XSHA1", verbs::xsha1, login, "XSHA1 path", "XSHA1"},
    {"XSHA256", verbs::xsha256, login, "XSHA256 path", "XSHA256"},
    {"XSHA512", verbs::xsha512, login, "XSHA512 path", "XSHA512"},
});
static_assert(std::ranges::is_sorted(table, {}, &VerbRow::name));

std::vector<std::string> feature_lines() {
    std::vector<std::string> lines;
    for (const auto& row : table) {
        for (auto rest = row.feature; !rest.empty();) {
            const auto end = std::min(rest.find('\n'), rest.size());
            lines.emplace_back(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }
    return lines;
}

std::vector<std::string> verb_names() {
    constexpr std::size_t per_line = 8;
    std::vector<std::string> lines;
    std::size_t count = 0;
    for (const auto& row : table) {
        if (row.help.empty()) continue;
        if (count++ % per_line == 0) lines.emplace_back();
        lines.back() += fmt::format("{:8}", row.name);
    }
    return lines;
}

}  // namespace

const VerbRow* find_verb(std::string_view verb) {
    const auto found = std::ranges::lower_bound(table, verb, {}, &VerbRow::name);
    return found != table.end() && found->name == verb ? &*found : nullptr;
}

std::span<const VerbRow> verb_table() {
    return table;
}

Reply feature_reply() {
    return reply(211, "Features:", feature_lines(), "End.");
}

Reply help_reply(std::string_view verb) {
    if (verb.empty())
        return reply(214, "Commands:", verb_names(), "HELP verb shows how one is used.");
    for (const auto& row : table) {
        if (!row.help.empty() && equal_ignoring_case(row.name, verb)) {
            return reply(214, fmt::format("Syntax: {}", row.help));
        }
    }
    return reply(504, "No such command; HELP lists them.");
}

}  // namespace sallyport::ftp
