"""What may include and name what. Arrows point down only; one library has one door; nothing switches TLS off."""

import re
import unittest

from architecture.sources import ROOT, Source, product_sources, read_sources

# Folder -> folders of the project whose headers it may include.
ARROWS = {
    "storage": {"storage"},
    "auth": {"auth", "storage"},
    "protocol": {"protocol", "auth", "storage"},
    "config": {"config", "auth", "storage"},
    "server": {"server", "config", "protocol", "auth", "storage"},
    "cmake": set(),
}

# Headers (a regular expression) -> the only folder that may include them; None: nobody.
DOORS = {
    r"openssl/(ssl|ssl3|tls1|dtls1|srtp)\.h": "server/tls",
    r"boost/asio/ssl(/.*|\.hpp)": None,
    r"libssh/.*": "server/ssh",
    r"toml(\+\+|plusplus|\.hpp).*": "config",
    r"spdlog/.*": "server/events",
    r"CLI/.*|CLI11\.hpp": "server/cli",
    r"prometheus/.*": "server/admin",
    r"seccomp\.h|sys/capability\.h|linux/(landlock|seccomp)\.h": "server/hardening",
}

# Names in code -> the only folder that may use them: a header that reaches a file by a detour opens no door.
NAMES = {
    r"\bSSL_\w+\s*\(": "server/tls",
    r"\bssh_\w+\s*\(": "server/ssh",
    r"\btoml::": "config",
    r"\bspdlog::": "server/events",
}

# Folders that know nothing of sockets, and the headers that would change that.
WITHOUT_SOCKETS = {"storage", "auth", "protocol", "config", "cmake"}
SOCKET_HEADERS = (r"boost/asio\.hpp|boost/asio/(ip|local|generic|ssl|impl)/.*"
                  r"|boost/asio/(basic_)?\w*(socket|acceptor|resolver|connect)\w*\.hpp"
                  r"|boost/beast.*|sys/socket\.h|sys/un\.h|netinet/.*|netdb\.h")
# Path -> header: why.
SOCKET_EXCEPTIONS = {
    # Asio itself is compiled once, in the lowest library that uses its executors.
    "storage/asio.cpp": "boost/asio/impl/src.hpp",
}

# `protocol` is pure: bytes in, replies and requests out.
PURE_FOLDER = "protocol"
IMPURE_HEADERS = (r"thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|ctime|time\.h"
                  r"|fstream|iostream|filesystem|csignal|signal\.h|pthread\.h"
                  r"|(sys|netinet|arpa|linux)/.*|unistd\.h|fcntl\.h|poll\.h|netdb\.h"
                  r"|boost/asio.*|boost/beast.*|openssl/.*|storage/(local|memory)/.*|storage/blocking_pool\.hpp")
IMPURE_NAMES = (r"(::|\.)now\s*\(|\bstd::(thread|jthread|mutex|this_thread)\b"
                r"|\b(time|clock_gettime|gettimeofday|getenv)\s*\(")

# The clock that people set may jump: only dates are read from it, never how long something takes. Path -> why.
WALL_CLOCK = r"\b(system_clock|high_resolution_clock|utc_clock)\s*::\s*now\b|\b(system_timer|deadline_timer)\b"
READERS_OF_THE_WALL_CLOCK = {
    "config/validate_policies.cpp": "on which day an account expires",
    "server/app.cpp": "which one-time codes could still be right",
    "server/admin/service.hpp": "since when the server runs",
    "server/admin/status_json.cpp": "how long a certificate is valid",
    "server/cli/key_files.cpp": "from when a certificate is valid",
    "server/cli/policy.cpp": "at which hours a login is allowed",
    "server/events/log_sink.cpp": "when an event was",
    "server/ftps/secure_control.cpp": "how a listing shows dates",
    "server/ftps/send_listing.cpp": "how a listing shows dates",
    "server/monitor/live_sessions.hpp": "since when a session lasts",
    "server/ssh/sftp_connection.cpp": "how a listing shows dates",
    "server/startup.cpp": "on which day an account expires",
    "server/user_volume.cpp": "at which hours, and until which day, a login holds",
    "storage/local/staging_areas.cpp": "how old a partial is, which outlives the process",
    "storage/local/staged_content.cpp": "when a file was changed",
    "storage/local/upload_start.cpp": "when a file was changed",
    "storage/memory/memory_tree.cpp": "when a file was changed",
}

