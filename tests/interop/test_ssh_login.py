"""How OpenSSH logs in: with keys of each type, with a password, with keyboard-interactive; and who is not let in."""

import tempfile
from pathlib import Path

from support.sallyport import PASSWORDS
from support.ssh_client import SshCase, generate_key

KEYS = {"ed25519": ("ed25519", None), "ecdsa-256": ("ecdsa", 256), "ecdsa-384": ("ecdsa", 384),
        "ecdsa-521": ("ecdsa", 521), "rsa-2048": ("rsa", 2048), "rsa-3072": ("rsa", 3072), "rsa-4096": ("rsa", 4096)}


class LoginCase(SshCase):
    requires = ("sftp", "ssh-keygen", "sshpass")

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-keys-")
        cls.addClassCleanup(folder.cleanup)
        cls.keys = Path(folder.name)
        lines = {name: generate_key(cls.keys / name, *kind) for name, kind in KEYS.items()}
        generate_key(cls.keys / "stranger", "ed25519")
        cls.server_options = {"users": {
            "keys": {"ssh_keys": list(lines.values())},
            "two": {"ssh_keys": [lines["ed25519"]], "password": PASSWORDS["other"]},
            "password": {"password": PASSWORDS["other"]},
            "disabled": {"ssh_keys": [lines["ed25519"]], "password": PASSWORDS["other"], "enabled": False},
        }, "limits": {"failed_login_delay": "100ms"}}
        super().setUpClass()

    def log_in(self, user, *settings, key=None, flags=(), **options):
        """`pwd` over sftp as `user`; nothing but what `settings` allow is tried."""
        words = [word for setting in settings for word in ("-o", setting)]
        batch = self.file("batch.sftp", b"pwd\n")
        return self.client(*flags, "sftp", *words, *self.openssh_options(key), "-b", batch, self.target(user=user),
                           **options)

    def log_in_with_password(self, user, method, password, **options):
        # BatchMode, which sftp -b implies, would forbid the question; the first setting counts.
        return self.log_in(user, "BatchMode=no", f"PreferredAuthentications={method}", "NumberOfPasswordPrompts=1",
                           flags=("sshpass", "-p", password), **options)


class Keys(LoginCase):
    def test_key_of_each_type_logs_in(self):
        for name in KEYS:
            with self.subTest(key=name):
                before = len(self.server.events("auth.ok"))
                self.assertIn("Remote working directory: /", self.log_in("keys", key=self.keys / name))
                self.wait_until(lambda: len(self.server.events("auth.ok")) > before, "the login is logged")
                logged = self.server.events("auth.ok")
                self.assertEqual(len(logged), before + 1)
                self.assertEqual((logged[-1]["user"], logged[-1]["method"]), ("keys", "publickey"))
                self.assertIn("SHA256:", logged[-1]["key"])

    def test_rsa_key_logs_in_with_either_sha2_signature(self):
        for algorithm in ("rsa-sha2-256", "rsa-sha2-512"):
            with self.subTest(algorithm=algorithm):
                self.log_in("keys", f"PubkeyAcceptedAlgorithms={algorithm}", key=self.keys / "rsa-2048")

    def test_rsa_signature_with_sha1_is_refused(self):
        self.log_in("keys", "PubkeyAcceptedAlgorithms=ssh-rsa", key=self.keys / "rsa-2048", status=255)

    def test_server_is_known_by_either_host_key(self):
        for algorithm in ("ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"):
            with self.subTest(algorithm=algorithm):
                self.log_in("keys", f"HostKeyAlgorithms={algorithm}", key=self.keys / "ed25519")

    def test_key_of_a_stranger_is_refused(self):
        said = self.log_in("keys", key=self.keys / "stranger", status=255)
        self.assertIn("Permission denied (publickey,keyboard-interactive,password)", said)

    def test_right_key_may_be_the_sixth_that_is_offered_and_not_the_seventh(self):
        wrong = [self.work / f"wrong-{number}" for number in range(6)]
        for file in wrong:
            generate_key(file, "ed25519")
        for count, status in ((5, 0), (6, 255)):
            with self.subTest(wrong=count):
                self.log_in("keys", *(f"IdentityFile={file}" for file in wrong[:count]), key=self.keys / "ed25519",
                            status=status)

    def test_key_of_a_disabled_user_is_refused(self):
        self.log_in("disabled", key=self.keys / "ed25519", status=255)

    def test_key_of_somebody_else_is_refused(self):
        self.log_in("two", key=self.keys / "rsa-2048", status=255)


class Passwords(LoginCase):
    def test_password_logs_in(self):
        for method in ("password", "keyboard-interactive"):
            with self.subTest(method=method):
                said = self.log_in_with_password("password", method, PASSWORDS["other"])
                self.assertIn("Remote working directory: /", said)
                self.server.wait_event("auth.ok", user="password", method=method)

    def test_wrong_password_is_refused(self):
        for method in ("password", "keyboard-interactive"):
            with self.subTest(method=method):
                before = len(self.server.events("auth.fail"))
                self.log_in_with_password("password", method, "wrong", status=None)
                failed = self.server.events("auth.fail")[before:]
                self.assertEqual([(event["user"], event["method"]) for event in failed], [("password", method)])

    def test_user_with_both_logs_in_by_either(self):
        self.log_in("two", key=self.keys / "ed25519")
        self.log_in_with_password("two", "password", PASSWORDS["other"], key=self.keys / "stranger")

    def test_user_without_a_password_has_none_that_fits(self):
        self.assertNotIn("Remote", self.log_in_with_password("keys", "password", PASSWORDS["other"], status=None))

    def test_unknown_and_disabled_users_are_refused_alike(self):
        said = {self.log_in_with_password(user, "password", PASSWORDS["other"], status=255).replace(user, "USER")
                for user in ("unknown", "disabled")}
        self.assertEqual(len(said), 1, said)
        self.assertIn("Permission denied", said.pop())

    def test_no_login_without_proof(self):
        self.log_in("password", "PreferredAuthentications=none", status=255)
