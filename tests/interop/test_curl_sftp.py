"""curl sftp://, which stands for programs on libssh2."""

import os
import re
import subprocess
import unittest
from urllib.parse import quote

from support.case import AWKWARD_NAMES, payload
from support.ssh_client import SshCase

MIB = 1 << 20
NOON = 1_600_000_000
# The first libssh2 that knows MACs which cover the ciphertext, or ciphers that need none. Others are not offered.
LIBSSH2_WITH_MODERN_ALGORITHMS = (1, 11)


def libssh2_version():
    """What curl is built with; None when it is something else."""
    found = re.search(r"libssh2/(\d+)\.(\d+)", subprocess.run(["curl", "--version"], capture_output=True, text=True,
                                                              check=True, timeout=20).stdout)
    return found and tuple(int(number) for number in found.groups())


class CurlCase(SshCase):
    requires = ("curl",)

    def setUp(self):
        super().setUp()
        self.file(".ssh/known_hosts", self.server.known_hosts.read_bytes())

    def url(self, path=""):
        host, port = self.server.address("sftp")
        return f"sftp://{host}:{port}/{quote(path)}"

    def options(self):
        return ("-sS", "--user", "demo:", "--key", self.key, "--pubkey", f"{self.key}.pub")

    def curl(self, *arguments, **options):
        return self.client("curl", *self.options(), *arguments, **options)


class OldLibssh2(CurlCase):
    def test_client_without_a_common_mac_is_refused_before_it_logs_in(self):
        version = libssh2_version()
        if version is None or version >= LIBSSH2_WITH_MODERN_ALGORITHMS:
            self.skipTest("this curl is not built with a libssh2 before 1.11")
        self.assertIn("Unable to exchange encryption keys", self.curl(self.url(), status=2))


class CurlSftp(CurlCase):
    @classmethod
    def setUpClass(cls):
        version = libssh2_version()
        if version is None or version < LIBSSH2_WITH_MODERN_ALGORITHMS:
            raise unittest.SkipTest(f"curl's SSH library is libssh2 {version}; before 1.11 it has no MAC that is offered")
        super().setUpClass()

    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        for size in (0, 1, 32768, 16 * MIB + 3, 256 * MIB):
            with self.subTest(size=size):
                data, down = payload(size), self.work / "down.bin"
                self.curl("-T", self.file("up.bin", data), self.url(f"size-{size}.bin"))
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                self.curl("-o", down, self.url(f"size-{size}.bin"))
                self.assertEqual(down.read_bytes() if size else b"", data)

    def test_password_logs_in(self):
        said = self.client("curl", "-sS", "--user", f"demo:{self.server.password('demo')}", "-l", self.url())
        self.assertIn("..", said.splitlines())
        self.server.wait_event("auth.ok", user="demo", method="password")

    def test_wrong_password_is_a_login_failure(self):
        self.client("curl", "-sS", "--user", "demo:wrong", self.url(), status=67)

    def test_unknown_host_key_is_refused_by_the_client(self):
        (self.work / ".ssh" / "known_hosts").write_text("")
        self.curl(self.url(), status=60)

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                self.curl("-T", self.file("source", name.encode()), self.url(name))
                self.assert_stored(name, name.encode())
                self.assertEqual(self.curl(self.url(name)), name)

    def test_interrupted_upload_resumes(self):
        data = payload(8 * MIB)
        up = self.file("resumed.bin", data)
        slow = self.spawn("curl", *self.options(), "--limit-rate", "2M", "-T", up, self.url("resumed.bin"))
        self.kill_mid_upload(slow, "/resumed.bin", MIB)
        self.curl("-C", "-", "-T", up, self.url("resumed.bin"))
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)

    def test_interrupted_download_resumes(self):
        data = payload(3 * MIB)
        self.curl("-T", self.file("down.bin", data), self.url("down.bin"))
        part = self.file("part.bin", data[:MIB + 17])
        self.curl("-C", "-", "-o", part, self.url("down.bin"))
        self.assertEqual(part.read_bytes(), data)

    def test_range_of_a_file_is_read(self):
        self.curl("-T", self.file("range.bin", b"0123456789"), self.url("range.bin"))
        self.assertEqual(self.curl("-r", "3-6", self.url("range.bin")), "3456")

    def test_appending_adds_to_the_file(self):
        for piece in (b"first ", b"second"):
            self.curl("-a", "-T", self.file("piece", piece), self.url("appended.bin"))
        self.assert_stored("appended.bin", b"first second")

    def test_shorter_file_replaces_a_longer_one(self):
        for data in (payload(MIB), b"short"):
            self.curl("-T", self.file("same.bin", data), self.url("same.bin"))
            self.assert_stored("same.bin", data)

    def test_missing_folders_are_created_on_request(self):
        up = self.file("deep.bin", b"deep")
        self.curl("-T", up, self.url("made/on demand/größe/deep.bin"), status=78)
        self.curl("--ftp-create-dirs", "-T", up, self.url("made/on demand/größe/deep.bin"))
        self.assert_stored("made/on demand/größe/deep.bin", b"deep")

    def test_listings_long_and_names_only(self):
        self.curl("--ftp-create-dirs", "-T", self.file("entry one.bin", b"12345"), self.url("listed/entry one.bin"))
        lines = self.curl(self.url("listed/")).splitlines()
        entry = next(line for line in lines if line.endswith("entry one.bin"))
        self.assertRegex(entry, r"^-rw-r----- .* 5 ")
        self.assertEqual(set(self.curl("-l", self.url("listed/")).splitlines()), {".", "..", "entry one.bin"})

    def test_time_of_the_file_is_told(self):
        self.curl("-T", self.file("timed.bin", b"12345"), self.url("timed.bin"))
        os.utime(self.server.home() / "timed.bin", (NOON, NOON))
        self.curl("-R", "-o", self.work / "down.bin", self.url("timed.bin"))
        self.assertEqual(int((self.work / "down.bin").stat().st_mtime), NOON)

    def test_quote_commands_manage_files(self):
        for name in ("old.bin", "unwanted.bin", "locked.bin"):
            self.curl("-T", self.file(name, b"data"), self.url(name))
        self.curl("-l", "-Q", 'rename /old.bin "/new name.bin"', "-Q", "-rm /unwanted.bin", "-Q", "chmod 600 /locked.bin",
                  "-Q", "mkdir /folder", "-Q", "-rmdir /folder", self.url())
        home = self.server.home()
        self.assert_stored("new name.bin", b"data")
        self.assertFalse((home / "unwanted.bin").exists() or (home / "folder").exists() or (home / "old.bin").exists())
        self.assertEqual((home / "locked.bin").stat().st_mode & 0o777, 0o600)

    def test_hundred_small_files_use_one_session(self):
        files = {f"f{i:03}.bin": payload(100 + i, seed="small") for i in range(1, 101)}
        for name, data in files.items():
            self.file(name, data)
        before = len(self.server.events("session.open"))
        self.curl("--ftp-create-dirs", "-T", "f[001-100].bin", self.url("hundred/"))
        for name, data in files.items():
            self.assert_stored(f"hundred/{name}", data)
        self.assertEqual(len(self.server.events("session.open")) - before, 1)

    def test_missing_file_is_told(self):
        self.curl(self.url("missing.bin"), status=78)
