"""Who may log in from where, when, by what and how often: the same at both doors, and invisible to those outside."""

import contextlib
import ftplib
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import paramiko

from support.doors import DOORS, Ftps, Sftp
from support.ftps_client import ImplicitFtpTls, connect
from support.sallyport import Server
from support.ssh_client import generate_key, paramiko_client

HERE, ELSEWHERE = ["127.0.0.0/8"], ["192.0.2.0/24", "2001:db8::/32"]


def hours_from_now(offset):
    """A span of an hour that begins `offset` hours from now."""
    begin = time.localtime(time.time() + 3600 * offset)
    end = time.localtime(time.time() + 3600 * (offset + 1))
    return f"{begin.tm_hour:02}:{begin.tm_min:02}-{end.tm_hour:02}:{end.tm_min:02}"


# Keys of a user's table -> why they are refused (None: they are let in), at the doors where that is so.
USERS = {
    "here": ({"from": HERE}, {"ftps": None, "sftp": None}),
    "elsewhere": ({"from": ELSEWHERE}, dict.fromkeys(("ftps", "sftp"), "address is not among those allowed")),
    "ftponly": ({"protocols": ["ftps"]}, {"ftps": None, "sftp": "protocol is not among those allowed"}),
    "sshonly": ({"protocols": ["sftp"]}, {"ftps": "protocol is not among those allowed", "sftp": None}),
    "always": ({"hours": ["Mon-Sun 00:00-24:00"]}, {"ftps": None, "sftp": None}),
    "later": ({"hours": hours_from_now(6)}, dict.fromkeys(("ftps", "sftp"), "outside the allowed hours")),
    "off": ({"enabled": False}, dict.fromkeys(("ftps", "sftp"), "user is disabled")),
}


class LoginRules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.users = {name: {"password": "a secret", **keys} for name, (keys, _) in USERS.items()}
        cls.server = Server(protocols=("ftps", "sftp", "ftps-implicit"), users=cls.users,
                            limits={"failed_login_delay": "300ms"}).start()
        cls.addClassCleanup(cls.server.stop)

    def test_each_rule_refuses_with_a_reason_for_the_operator_alone(self):
        for door in DOORS:
            told_when_wrong = door.refusal_of_login(self.server, "here", "a wrong one")
            for user, (_, reasons) in USERS.items():
                with self.subTest(user=user, door=door.protocol):
                    expected = reasons[door.protocol]
                    told = door.refusal_of_login(self.server, user)
                    self.assertEqual(told, told_when_wrong if expected else None)
                    if expected:
                        self.server.wait_event("auth.fail", user=user, protocol=door.protocol, reason=expected)
                    else:
                        self.server.wait_event("auth.ok", user=user, protocol=door.protocol)

    def test_wrong_password_is_reported_as_such_whatever_the_rules_say(self):
        for door in DOORS:
            door.refusal_of_login(self.server, "off", "a wrong one")
            self.server.wait_event("auth.fail", user="off", protocol=door.protocol, reason="wrong password")

    def test_refusals_take_as_long_as_a_wrong_password(self):
        # The delay is a lower bound; what else it takes depends on the machine.
        for door in DOORS:
            for user in ("elsewhere", "later", "off"):
                began = time.monotonic()
                self.assertIsNotNone(door.refusal_of_login(self.server, user))
                self.assertGreaterEqual(time.monotonic() - began, 0.3)

    def test_implicit_ftps_counts_as_ftps(self):
        with connect(self.server, ImplicitFtpTls) as ftp:
            ftp.login("ftponly", "a secret")
        with connect(self.server, ImplicitFtpTls) as ftp:
            self.assertRaisesRegex(ftplib.error_perm, "^530", ftp.login, "sshonly", "a secret")


class Keys(unittest.TestCase):
    def test_key_logs_in_only_who_may_come_in(self):
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sallyport-key-")))
            line = generate_key(folder / "key", "ed25519")
            users = {"here": {"ssh_keys": [line], "from": HERE}, "elsewhere": {"ssh_keys": [line], "from": ELSEWHERE},
                     "later": {"ssh_keys": [line], "hours": hours_from_now(6)}}
            server = stack.enter_context(Server(protocols=("sftp",), users=users))
            with paramiko_client(server, user="here", key_filename=str(folder / "key")):
                pass
            for user in ("elsewhere", "later"):
                with self.assertRaises(paramiko.AuthenticationException):
                    with paramiko_client(server, user=user, key_filename=str(folder / "key")):
                        pass
                server.wait_event("auth.fail", user=user, method="publickey", reason=USERS[user][1]["sftp"])


class SessionLimits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        users = {"two": {"password": "a secret", "max_sessions": 2},
                 "one": {"password": "a secret", "max_sessions_per_address": 1},
                 "both": {"password": "a secret", "max_sessions": 1},
                 "again": {"password": "a secret", "max_sessions": 1}}
        cls.server = Server(protocols=("ftps", "sftp"), users=users).start()
        cls.addClassCleanup(cls.server.stop)

    def wait_until_free(self, user, sessions):
        """Until the server has seen that `sessions` of the user have ended."""
        deadline = time.monotonic() + 20
        while sum(event.get("user") == user for event in self.server.events("session.close")) < sessions:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_sessions_count_over_both_doors_and_the_one_too_many_is_told(self):
        with contextlib.closing(Ftps(self.server, "two")), contextlib.closing(Sftp(self.server, "two")):
            self.assertRegex(Ftps.refusal_of_login(self.server, "two"), "^421 Too many sessions of this user")
            with self.assertRaises((paramiko.SSHException, EOFError)):
                Sftp(self.server, "two").close()
            for protocol in ("ftps", "sftp"):
                self.server.wait_event("session.refused", user="two", protocol=protocol, rule="user.two.max_sessions")
            self.assertEqual([e for e in self.server.events("auth.fail") if e.get("user") == "two"], [])
        self.wait_until_free("two", 2)
        with contextlib.closing(Ftps(self.server, "two")) as session:
            session.put("/a.txt", b"a")

    def test_openssh_shows_why(self):
        if shutil.which("sshpass") is None:
            self.skipTest("sshpass is not installed")
        with contextlib.closing(Ftps(self.server, "both")):
            host, port = self.server.address("sftp")
            said = subprocess.run(
                ["sshpass", "-p", "a secret", "sftp", "-F", "/dev/null", "-P", str(port), "-o", "BatchMode=no",
                 "-o", f"UserKnownHostsFile={self.server.known_hosts}", "-o", "PubkeyAuthentication=no",
                 f"both@{host}"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
            self.assertIn("too many sessions of this user", said.stderr)

    def test_limit_per_address(self):
        with contextlib.closing(Sftp(self.server, "one")):
            self.assertRegex(Ftps.refusal_of_login(self.server, "one"), "^421")
            self.server.wait_event("session.refused", user="one", rule="user.one.max_sessions_per_address")

    def test_logging_in_again_takes_no_second_place(self):
        with connect(self.server) as ftp:
            ftp.login("again", "a secret")
            ftp.sendcmd("USER again")
            self.assertEqual(ftp.sendcmd("PASS a secret")[:3], "230")
