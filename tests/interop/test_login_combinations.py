"""Logins that take more than one proof: OpenSSH with partial success, one-time codes on both doors."""

import contextlib
import ftplib
import tempfile
import unittest
from pathlib import Path

import paramiko

from support.ftps_client import connect
from support.sallyport import Server, run
from support.ssh_client import SshCase, TIMEOUT_SECONDS, generate_key
from support.totp import code

PASSWORD = "combined secret"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# Made by crypt(3) of Debian 12.
OLDER_HASHES = {
    "sha512": "$6$rounds=5000$saltstring$kZ.M70reebavDFh2D3BGK6H92S6YHtzFz."
              "bqQ/Uq0TbuWQakS/o3irHyjJM1kZae7al2gt.DX/ozE8LcC3twA.",
    "sha256": "$5$saltstring$HeZtrOATpzEfuj8OtOQlAiTdNY0Kp0dQjNB8C4Y7oF8",
    "bcrypt": "$2b$08$abcdefghijklmnopqrstuuO6pEZqxTCBFq3I2FfV9ZkmvHl/urfYO",
    "yescrypt": "$y$j9T$abcdefghijklmnop$deDuEXxlZV2gGbaQVo5K.w8TvqOgoAkUaKSSvbMHxQ1",
}
ANSWERS = """#!/bin/sh
case "$1" in
    *code*) echo "$CODE" ;;
    *) echo "$PASSWORD" ;;
esac
"""


class CombinationCase(SshCase):
    requires = ("sftp", "ssh-keygen")

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-keys-")
        cls.addClassCleanup(folder.cleanup)
        cls.own_key = Path(folder.name) / "own"
        line = generate_key(cls.own_key, "ed25519")
        cls.other_key = Path(folder.name) / "other"
        generate_key(cls.other_key, "ed25519")

        def user(*login, **more):
            return {"password": PASSWORD, "ssh_keys": [line], **({"login": login} if login else {}), **more}
        coded = {"totp": SECRET}
        cls.server_options = {"protocols": ("ftps", "sftp"), "limits": {"failed_login_delay": "100ms"}, "users": {
            "both": user("publickey+password"),
            "gone": user("publickey+password", enabled=False),
            "key-only": user("publickey"),
            "three": user("publickey+password+totp", **coded),
            **{name: user("password+totp", **coded)
               for name in ("prompted", "stepwise", "ftp", "replayed", "restarted", "wrong")},
            **{name: user("publickey+totp", **coded) for name in ("key-code", "key-replay")},
            "default": user(**coded),
            **{name: {"password": PASSWORD, "hash": hashed} for name, hashed in OLDER_HASHES.items()},
        }}
        super().setUpClass()

    def log_in(self, user, methods, *, key=None, password=PASSWORD, totp="000000", status=0):
        """`pwd` over OpenSSH's sftp, trying `methods` in this order; what it said, with -v."""
        answers = self.file("answers", ANSWERS.encode())
        answers.chmod(0o700)
        environment = {**self._environment(), "SSH_ASKPASS": str(answers), "SSH_ASKPASS_REQUIRE": "force",
                       "PASSWORD": password, "CODE": totp}
        batch = self.file("batch.sftp", b"pwd\n")
        said = self.client("sftp", "-v", "-o", "BatchMode=no", "-o", f"PreferredAuthentications={methods}",
                           "-o", "NumberOfPasswordPrompts=1", *self.openssh_options(key or self.own_key), "-b", batch,
                           self.target(user=user), status=status, env=environment)
        self.assertEqual("Remote working directory: /" in said, status == 0, said)
        return said

    def assert_method(self, user, method):
        self.assertEqual(self.server.wait_event("auth.ok", user=user)["method"], method)

    def logged_in(self, user, count=0):
        """The user's logins so far, waiting for `count` of them."""
        def events():
            return [event for event in self.server.events("auth.ok") if event["user"] == user]
        self.wait_until(lambda: len(events()) >= count, f"{count} logins of {user}")
        return events()


class KeyAndPassword(CombinationCase):
    def test_key_then_password_and_password_then_key(self):
        before = len(self.logged_in("both"))
        for count, methods in enumerate(("publickey,password", "password,publickey", "publickey,keyboard-interactive",
                                         "keyboard-interactive,publickey"), before + 1):
            with self.subTest(methods=methods):
                said = self.log_in("both", methods)
                first = methods.split(",")[0]
                self.assertIn(f'Authenticated using "{first}" with partial success', said)
                event = self.logged_in("both", count)[-1]
                self.assertEqual(event["method"], "publickey+password")
                self.assertIn("SHA256:", event["key"])

    def test_one_of_two_is_not_enough(self):
        for methods, goes_on_with in (("publickey", "password,keyboard-interactive"), ("password", "publickey"),
                                      ("keyboard-interactive", "publickey")):
            with self.subTest(methods=methods):
                said = self.log_in("both", methods, status=255)
                names = said.split("Authentications that can continue: ")[-1].split()[0]
                self.assertEqual(set(names.split(",")), set(goes_on_with.split(",")), said)

    def test_wrong_second_proof_is_refused(self):
        self.log_in("both", "publickey,password", password="wrong", status=255)
        self.log_in("both", "password,publickey", key=self.other_key, status=255)

    def test_disabled_user_learns_nothing_of_what_would_be_enough(self):
        for methods in ("publickey", "password"):
            said = self.log_in("gone", methods, status=255)
            self.assertNotIn("partial success", said)

    def test_password_is_no_way_in_for_a_user_with_keys_only(self):
        self.assertNotIn("partial success", self.log_in("key-only", "password", status=255))
        self.log_in("key-only", "publickey")

    def test_paramiko_goes_on_after_partial_success(self):
        with contextlib.closing(paramiko.Transport(self.server.address("sftp"))) as transport:
            transport.start_client(timeout=TIMEOUT_SECONDS)
            key = paramiko.Ed25519Key.from_private_key_file(str(self.own_key))
            self.assertEqual(set(transport.auth_publickey("both", key)), {"password", "keyboard-interactive"})
            self.assertEqual(transport.auth_password("both", PASSWORD), [])
            self.assertEqual(transport.open_sftp_client().normalize("."), "/")


