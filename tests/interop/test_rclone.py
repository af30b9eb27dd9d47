"""rclone at both doors: copy, check, sync. At the SFTP one it asks for a shell first, and goes on without."""

import os
import subprocess

from support.case import AWKWARD_NAMES, ServerCase, payload, read_tree, sha256, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20
NOON = 1_600_000_000


class RcloneCase(SshCase):
    requires = ("rclone",)

    def rclone(self, *arguments, login=None, **options):
        host, port = self.server.address("sftp")
        login = login or ("--sftp-key-file", self.key)
        return self.client("rclone", "--config", "/dev/null", "--retries", "1", "--low-level-retries", "2",
                           "--sftp-host", host, "--sftp-port", port, "--sftp-user", "demo",
                           "--sftp-known-hosts-file", self.server.known_hosts, *login, *arguments, **options)

    def home(self, path):
        return self.server.home() / path


class Rclone(RcloneCase):
    def test_tree_is_copied_checked_and_copied_back(self):
        write_tree(self.work / "tree")
        os.utime(self.work / "tree" / "plain.bin", (NOON, NOON))
        self.rclone("copy", "tree", ":sftp:grown")
        self.assertEqual(read_tree(self.home("grown")), read_tree(self.work / "tree"))
        self.assertEqual(int((self.home("grown") / "plain.bin").stat().st_mtime), NOON)
        self.assertIn("0 differences found", self.rclone("check", "--download", "tree", ":sftp:grown"))
        self.rclone("copy", ":sftp:grown", "back")
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))
        self.assertEqual(int((self.work / "back" / "plain.bin").stat().st_mtime), NOON)

    def test_check_finds_a_byte_that_differs(self):
        self.file("tree/a.bin", b"12345")
        self.rclone("copy", "tree", ":sftp:altered")
        (self.home("altered") / "a.bin").write_bytes(b"12x45")
        self.assertIn("1 differences found", self.rclone("check", "--download", "tree", ":sftp:altered", status=1))

    def test_sync_transfers_what_has_changed_and_deletes_what_is_gone(self):
        write_tree(self.work / "tree", depth=2)
        self.rclone("sync", "tree", ":sftp:synced")
        first = len(self.server.events("file.received"))
        self.rclone("sync", "tree", ":sftp:synced")
        self.assertEqual(len(self.server.events("file.received")), first, "nothing had changed")
        self.file("tree/plain.bin", payload(50_000))
        (self.work / "tree" / "another.bin").unlink()
        self.rclone("sync", "tree", ":sftp:synced")
        self.assertEqual(len(self.server.events("file.received")), first + 1)
        self.assertEqual(read_tree(self.home("synced")), read_tree(self.work / "tree"))

    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        for size in (0, 1, 16 * MIB + 3, 256 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                self.file("up.bin", data)
                self.rclone("copyto", "up.bin", f":sftp:size-{size}.bin")
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                self.rclone("copyto", f":sftp:size-{size}.bin", "down.bin")
                self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            self.file(f"names/{name}", name.encode())
        self.rclone("copy", "names", ":sftp:names")
        self.assertEqual(read_tree(self.home("names")), read_tree(self.work / "names"))
        self.assertEqual(set(self.rclone("lsf", ":sftp:names").splitlines()), set(AWKWARD_NAMES))

    def test_password_logs_in(self):
        obscured = self.rclone("obscure", self.server.password("demo")).strip()
        self.rclone("mkdir", ":sftp:by-password", login=("--sftp-pass", obscured))
        self.assertTrue(self.home("by-password").is_dir())
        self.server.wait_event("auth.ok", user="demo", method="password")

    def test_standard_input_is_stored(self):
        source = self.file("source", payload(3 * MIB))
        with open(source, "rb") as stream:
            self.rclone("rcat", ":sftp:streamed.bin", stdin=stream)
        self.assert_stored("streamed.bin", payload(3 * MIB))

    def test_files_and_folders_are_managed(self):
        self.file("source.bin", b"12345")
        self.rclone("copyto", "source.bin", ":sftp:managed/before.bin")
        self.rclone("moveto", ":sftp:managed/before.bin", ":sftp:managed/größe/after.bin")
        self.assertEqual(self.home("managed/größe/after.bin").read_bytes(), b"12345")
        self.rclone("touch", "-t", "2020-09-13T12:26:40", ":sftp:managed/größe/after.bin")
        self.assertEqual(int(self.home("managed/größe/after.bin").stat().st_mtime), NOON)
        self.assertIn("12345", self.rclone("cat", ":sftp:managed/größe/after.bin"))
        self.rclone("deletefile", ":sftp:managed/größe/after.bin")
        self.rclone("rmdirs", ":sftp:managed")
        self.assertFalse(self.home("managed").exists())

    def test_shell_is_asked_for_and_refused(self):
        self.assertIn('Shell type "none" detected', self.rclone("-vv", "lsf", ":sftp:"))

    def test_space_is_told(self):
        real = os.statvfs(self.server.storage_root)
        told = self.rclone("about", "--json", ":sftp:")
        self.assertIn(str(real.f_blocks * real.f_frsize), told)


class RcloneFtps(ServerCase):
    requires = ("rclone",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.password = subprocess.run(["rclone", "obscure", cls.server.password("demo")], check=True, timeout=60,
                                      capture_output=True, text=True).stdout.strip()

    def command(self, *arguments):
        host, port = self.server.address("ftps")
        return ("rclone", "--config", "/dev/null", "--retries", "1", "--low-level-retries", "2", "--ftp-explicit-tls",
                "--ftp-host", host, "--ftp-port", port, "--ftp-user", "demo", "--ftp-pass", self.password, *arguments)

    def _environment(self):
        # rclone 1.60 minds --ca-cert for HTTP only.
        return {**super()._environment(), "SSL_CERT_FILE": str(self.server.ca_file)}

    def rclone(self, *arguments):
        return self.client(*self.command(*arguments))

    def home(self, path):
        return self.server.home() / path

    def test_tree_is_copied_checked_and_copied_back_with_its_times(self):
        write_tree(self.work / "tree")
        os.utime(self.work / "tree" / "plain.bin", (NOON, NOON))
        self.rclone("copy", "tree", ":ftp:grown")
        self.assertEqual(read_tree(self.home("grown")), read_tree(self.work / "tree"))
        self.assertEqual(int((self.home("grown") / "plain.bin").stat().st_mtime), NOON)
        self.assertIn("0 differences found", self.rclone("check", "--download", "tree", ":ftp:grown"))
        self.rclone("copy", ":ftp:grown", "back")
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_sync_transfers_what_has_changed_and_deletes_what_is_gone(self):
        for name in ("same.bin", "changed.bin", "gone.bin"):
            self.file(f"sync/{name}", name.encode())
        self.rclone("sync", "sync", ":ftp:sync")
        self.file("sync/changed.bin", b"another length")
        (self.work / "sync" / "gone.bin").unlink()
        self.rclone("sync", "sync", ":ftp:sync")
        self.assertEqual(read_tree(self.home("sync")), read_tree(self.work / "sync"))

    def test_files_are_moved_listed_and_read_in_part(self):
        data = payload(3 * MIB + 1)
        self.rclone("copyto", self.file("up.bin", data), ":ftp:before.bin")
        self.rclone("moveto", ":ftp:before.bin", ":ftp:folder/after.bin")
        self.assert_stored("folder/after.bin", data)
        self.assertIn(f"{len(data)} after.bin", self.rclone("ls", ":ftp:folder"))
        part = self.client("sh", "-c", '"$@" | sha256sum', "sh", *self.command("cat", ":ftp:folder/after.bin", "--offset",
                                                                             "1000", "--count", "5000"))
        self.assertEqual(part.split()[0], sha256(data[1000:6000]))
        self.rclone("purge", ":ftp:folder")
        self.assertFalse(self.home("folder").exists())