# Encryption is not an option, so nothing may be named as if it were one.
SWITCHES = [
    r"\bbool\s*&?\s+(\w+_)?(tls|ssl|ftps|encrypt\w*|secure|cleartext)(_\w+)?_?\b",
    r"\bbool\s*&?\s+(\w+_)?plain(text)?(_\w+)?_?\b(?!\()",
    r"\b(use|with|enable|disable|without|skip|allow|no)_(tls|ssl|encrypt\w*|plain\w*|clear\w*|insecure)\w*\b",
    r"\b(tls|ssl|encryption)_(enabled|disabled|required|optional|mode)\b",
    r"\binsecure\w*\b",
]
# In names of configuration keys, and why no key may hold it: it would promise a way around TLS.
FORBIDDEN_IN_KEYS = ["plain", "cleartext", "clear_text", "insecure", "allow_unencrypted", "unencrypted", "encrypt",
                     "no_tls", "disable_tls", "use_tls", "require_tls"]
KEY_FOLDER = "config"
KNOWN_KEYS = {"certificate", "min_version", "data_session", "allow_missing_close_notify"}


def breaches_of_arrows(source):
    allowed = ARROWS.get(source.folder)
    if allowed is None:
        return [f"{source.path}: no arrow says what the folder {source.folder} may include"]
    return [f"{source.path} includes {header}" for header in source.includes
            if header.split("/")[0] in ARROWS and header.split("/")[0] not in allowed]


def breaches_of_doors(source):
    found = [f"{source.path} includes {header}, which only {door or 'nobody'} may"
             for header in source.includes for pattern, door in DOORS.items()
             if re.fullmatch(pattern, header) and not (door and source.is_under(door))]
    return found + [f"{at(source, match)} uses {match[0]}, which only {door} may"
                    for pattern, door in NAMES.items() if not source.is_under(door)
                    for match in re.finditer(pattern, source.code)]


def breaches_of_sockets(source):
    if source.folder not in WITHOUT_SOCKETS:
        return []
    return [f"{source.path} includes {header}" for header in source.includes
            if re.fullmatch(SOCKET_HEADERS, header) and SOCKET_EXCEPTIONS.get(source.path) != header]


def breaches_of_purity(source):
    if source.folder != PURE_FOLDER:
        return []
    found = [f"{source.path} includes {header}" for header in source.includes if re.fullmatch(IMPURE_HEADERS, header)]
    return found + [f"{at(source, match)} uses {match[0]}" for match in re.finditer(IMPURE_NAMES, source.code)]


def breaches_of_the_clock(source):
    if source.path in READERS_OF_THE_WALL_CLOCK:
        return []
    return [f"{at(source, match)} uses {match[0]}: take steady_clock, or say in READERS_OF_THE_WALL_CLOCK what date it is"
            for match in re.finditer(WALL_CLOCK, source.code)]


def breaches_of_switches(source):
    return [f"{at(source, match)} names a switch: {match[0]}"
            for pattern in SWITCHES for match in re.finditer(pattern, source.code)]


def breaches_of_keys(source):
    if source.folder != KEY_FOLDER:
        return []
    return [f'{source.path} has "{word}"' for word in key_like(source)
            for forbidden in FORBIDDEN_IN_KEYS if forbidden in word]


