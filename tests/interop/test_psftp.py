"""psftp, the SFTP client of PuTTY: unattended, with a host key given on the command line."""

import base64
import hashlib

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20


class PsftpCase(SshCase):
    requires = ("psftp", "puttygen")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.putty_key = cls.key.with_suffix(".ppk")
        cls.host_key = cls.server.known_hosts.read_text().splitlines()[0].split()[2]

    def setUp(self):
        super().setUp()
        if not self.putty_key.exists():
            self.client("puttygen", self.key, "-O", "private", "-o", self.putty_key)

    def options(self, *login):
        _, port = self.server.address("sftp")
        fingerprint = base64.b64encode(hashlib.sha256(base64.b64decode(self.host_key)).digest()).decode().rstrip("=")
        return ("-batch", "-noagent", "-P", port, "-l", "demo", "-hostkey", f"SHA256:{fingerprint}",
                *(login or ("-i", self.putty_key)))

    def psftp(self, *commands, login=(), **options):
        script = self.file("commands.psftp", "".join(f"{command}\n" for command in commands).encode())
        return self.client("psftp", *self.options(*login), "-b", script, self.server.address("sftp")[0], **options)


class Psftp(PsftpCase):
    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        for size in (0, 1, 32768, 16 * MIB + 3, 64 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                self.file("up.bin", data)
                self.psftp(f"put up.bin size-{size}.bin", f"get size-{size}.bin down.bin")
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_password_logs_in(self):
        self.file("source.bin", b"12345")
        self.psftp("put source.bin by-password.bin", login=("-pw", self.server.password("demo")))
        self.assert_stored("by-password.bin", b"12345")

    def test_wrong_password_is_refused(self):
        self.psftp("pwd", login=("-pw", "wrong"), status=1)

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                self.file("up", name.encode())
                self.psftp(f'put up "{name}"', f'get "{name}" down')
                self.assert_stored(name, name.encode())
                self.assertEqual((self.work / "down").read_bytes(), name.encode())

    def test_tree_survives_the_way_up_and_down(self):
        write_tree(self.work / "tree")
        self.psftp("put -r tree grown", "get -r grown back")
        self.assertEqual(read_tree(self.server.home() / "grown"), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_interrupted_put_resumes_with_reput(self):
        data = payload(3 * MIB)
        self.file("first.bin", data[:MIB])
        self.file("whole.bin", data)
        self.psftp("put first.bin grown.bin", "reput whole.bin grown.bin")
        self.assert_stored("grown.bin", data)

    def test_interrupted_get_resumes_with_reget(self):
        data = payload(3 * MIB)
        self.file("get.bin", data)
        self.file("got.bin", data[:MIB + 17])
        self.psftp("put get.bin", "reget get.bin got.bin")
        self.assertEqual((self.work / "got.bin").read_bytes(), data)

    def test_files_and_folders_are_managed(self):
        self.file("source.bin", b"12345")
        said = self.psftp("mkdir managed", "cd managed", "put source.bin before.bin", 'mkdir "two words"',
                          'mv before.bin "two words/after.bin"', 'chmod 600 "two words/after.bin"', "pwd", "ls")
        self.assertIn("Remote directory is /managed", said)
        self.assertRegex(said, r"drwxr-x--- .*two words")
        moved = self.server.home() / "managed" / "two words" / "after.bin"
        self.assertEqual((moved.read_bytes(), moved.stat().st_mode & 0o777), (b"12345", 0o600))
        self.psftp("cd managed", 'rm "two words/after.bin"', 'rmdir "two words"', "cd ..", "rmdir managed")
        self.assertFalse((self.server.home() / "managed").exists())

    def test_mistake_ends_the_batch(self):
        self.file("source.bin", b"12345")
        self.assertIn("no such file", self.psftp("get missing.bin", "put source.bin later.bin", status=2))
        self.assertFalse((self.server.home() / "later.bin").exists())
