#include "config/walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/public_keys.hpp"
#include "tests/unit/config/config_files.hpp"

namespace sallyport::config {
namespace {

/// Lines to add behind `minimal`, as line 11 and on, and the one problem that they make.
struct Mistaken {
    std::string text;
    std::string problem;
};

class WalkTest : public ConfigFiles, public testing::WithParamInterface<Mistaken> {};

TEST_P(WalkTest, MistakeIsReportedWhereItStands) {
    EXPECT_THAT(problems_of(GetParam().text),
                testing::ElementsAre("main.toml:" + GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Names, WalkTest,
    testing::Values(
        Mistaken{"[limits]\nidel = \"5m\"",
                 "12:1: error: unknown key \"idel\" in [limits]; allowed are: connections, "
                 "per_address, unauthenticated, "
                 "unauthenticated_per_address, penalties, penalty_exempt, login_grace, handshake, "
                 "idle, data_accept, data_stall, "
                 "min_upload_rate, failed_login_delay (did you mean \"idle\"?)"},
        Mistaken{"adress = 1",
                 "11:1: error: unknown key \"adress\" in [[listener]]; allowed are: protocol, "
                 "address, proxy_protocol, passive_ports, public_address, data_session (did you "
                 "mean \"address\"?)"},
        Mistaken{"[auth.more]\nx = 1",
                 "11:7: error: unknown key \"more\" in [auth]; allowed are: providers, "
                 "on_exposed_password"},
        Mistaken{
            "[limit]",
            "11:2: error: unknown table \"limit\"; allowed are the tables server, log, tls, ssh, "
            "listener, admin, storage, limits, auth, auth.http, policy, user (did you mean "
            "\"limits\"?)"},
        Mistaken{"[policy.\"a b\"]",
                 "11:9: error: \"a b\" cannot be a name; write up to 64 ASCII letters, digits, "
                 "'.', '_', '-', '@' or '+', not beginning with '.' or '-'"},
        Mistaken{"[policy.\"a\\nb\"]",
                 "11:9: error: \"a\\x0ab\" cannot be a name; write up to 64 ASCII letters, "
                 "digits, '.', '_', '-', '@' or '+', not beginning with '.' or '-'"},
        Mistaken{"[admin]\naddress = \"x\"",
                 "12:11: error: \"x\" cannot be used here: metrics and status are for this machine "
                 "alone; write a loopback address and port, such as \"127.0.0.1:9321\" or "
                 "\"[::1]:9321\", or \"unix:/PATH\""},
        Mistaken{"[policy.p]\npreset = \"full\"\n[policy.p.mounts]\n\"a\" = \"b\"",
                 "14:1: error: \"a\" cannot be a virtual folder; write an absolute path such as "
                 "\"/reports\", without \".\", \"..\", empty parts or \".sallyport\""},
        Mistaken{"[policy.p]\npreset = \"full\"\nmounts = { \"/a/\" = \"b\" }",
                 "13:12: error: \"/a/\" cannot be a virtual folder; write an absolute path such as "
                 "\"/reports\", without \".\", \"..\", empty parts or \".sallyport\""},
        Mistaken{"[policy.p]\npreset = \"full\"\nmounts = { \"/a\" = \"b/.sallyport/c\" }",
                 "13:19: error: a folder named \".sallyport\" is the server's own and cannot be "
                 "shown to users"},
        Mistaken{"[policy.p]\npreset = \"full\"\nmounts = [\"/a\"]",
                 "13:10: error: expected a table of virtual folders, such as { \"/reports\" = "
                 "\"/srv/reports\" }, not a list"}));

INSTANTIATE_TEST_SUITE_P(
    Tables, WalkTest,
    testing::Values(
        Mistaken{"[[server]]", "11:1: error: expected a table, not a list; write [server]"},
        Mistaken{"[policy]\np = 1",
                 "12:5: error: expected a table, not an integer; write [policy.NAME]"},
        Mistaken{"[[policy]]", "11:1: error: expected a table, not a list; write [policy.NAME]"}));

INSTANTIATE_TEST_SUITE_P(
    Types, WalkTest,
    testing::Values(
        Mistaken{"[server]\nthreads = \"4\"",
                 "12:11: error: expected an integer from 0 to 256, not a string"},
        Mistaken{"[server]\nthreads = 1.5",
                 "12:11: error: expected an integer from 0 to 256, not a float"},
        Mistaken{"[server]\nname = 1", "12:8: error: expected a string, not an integer"},
        Mistaken{"[server]\nname = {a = 1}", "12:8: error: expected a string, not a table"},
        Mistaken{"[server]\ninclude = \"x\"",
                 "12:11: error: expected a list of paths or patterns, not a string"},
        Mistaken{"[server]\ninclude = [1]",
                 "12:12: error: expected a path or pattern, not an integer"},
        Mistaken{"[server]\nstate_dir = true", "12:13: error: expected a path, not a boolean"},
        Mistaken{"[log]\nlevel = 3",
                 "12:9: error: expected \"debug\", \"info\", \"warning\" or \"error\", not an "
                 "integer"},
        Mistaken{"passive_ports = 50000",
                 "11:17: error: expected a range of ports in quotes, such as \"50000-50999\", not "
                 "an integer"},
        Mistaken{"[policy.p]\nallow = [\"list\"]\nfile_mode = 0o640",
                 "13:13: error: expected an octal mode in quotes, such as \"0640\", not an "
                 "integer"},
        Mistaken{"[policy.p]\nallow = [\"list\"]\nallow_missing_close_notify = \"yes\"",
                 "13:30: error: expected true or false, not a string"},
        Mistaken{"[policy.p]\nallow = \"list\"",
                 "12:9: error: expected a list of \"upload\", \"overwrite\", \"download\", "
                 "\"list\", \"stat\", \"delete\", \"rename\", \"mkdir\", \"rmdir\" or "
                 "\"attributes\", not a string"},
        Mistaken{"[limits]\nidle = 300", "12:8: error: a duration needs a unit such as \"30s\""},
        Mistaken{"[limits]\nidle = \"300\"",
                 "12:8: error: a duration needs a unit such as \"30s\""},
        Mistaken{"[policy.p]\npreset = \"full\"\nmax_file_size = 10",
                 "13:17: error: a size needs a unit such as \"10MiB\""}));

INSTANTIATE_TEST_SUITE_P(
    Values, WalkTest,
    testing::Values(
        Mistaken{"[server]\nthreads = 257", "12:11: error: 257 is out of range; allowed: 0 to 256"},
        Mistaken{"[server]\nthreads = -1", "12:11: error: -1 is out of range; allowed: 0 to 256"},
        Mistaken{"[limits]\nconnections = 0",
                 "12:15: error: 0 is out of range; allowed: 1 to 1000000"},
        Mistaken{"[limits]\nidle = \"0s\"",
                 "12:8: error: \"0s\" is out of range; allowed: 100ms to 1d"},
        Mistaken{"[server]\nname = \"a b\"",
                 "12:8: error: \"a b\" cannot be a name here; write 1 to 255 ASCII characters "
                 "without spaces"},
        Mistaken{"[server]\nname = \"a\\r\\nb\"",
                 "12:8: error: control characters are not allowed here"},
        Mistaken{"[server]\nstate_dir = \"\"", "12:13: error: a path cannot be empty"},
        Mistaken{"[log]\nlevel = \"warn\"",
                 "12:9: error: \"warn\" is not known here; allowed: \"debug\", \"info\", "
                 "\"warning\" or \"error\""},
        Mistaken{"[log]\nformat = \"jsn\"",
                 "12:10: error: \"jsn\" is not known here; allowed: \"json\" or \"text\" (did you "
                 "mean \"json\"?)"},
        Mistaken{"[auth]\nproviders = [\"htp\"]",
                 "12:14: error: \"htp\" is not known here; allowed: \"file\" or \"http\" (did you "
                 "mean \"http\"?)"},
        Mistaken{"[policy.p]\nallow = [\"list\", \"read\"]",
                 "12:18: error: \"read\" is not known here; allowed: \"upload\", \"overwrite\", "
                 "\"download\", \"list\", \"stat\", \"delete\", \"rename\", \"mkdir\", \"rmdir\" "
                 "or \"attributes\""},
        Mistaken{"[policy.p]\npreset = \"dropbx\"",
                 "12:10: error: \"dropbx\" is not known here; allowed: \"dropbox\", \"exchange\", "
                 "\"collect\" or \"full\" (did you mean \"dropbox\"?)"},
        Mistaken{"passive_ports = \"50999-50000\"",
                 "11:17: error: \"50999-50000\" ends before it begins; write the lower port "
                 "first"},
        Mistaken{"public_address = \"::1\"",
                 "11:18: error: \"::1\" is not an IPv4 address; write one such as "
                 "\"203.0.113.7\""},
        Mistaken{"[[listener]]\nprotocol = \"scp\"\naddress = \"0.0.0.0:22\"",
                 "12:12: error: \"scp\" is not known here; allowed: \"ftps\", \"ftps-implicit\" "
                 "or \"sftp\""},
        Mistaken{"[ssh]\nhost_keys = \"ssh/ed25519\"",
                 "12:13: error: expected a list of paths, not a string"},
        Mistaken{"[ssh]\nhost_keys = [\"\"]", "12:14: error: a path cannot be empty"},
        Mistaken{"[ssh]\nhost_key = []",
                 "12:1: error: unknown key \"host_key\" in [ssh]; allowed are: host_keys (did you "
                 "mean \"host_keys\"?)"},
        Mistaken{"[[listener]]\nprotocol = \"ftps\"\naddress = \"localhost:21\"",
                 "13:11: error: \"localhost:21\" is not an address and port; write an IP address "
                 "(names are not looked up), such as \"0.0.0.0:21\" or \"[::]:21\""},
        Mistaken{"[policy.p]\npreset = \"full\"\nfile_mode = \"4755\"",
                 "13:13: error: \"4755\" is not a mode; write permission bits in octal, from "
                 "\"0000\" to \"0777\""}));

const std::string user = "[policy.p]\npreset = \"full\"\n[user.u]\npolicy = \"p\"\n";

INSTANTIATE_TEST_SUITE_P(
    Users, WalkTest,
    testing::Values(
        Mistaken{user + "home = \"../x\"",
                 "15:8: error: \"../x\" cannot be a home; write a folder below storage.root, such "
                 "as \"acme\", or \".\" for all of it, without \".\", \"..\", empty parts or "
                 "\".sallyport\""},
        Mistaken{user + "home = \"/srv/x\"",
                 "15:8: error: \"/srv/x\" is absolute; write a folder below storage.root, such as "
                 "\"acme\""},
        Mistaken{user + "home = \"a/.sallyport\"",
                 "15:8: error: \"a/.sallyport\" cannot be a home; write a folder below "
                 "storage.root, such as \"acme\", or \".\" for all of it, without \".\", \"..\", "
                 "empty parts or \".sallyport\""},
        Mistaken{user + "expires = \"2027-06-30\"",
                 "15:11: error: expected a date without quotes, such as 2027-06-30, not a string"},
        Mistaken{user + "expires = 2027-06-30T10:00:00",
                 "15:11: error: expected a date without quotes, such as 2027-06-30, not a time"},
        Mistaken{user + "transient_names = \"*.part\"",
                 "15:19: error: expected a list of name patterns, not a string"},
        Mistaken{user + "transient_names = [\"*.part\", \"in/*.tmp\"]",
                 "15:30: error: \"in/*.tmp\" cannot match a name: a name has no '/'; write "
                 "such as \"*.part\""},
        Mistaken{user + "transient_names = [\"\"]",
                 "15:20: error: \"\" cannot match a name: it is empty; write such "
                 "as \"*.part\""},
        Mistaken{user + "login = []",
                 "15:9: error: no combination; name at least one, or leave `login` out"},
        Mistaken{user + "ssh_keys = \"ssh-ed25519 AAAA\"",
                 "15:12: error: expected a list of public keys, not a string"},
        Mistaken{user + "ssh_keys = [1]",
                 "15:13: error: expected a public key, the line of a .pub file, not an integer"},
        Mistaken{user + "ssh_keys = [\n\"" + std::string(test::ed25519.line) + "\",\n  \"" +
                     std::string(test::rsa1024_line) + "\"]",
                 "17:3: error: this RSA key has 1024 bits; allowed are 2048 to 16384"},
        Mistaken{user + "ssh_keys = [\"\"\"ssh-ed25519 AAAA\n\"\"\"]",
                 "15:13: error: control characters are not allowed here"},
        Mistaken{user + "[user.\"../x\"]",
                 "15:7: error: \"../x\" cannot be a name; write up to 64 ASCII letters, digits, "
                 "'.', '_', '-', '@' or '+', not beginning with '.' or '-'"}));

}  // namespace
}  // namespace sallyport::config