def key_like(source):
    return [text for text in source.literals if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", text)]


def at(source, match):
    return f"{source.path}:{source.line_of(match.start())}"


class Architecture(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.sources = product_sources(read_sources())

    def assert_no(self, breaches_of):
        self.assertEqual([], [breach for source in self.sources for breach in breaches_of(source)])

    def test_every_folder_was_read(self):
        self.assertEqual(set(ARROWS), {source.folder for source in self.sources})

    def test_arrows_point_down_only(self):
        self.assert_no(breaches_of_arrows)

    def test_own_headers_are_named_from_the_root_of_the_project(self):
        quoted = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
        missing = [f"{source.path} includes {header}" for source in self.sources
                   for header in quoted.findall(source.text) if not (ROOT / header).is_file()]
        self.assertEqual([], missing)

    def test_one_library_has_one_door(self):
        self.assert_no(breaches_of_doors)

    def test_only_the_server_knows_sockets(self):
        self.assert_no(breaches_of_sockets)

    def test_socket_exceptions_are_still_needed(self):
        used = {source.path: header for source in self.sources for header in source.includes
                if SOCKET_EXCEPTIONS.get(source.path) == header}
        self.assertEqual(SOCKET_EXCEPTIONS, used)

    def test_protocol_is_pure(self):
        self.assert_no(breaches_of_purity)

    def test_nothing_but_dates_is_read_from_the_wall_clock(self):
        self.assert_no(breaches_of_the_clock)

    def test_readers_of_the_wall_clock_still_read_it(self):
        readers = {source.path for source in self.sources if re.search(WALL_CLOCK, source.code)}
        self.assertEqual(set(READERS_OF_THE_WALL_CLOCK), readers)

    def test_nothing_is_named_as_if_encryption_were_an_option(self):
        self.assert_no(breaches_of_switches)

    def test_no_key_promises_a_way_around_tls(self):
        self.assert_no(breaches_of_keys)

    def test_the_keys_of_the_configuration_are_among_those_looked_at(self):
        keys = {word for source in self.sources if source.folder == KEY_FOLDER for word in key_like(source)}
        self.assertLessEqual(KNOWN_KEYS, keys)


class Breaches(unittest.TestCase):
    """Each rule sees what it forbids."""

    # Rule, path, text that breaks it.
    EXAMPLES = [
        (breaches_of_arrows, "storage/a.cpp", '#include "auth/policy.hpp"'),
        (breaches_of_arrows, "config/a.cpp", '#include "protocol/ftp/reply.hpp"'),
        (breaches_of_arrows, "protocol/a.hpp", '#  include "server/app.hpp"'),
        (breaches_of_arrows, "elsewhere/a.cpp", ""),
        (breaches_of_doors, "server/ftps/a.cpp", "#include <openssl/ssl.h>"),
        (breaches_of_doors, "server/tls/a.cpp", "#include <boost/asio/ssl.hpp>"),
        (breaches_of_doors, "protocol/a.cpp", "#include <libssh/libssh.h>"),
        (breaches_of_doors, "server/cli/a.cpp", "#include <toml++/toml.h>"),
        (breaches_of_doors, "server/app.cpp", "#include <spdlog/spdlog.h>"),
        (breaches_of_doors, "server/main.cpp", "#include <CLI/CLI.hpp>"),
        (breaches_of_doors, "server/app.cpp", "#include <prometheus/counter.h>"),
        (breaches_of_doors, "server/app.cpp", "#include <seccomp.h>"),
        (breaches_of_doors, "server/net/a.cpp", "SSL_read(ssl, at, size);"),
        (breaches_of_sockets, "config/a.cpp", "#include <boost/asio/ip/tcp.hpp>"),
        (breaches_of_sockets, "auth/a.cpp", "#include <boost/asio/local/stream_protocol.hpp>"),
        (breaches_of_sockets, "storage/a.cpp", "#include <boost/asio/impl/src.hpp>"),
        (breaches_of_sockets, "cmake/precompiled.hpp", "#include <boost/asio/ip/udp.hpp>"),
        (breaches_of_purity, "protocol/a.cpp", "#include <thread>"),
        (breaches_of_purity, "protocol/a.cpp", "#include <sys/stat.h>"),
        (breaches_of_purity, "protocol/a.cpp", "#include <unistd.h>"),
        (breaches_of_purity, "protocol/a.cpp", "auto now = std::chrono::system_clock::now();"),
        (breaches_of_the_clock, "server/a.cpp", "deadline = std::chrono::system_clock::now() + limit;"),
        (breaches_of_the_clock, "server/a.cpp", "asio::system_timer timer(executor);"),
        (breaches_of_switches, "server/a.hpp", "struct Options { bool tls = true; };"),
        (breaches_of_switches, "server/a.hpp", "void accept(bool use_tls);"),
        (breaches_of_switches, "config/a.hpp", "bool encrypt_data = true;"),
        (breaches_of_switches, "config/a.hpp", "bool encryption_;"),
        (breaches_of_switches, "config/a.hpp", "bool accept_plain = false;"),
        (breaches_of_switches, "server/a.cpp", "if (options.allow_cleartext) return;"),
        (breaches_of_keys, "config/a.cpp", 'key("allow_plain", a_flag());'),
        (breaches_of_keys, "config/a.cpp", 'key("insecure", a_flag());'),
    ]
    # Rule, path, text that only looks as if it broke it.
    HARMLESS = [
        (breaches_of_arrows, "server/a.cpp", '#include "storage/backend.hpp"'),
        (breaches_of_doors, "server/tls/a.cpp", "#include <openssl/ssl.h>\nSSL_read(ssl, at, size);"),
        (breaches_of_doors, "storage/a.cpp", "#include <openssl/evp.h>"),
        (breaches_of_purity, "protocol/a.cpp", "// never calls system_clock::now() itself\n#include <chrono>"),
        (breaches_of_the_clock, "server/a.cpp", "deadline = std::chrono::steady_clock::now() + limit;"),
        (breaches_of_switches, "server/a.cpp", "/* there is no bool tls */ Async<bool> begins_tls(Connection& c);"),
        (breaches_of_switches, "server/cli/a.cpp", "bool is_plain(char c) { return c > ' '; }"),
        (breaches_of_keys, "config/a.cpp", 'report("Only plain text is read.");  // "insecure"'),
    ]

    def test_are_seen(self):
        for breaches_of, path, text in self.EXAMPLES:
            with self.subTest(rule=breaches_of.__name__, text=text):
                self.assertNotEqual([], breaches_of(Source(path, text)))

    def test_are_not_seen_where_there_are_none(self):
        for breaches_of, path, text in self.HARMLESS:
            with self.subTest(rule=breaches_of.__name__, text=text):
                self.assertEqual([], breaches_of(Source(path, text)))


if __name__ == "__main__":
    unittest.main()
