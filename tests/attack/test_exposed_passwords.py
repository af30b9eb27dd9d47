"""Passwords that arrive in clear are burned if they are right, and nobody learns which are (F1)."""

import itertools
import signal
import stat
import tomllib

from attack.case import AttackCase, limits
from attack.control import Control
from attack.ssh_case import key_of, user
from attack.ssh_peer import SshPeer
from attack.ssh_wire import USERAUTH_FAILURE, USERAUTH_SUCCESS
from support import toml
from support.sallyport import hash_password

FLOOD = 200

_sources = itertools.count(1)


class ExposureCase(AttackCase):
    def expose(self, name, password):
        """What the client hears of a password in clear, once it has been judged."""
        source = f"127.5.0.{next(_sources)}"
        control = self.control(source=source)
        control.send(f"USER {name}\r\nPASS {password}\r\n".encode())
        answer = control.rest()
        self.server.wait_event("session.close", address=source)
        return answer

    def burn(self, name):
        self.expose(name, self.server.password(name))
        return self.server.wait_event("credential.exposed", user=name)

    def ftps_answer(self, name, password):
        control = self.control().start_tls()
        control.command(f"USER {name}")
        return control.command(f"PASS {password}")

    def sftp_answer(self, name, password):
        peer = SshPeer(self.server).request_service()
        self.addCleanup(peer.close)
        peer.send(peer.password_request(name, password))
        return peer.receive()[0]

    def assert_password_logs_in(self, name, password=None):
        password = password or self.server.password(name)
        self.expect(self.ftps_answer(name, password), "230")
        self.assertEqual(self.sftp_answer(name, password), USERAUTH_SUCCESS)

    def assert_locked(self, name):
        password = self.server.password(name)
        self.assertEqual(self.ftps_answer(name, password), self.ftps_answer(name, "wrong"))
        self.assertEqual(self.sftp_answer(name, password), USERAUTH_FAILURE)
        self.server.wait_event("auth.fail", user=name, reason="password was exposed")

    def reload(self):
        before = self.warnings("config.reloaded")
        self.server.signal(signal.SIGHUP)
        self.wait_warning("config.reloaded", before)


class Locking(ExposureCase):
    NAMES = ("one", "two", "three", "four", "five", "six", "seven")
    server_options = {"protocols": ("ftps", "sftp"), "auth": {"on_exposed_password": "lock"},
                      "users": {name: user(name) for name in ("demo", *NAMES)}, **limits()}

    def test_F1_right_password_in_clear_locks_passwords_and_nothing_else(self):
        event = self.burn("one")
        self.assertEqual((event["locked"], event["address"][:8], event["level"]), (True, "127.5.0.", "error"))
        self.assert_locked("one")
        SshPeer(self.server).log_in("one", key_of("one")).close()
        self.assert_password_logs_in("two")

    def test_F1_client_hears_the_same_whatever_the_password_is(self):
        control = self.control()
        control.send(b"USER three\r\n")
        refusal = control.line()
        answers = {self.expose("three", "wrong"), self.expose("nobody-of-that-name", "wrong"),
                   self.expose("../etc", "wrong"), self.expose("three", "x" * 2000),
                   self.expose("three", self.server.password("three")),
                   self.expose("three", self.server.password("three"))}
        self.assertEqual(len(answers), 1, answers)
        self.assertTrue(answers.pop().startswith(refusal))

    def test_F1_nobody_is_locked_by_who_does_not_know_the_password(self):
        for password in ("wrong", "", "four secret ", "four secre", "FOUR SECRET", "x" * 2000):
            self.expose("four", password)
        self.expose("", self.server.password("four"))
        self.assertEqual(self.server.events("credential.exposed"),
                         [event for event in self.server.events("credential.exposed") if event["user"] != "four"])
        self.assert_password_logs_in("four")

    def test_F1_lock_outlives_reload_and_restart_and_goes_with_the_hash(self):
        self.burn("five")
        self.reload()
        self.assert_locked("five")
        self.server.restart()
        self.assert_locked("five")
        old = self.server.config_path.read_text()
        self.addCleanup(self.write_and_reload, old)
        self.write_and_reload(self.with_password("five", "a new secret"))
        self.assert_password_logs_in("five", "a new secret")
        self.server.restart()
        self.assert_password_logs_in("five", "a new secret")
        self.write_and_reload(old)
        self.assert_locked("five")

    def test_L1_what_is_kept_is_neither_password_nor_hash(self):
        self.burn("six")
        file = self.server.directory / "state" / "exposed-passwords.json"
        text = file.read_text()
        self.assertIn('"six"', text)
        self.assertNotIn("six secret", text)
        self.assertNotIn("$argon2id$", text)
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        self.assertNotIn("six secret", self.server.log_path.read_text())

    def test_F1_flood_of_passwords_in_clear_holds_nothing_and_stops_nobody(self):
        self.flood()
        before = self.holdings()
        self.flood()
        self.assert_back_to(before)
        self.assert_password_logs_in("seven")

    def flood(self):
        before = self.warnings("session.close")
        controls = [Control(self.server) for _ in range(FLOOD)]
        for i, control in enumerate(controls):
            control.send(f"USER seven\r\nPASS wrong{i}\r\n".encode())
        self.assert_alive()
        for control in controls:
            control.rest()
            control.close()
        self.wait_warning("session.close", before + FLOOD)

    def with_password(self, name, password):
        tables = tomllib.loads(self.server.config_path.read_text())
        tables["user"][name]["password"] = hash_password(password)
        return toml.dumps(tables)

    def write_and_reload(self, text):
        self.server.config_path.write_text(text)
        self.reload()


class Reporting(ExposureCase):
    server_options = {"protocols": ("ftps", "sftp"), "users": {"demo": user("demo"), "one": user("one")}, **limits()}

    def test_F1_right_password_in_clear_is_reported_and_goes_on_working(self):
        self.assertIs(self.burn("one")["locked"], False)
        self.assert_password_logs_in("one")
        self.assertFalse((self.server.directory / "state" / "exposed-passwords.json").exists())
