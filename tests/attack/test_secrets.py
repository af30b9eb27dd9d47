"""Secrets are never written (L1), and whatever a client says, a log line is one JSON object (L2)."""

import json
import re
import resource
import secrets
import signal
import socket
import tomllib
import unittest
from pathlib import Path

from attack import client_hello as hello
from attack.case import AttackCase, is_sanitized, limits
from attack.control import connect, remainder
from support.ftps_client import client_context
from support.sallyport import Server, hash_password

AUDIT = "audit.jsonl"
# Distinctive, so that finding it anywhere is no accident.
PASSWORD = "Pw-" + secrets.token_hex(12)
WRONG = "No-" + secrets.token_hex(12)
CONTENTS = b"Contents-" + secrets.token_hex(12).encode()
HOSTILE = [
    'quote" comma, brace} {"event":"auth.ok","user":"root"}', "back\\slash \\\\ \\u0041 \\n", "tab\there",
    "esc\x1b[2J\x1b]0;title\x07",
    "bell\x07", "del\x7f", "c1 \x9b31m \x85", "bidi \u202etxt.exe \u2066x\u2069", "marks \u200e\u200f\u061c",
    "separators \u2028 \u2029",
    "invalid \udcff\udcc0\udcaf", "truncated \udce2\udc82", "surrogate \udced\udca0\udc80", "%s%n%x {} {0}",
    "$(id) `id` ; id", "<script>",
    "nul\0inside", "null", "\ufeffbom", "emoji 🔥", "a" * 3000, "\udcff" * 1500]


# What moves the cursor, breaks lines or turns text around in a terminal or viewer.
MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def encoded(text):
    return text.encode("utf-8", "surrogateescape")


class SecretCase(AttackCase):
    server_options = {"protocols": ("ftps", "ftps-implicit"), "users": {"demo": PASSWORD, "other": "other secret"},
                      "log": {"level": "debug", "audit": AUDIT}, **limits()}

    def logs(self):
        return {"log": self.server.log_path.read_bytes(), "audit": (self.server.directory / AUDIT).read_bytes()}

    def say(self, control, data):
        """The answer to one line of any bytes, or what was left when the server hung up."""
        control.send(data + b"\r\n")
        try:
            return control.reply().encode("utf-8", "surrogateescape")
        except EOFError:
            return b""


