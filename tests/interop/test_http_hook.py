"""Users that the hook of docs/http-hook.md knows, beside those of the configuration file."""

import base64
import ftplib
import hashlib
import io
import os
import tempfile

import paramiko

from support.case import ServerCase, payload
from support.ftps_client import connect, log_in
from support.hooks import run_example
from support.sallyport import Server
from support.ssh_client import generate_key

TOKEN = "token-for-tests"
MIB = 1 << 20


class ExampleHook(ServerCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-hook-")
        cls.addClassCleanup(folder.cleanup)
        key_file = os.path.join(folder.name, "key")
        generate_key(key_file, "ed25519")
        cls.key = paramiko.Ed25519Key.from_private_key_file(key_file)
        digest = base64.b64encode(hashlib.sha256(cls.key.asbytes()).digest()).decode().rstrip("=")
        environment = {**os.environ, "HOOK_TOKEN": TOKEN, "NILS_KEYS": f"SHA256:{digest}"}
        hook = run_example(folder.name, environment)
        url = hook.__enter__()
        cls.addClassCleanup(hook.__exit__, None, None, None)
        token = os.path.join(folder.name, "token")
        with open(token, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(TOKEN + "\n")
        cls.server = Server(protocols=("ftps", "sftp"), limits={"failed_login_delay": "0s"},
                            policies={"partners": {"preset": "full"}, "guests": {"preset": "full"}},
                            auth={"providers": ["file", "http"],
                                  "http": {"url": url, "token": f"file:{token}",
                                           "policies": ["partners", "guests"]}}).start()
        cls.addClassCleanup(cls.server.stop)

    def ftps(self, user, password):
        ftp = connect(self.server)
        self.addCleanup(ftp.close)
        ftp.login(user, password)
        ftp.prot_p()
        return ftp

    def sftp(self, user, **credentials):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.addCleanup(client.close)
        client.connect(*self.server.address("sftp"), user, allow_agent=False, look_for_keys=False, **credentials)
        return client.open_sftp()

    def test_user_of_the_hook_uploads_at_both_doors(self):
        data = payload(100_000)
        self.ftps("maria", "maria secret").storbinary("STOR ftps.bin", io.BytesIO(data))
        with self.sftp("maria", password="maria secret").open("sftp.bin", "wb") as file:
            file.write(data)
        for name in ("ftps.bin", "sftp.bin"):
            self.assertEqual(self.server.stored(name, "maria"), data)
        self.assertLessEqual({"ftps", "sftp"},
                             {event["protocol"] for event in self.server.events("auth.ok") if event["user"] == "maria"})

    def test_settings_of_the_answer_hold(self):
        ftp = self.ftps("maria", "maria secret")
        with self.assertRaisesRegex(ftplib.Error, "^55"):
            ftp.storbinary("STOR large.bin", io.BytesIO(payload(MIB + 1)))
        self.assertFalse((self.server.home("maria") / "large.bin").exists())
        self.ftps("nils", "nils secret").storbinary("STOR here.bin", io.BytesIO(b"x"))
        self.assertEqual(self.server.stored("here.bin", "shared/nils"), b"x")

    def test_key_that_the_hook_knows_logs_in_and_another_does_not(self):
        with self.sftp("nils", pkey=self.key).open("key.bin", "wb") as file:
            file.write(b"by key")
        self.assertEqual(self.server.stored("key.bin", "shared/nils"), b"by key")
        with self.assertRaises(paramiko.AuthenticationException):
            self.sftp("maria", pkey=self.key)

    def test_wrong_passwords_and_unknown_users_are_refused_alike(self):
        answers = set()
        for user, password in (("maria", "wrong"), ("maria", ""), ("nobody", "maria secret"), ("demo", "wrong")):
            with self.assertRaises(ftplib.error_perm) as refused:
                self.ftps(user, password)
            answers.add(str(refused.exception))
        self.assertEqual(len(answers), 1, answers)

    def test_users_of_the_file_are_not_asked_about(self):
        with log_in(self.server) as ftp:
            ftp.storbinary("STOR demo.bin", io.BytesIO(b"x"))
        self.assertEqual(self.server.events("auth.hook_failed"), [])