class Codes(CombinationCase):
    def test_password_and_code_are_asked_one_after_the_other(self):
        self.log_in("prompted", "keyboard-interactive", totp=code(SECRET))
        self.assert_method("prompted", "password+totp")

    def test_password_in_its_own_message_then_code(self):
        said = self.log_in("stepwise", "password,keyboard-interactive", totp=code(SECRET))
        self.assertIn('Authenticated using "password" with partial success', said)
        self.assert_method("stepwise", "password+totp")

    def test_key_then_code(self):
        self.log_in("key-code", "publickey,keyboard-interactive", totp=code(SECRET))
        self.assert_method("key-code", "publickey+totp")

    def test_key_then_password_then_code(self):
        self.log_in("three", "publickey,password,keyboard-interactive", totp=code(SECRET))
        self.assert_method("three", "publickey+password+totp")

    def test_code_works_once(self):
        used = code(SECRET, steps=1)
        self.log_in("key-replay", "publickey,keyboard-interactive", totp=used)
        self.log_in("key-replay", "publickey,keyboard-interactive", totp=used, status=255)
        self.server.wait_event("auth.fail", user="key-replay", reason="one-time code was used before")

    def test_wrong_code_is_refused(self):
        self.log_in("wrong", "keyboard-interactive", totp="000000", status=255)
        self.log_in("wrong", "password", status=255)
        self.assertEqual(self.logged_in("wrong"), [])

    def test_code_is_not_asked_for_before_a_right_password(self):
        strangers = {}
        for user in ("prompted", "nobody", "both"):
            said = self.log_in(user, "keyboard-interactive", password="wrong", status=255)
            self.assertNotIn("code", said.lower().replace("exit code", ""), said)
            strangers[user] = said.count("Password:")
        self.assertEqual(len(set(strangers.values())), 1)

    def test_without_login_a_key_suffices_and_a_password_needs_a_code(self):
        self.log_in("default", "publickey")
        self.log_in("default", "password", status=255)
        self.log_in("default", "keyboard-interactive", totp=code(SECRET))
        self.assertEqual([event["method"] for event in self.logged_in("default", 2)], ["publickey", "password+totp"])


class CodesOverFtps(CombinationCase):
    def ftp(self, user, password):
        with contextlib.closing(connect(self.server)) as ftp:
            said = ftp.login(user, password)
            ftp.prot_p()
            self.assertEqual(ftp.nlst(), [])
            return said

    def test_code_follows_the_password(self):
        self.assertTrue(self.ftp("ftp", PASSWORD + code(SECRET)).startswith("230"))
        self.assert_method("ftp", "password+totp")

    def test_code_works_once_over_both_doors(self):
        used = code(SECRET, steps=1)
        self.ftp("replayed", PASSWORD + used)
        with self.assertRaisesRegex(ftplib.error_perm, "^530"):
            self.ftp("replayed", PASSWORD + used)
        self.log_in("replayed", "keyboard-interactive", totp=used, status=255)

    def test_code_works_once_even_if_the_server_is_killed_in_between(self):
        used = code(SECRET, steps=1)
        self.ftp("restarted", PASSWORD + used)
        self.server.crash()
        self.server.recover()
        with self.assertRaisesRegex(ftplib.error_perm, "^530"):
            self.ftp("restarted", PASSWORD + used)
        self.log_in("restarted", "keyboard-interactive", totp=used, status=255)
        self.server.wait_event("auth.fail", user="restarted", protocol="ftps", reason="one-time code was used before")

    def test_password_without_right_code_is_refused(self):
        for words in (PASSWORD, PASSWORD + "000000", code(SECRET), "wrong" + code(SECRET)):
            with self.assertRaisesRegex(ftplib.error_perm, "^530 Login failed"):
                self.ftp("wrong", words)
        self.assertEqual(self.logged_in("wrong"), [])


class OlderHashes(CombinationCase):
    def test_right_password_logs_in_over_both_doors_and_the_log_advises_a_new_hash(self):
        for user in OLDER_HASHES:
            with self.subTest(user=user):
                self.log_in(user, "password")
                with contextlib.closing(connect(self.server)) as ftp:
                    self.assertTrue(ftp.login(user, PASSWORD).startswith("230"))
                for event in self.logged_in(user, 2):
                    self.assertIn("hash-password", event["hint"])

    def test_wrong_password_is_refused(self):
        for user in OLDER_HASHES:
            with contextlib.closing(connect(self.server)) as ftp:
                with self.assertRaisesRegex(ftplib.error_perm, "^530"):
                    ftp.login(user, "wrong")


class NewSecrets(unittest.TestCase):
    def test_secret_of_the_command_line_makes_the_codes_that_log_in(self):
        lines = run("totp", "fresh", "--issuer", "Tests").stdout.splitlines()
        secret = lines[0].split()[1]
        self.assertIn(f"otpauth://totp/Tests:fresh?secret={secret}&issuer=Tests", lines[1])
        self.assertEqual(lines[-1], f'totp = "{secret}"')
        with Server(users={"fresh": {"password": PASSWORD, "totp": secret}}) as server:
            with contextlib.closing(connect(server)) as ftp:
                self.assertTrue(ftp.login("fresh", PASSWORD + code(secret)).startswith("230"))