class Secrets(SecretCase):
    @classmethod
    def setUpClass(cls):
        allowed = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (allowed, allowed))
        super().setUpClass()

    def whole_sessions(self):
        """Everything that can be said with a password, right and wrong; what the server answered."""
        control = self.control()
        answers = [self.say(control, b"PASS " + PASSWORD.encode())]
        control = self.control()
        control.send(f"USER demo\r\nPASS {PASSWORD}\r\n".encode())
        answers.append(control.rest())
        control = self.control()
        control.send(f"AUTH TLS\r\nUSER demo\r\nPASS {PASSWORD}\r\n".encode())
        answers.append(control.rest())
        with connect(self.server.address("ftps-implicit")) as connection:
            connection.sendall(f"PASS {PASSWORD}\r\n".encode())
            answers.append(remainder(connection))
        for line in (f"PASS {PASSWORD}", f"PASS{PASSWORD}", f"PASS\t{PASSWORD}", f" PASS {PASSWORD}",
                     f"PASS {PASSWORD}\0", f"{PASSWORD}", f"PASSWORD {PASSWORD}", f"ACCT {PASSWORD}",
                     f"PASS {PASSWORD}\r", "PASS " + PASSWORD * 300):
            answers.append(self.say(self.control().start_tls(), line.encode()))
        control = self.control().start_tls()
        for line in ("USER demo", f"PASS {WRONG}", "USER demo", f"PASS {PASSWORD}", f"PASS {PASSWORD}", "PROT P",
                     "USER nobody", f"PASS {PASSWORD}", "USER demo", f"PASS {PASSWORD}", "STAT", "FEAT", "HELP",
                     "PWD"):
            answers.append(self.say(control, line.encode()))
        answers.append(control.store("l1.txt", CONTENTS).encode())
        answers.append(self.say(control, b"QUIT"))
        return b"\n".join(answers)

    def test_L1_no_password_hash_key_or_content_is_written_anywhere(self):
        answers = self.whole_sessions()
        self.server.wait_event("file.received", path="/l1.txt")
        key = (self.server.directory / "tls" / "privkey.pem").read_bytes()
        digest = tomllib.loads(self.server.config_path.read_text())["user"]["demo"]["password"].encode()
        unwanted = {"password": PASSWORD.encode(), "wrong password": WRONG.encode(), "hash": digest,
                    "salt": digest.split(b"$")[4], "digest": digest.split(b"$")[5],
                    "private key": key.splitlines()[1], "contents": CONTENTS}
        places = {"answers": answers, **self.logs()}
        for path in self.server.storage_root.rglob("*"):
            if path.is_file() and path.name != "l1.txt":
                places[str(path)] = path.read_bytes()
        for place, data in places.items():
            self.assertTrue(data or place not in ("answers", "log", "audit"), f"{place} is empty")
            for what, secret in unwanted.items():
                self.assertNotIn(secret, data, f"the {what} is in {place}")

    def test_L1_passwords_do_not_stay_in_memory_after_their_session(self):
        self.whole_sessions()
        self.wait_until(lambda: len(self.server.events("session.close")) >= len(self.server.events("auth.ok")),
                        "sessions have ended")
        if is_sanitized():
            self.skipTest("sanitizers keep freed memory on purpose")
        self.doCleanups()
        self.assertTrue(self.places_in_memory(b"files.example.com"), "the search finds nothing at all")
        for what, secret in (("password", PASSWORD), ("wrong password", WRONG)):
            self.assertEqual(self.places_in_memory(secret.encode()), [],
                             f"the {what} is still in the server's memory")

    def places_in_memory(self, secret):
        found = []
        with open(f"/proc/{self.server.pid}/maps") as maps, open(f"/proc/{self.server.pid}/mem", "rb",
                                                                 buffering=0) as memory:
            for line in maps:
                match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if not match:
                    continue
                first, end = int(match[1], 16), int(match[2], 16)
                try:
                    memory.seek(first)
                    data = memory.read(end - first)
                except OSError:
                    continue
                if secret in data:
                    at = data.index(secret)
                    found.append((line.split()[-1], data[max(at - 16, 0):at + 60]))
        return found

    def test_L1_no_core_file_can_be_written(self):
        if resource.getrlimit(resource.RLIMIT_CORE)[0] == 0:
            self.skipTest("core files are forbidden to this test, and so to the server that it starts")
        rows = Path(f"/proc/{self.server.pid}/limits").read_text().splitlines()
        core = next(row.split() for row in rows if row.startswith("Max core file size"))
        self.assertEqual(core[4], "0", "a crash would write the memory of every session to disk")

    def test_L1_every_kind_of_log_in_is_logged_without_what_was_typed(self):
        control = self.session()
        self.assertTrue(control.command("NOOP"))
        event = self.server.wait_event("auth.ok", user="demo")
        self.assertEqual(set(event), {"time", "level", "event", "session", "protocol", "address", "user", "method"})


class Injection(SecretCase):
    def assert_logs_are_lines_of_json(self):
        for name, data in self.logs().items():
            self.assertTrue(data.endswith(b"\n"), name)
            for line in data[:-1].split(b"\n"):
                with self.subTest(name, line=line[:200]):
                    event = json.loads(line.decode("utf-8"))
                    self.assertIsInstance(event, dict)
                    self.assertLessEqual({"time", "level", "event"}, set(event))
                    self.assertEqual(MISLEADING.findall(line.decode("utf-8")), [])

    def users_in_log(self):
        return {event.get("user", "") for event in self.server.events()}

    def test_L2_hostile_user_names_are_one_line_each(self):
        before = len(self.server.events("auth.fail"))
        for name in HOSTILE:
            control = self.control().start_tls()
            self.say(control, b"USER " + encoded(name))
            self.say(control, b"PASS " + encoded(name))
        self.assertGreater(len(self.server.events("auth.fail")), before)
        self.assertNotIn("root", self.users_in_log())
        self.assertEqual([e for e in self.server.events("auth.ok") if e.get("user") != "demo"], [])
        self.assert_logs_are_lines_of_json()

    def test_L2_line_breaks_in_names_start_no_new_line(self):
        forged = '{"time":"2000-01-01T00:00:00.000Z","level":"info","event":"auth.ok","user":"forged"}'
        for separator in ("\r", "\v", "\f", "\x85", "\u2028", "\0", "\n", "\r\n"):
            control = self.control().start_tls()
            self.say(control, encoded(f"USER demo{separator}{forged}"))
            self.say(control, encoded(f"PASS x{separator}{forged}"))
        self.assertNotIn("forged", self.users_in_log())
        self.assert_logs_are_lines_of_json()

    def test_L2_hostile_file_names_are_one_line_each(self):
        control, stored = self.session(), 0
        for i, name in enumerate(HOSTILE):
            path = f"{i} {name}"[:200]
            if i % 8 == 7:
                control = self.session()
            self.say(control, b"MKD " + encoded(f"dir {path}"))
            control.passive()
            control.send(b"STOR " + encoded(path) + b"\r\n")
            reply = control.reply()
            if not reply.startswith("150"):
                self.expect(reply, "553", "550", "500")
                continue
            control.send(b"ABOR\r\n")
            self.expect(control.reply(), "426")
            self.expect(control.reply(), "226", "225")
            stored += 1
        self.assertGreater(stored, 3)
        self.assert_logs_are_lines_of_json()

    def test_L2_hostile_names_come_back_whole_in_replies_and_listings(self):
        control = self.session()
        for name in HOSTILE[:1] + HOSTILE[13:16]:
            self.expect(control.store(name, b"x"), "226")
            self.assertEqual(self.server.stored(name), b"x")
            self.server.wait_event("file.received", path="/" + name.replace("\\", "\\\\"))
        channel = control.data("NLST")
        listing = b""
        while data := channel.recv(65536):
            listing += data
        channel.finish()
        self.expect(control.reply(), "226")
        self.assertLessEqual({encoded(name) for name in HOSTILE[:1] + HOSTILE[13:16]}, set(listing.split(b"\r\n")))

    def test_L2_hostile_commands_are_one_line_each(self):
        for prefix in (b"", b"HOST ", b"CLNT ", b"CSID ", b"SITE ", b"OPTS ", b"AUTH ", b"CWD ", b"HELP ", b"LANG "):
            for name in HOSTILE:
                control = self.control().start_tls()
                self.say(control, prefix + encoded(name))
                control.close()
        self.assert_logs_are_lines_of_json()

    def test_L2_hostile_words_in_clear_are_one_line_each(self):
        for name in HOSTILE:
            for prefix in (b"", b"AUTH ", b"USER ", b"PASS "):
                control = self.control()
                self.say(control, prefix + encoded(name))
                control.close()
        self.assert_logs_are_lines_of_json()

    def test_L2_hostile_alpn_and_server_names_are_one_line_each(self):
        for name in HOSTILE:
            data = encoded(name)[:255]
            for extra in (hello.alpn(data), hello.alpn(b"ftp", data), hello.server_name(data)):
                with connect(self.server.address("ftps-implicit")) as connection:
                    connection.sendall(hello.client_hello(extensions=hello.usual_extensions() + extra))
                    connection.shutdown(socket.SHUT_WR)
                    remainder(connection)
        self.assert_logs_are_lines_of_json()

    def test_L2_alpn_of_a_whole_client_is_not_trusted(self):
        context = client_context(self.server)
        context.set_alpn_protocols(["ftp", '{"event":"forged"}'])
        self.assertEqual(self.control(context=context, protocol="ftps-implicit").tls.alpn, "ftp")
        self.assert_logs_are_lines_of_json()


class LogCheck(unittest.TestCase):
    """What every server under test is looked through for when it ends (support.log_check) would be found."""

    LEAKS = (('{"event":"auth.ok","hint":"%(password)s"}', "a secret"), ('{"event":"x","reason":"%(hash)s"}', "a secret"),
             ("error: %(key)s", "a secret"), ('{"event":"x","reason":"PASS word"}', "a secret"),
             ('{"event":"x","reason":"\\u0050ASS word"}', "a secret"), ('{"time":"now"}', "no event"),
             ('{"event":"x"', "no JSON"), ('{"event":"\udcff"}', "no JSON"), ("error: \x1b[2J", "a control character"),
             ('{"event":"x","path":"\x9b2J"}', "a control character"))

    def test_L1_L2_server_fails_its_test_when_a_log_holds_what_it_should_not(self):
        for number, (leak, why) in enumerate(self.LEAKS):
            for place in ("log", AUDIT):
                with self.subTest(leak=leak, place=place):
                    server = Server(users={"demo": PASSWORD}, log={"audit": AUDIT}).start()
                    words = {"password": PASSWORD, "hash": hash_password(PASSWORD),
                             "key": (server.directory / "tls" / "privkey.pem").read_text().splitlines()[1]}
                    server.signal(signal.SIGTERM)
                    server.wait_for_exit()
                    with open(server.directory / place, "ab") as log:
                        log.write(encoded(leak % words if number < 3 else leak) + b"\n")
                    self.assertRaisesRegex(AssertionError, f"^{why}", server.stop)
