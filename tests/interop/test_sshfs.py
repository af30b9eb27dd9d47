"""sshfs: a home mounted as a file system, as programs that know nothing of SFTP use it."""

import os
import shutil
import subprocess
import unittest
from pathlib import Path

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20
NOON = 1_600_000_000
NO_FUSE = ("fuse: device not found", "failed to open /dev/fuse", "mount failed: Operation not permitted")


class SshfsCase(SshCase):
    requires = ("sshfs", "fusermount3")
    flags = ()

    @classmethod
    def setUpClass(cls):
        if not Path("/dev/fuse").exists():
            raise unittest.SkipTest("this machine has no /dev/fuse")
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.mount = self.work / "mount"
        self.mount.mkdir()
        self.sshfs = self.spawn("sshfs", "-f", *self.openssh_options(), *self.flags, self.target("/"), self.mount)
        # Before the process is killed and its folder removed: clean-ups run in reverse.
        self.addCleanup(self.unmount)
        self.wait_until(lambda: self.mount.is_mount() or self.sshfs.poll() is not None, "sshfs mounts")
        if self.sshfs.poll() is not None:
            self.cannot_mount(self.sshfs.communicate()[0])

    def cannot_mount(self, said):
        if any(words in said for words in NO_FUSE):
            self.skipTest("sshfs cannot mount here: " + " ".join(said.split()))
        self.fail(f"sshfs ended with status {self.sshfs.returncode}: {said}")

    def assert_arrives(self, path, data):
        """close() returns before sshfs has sent CLOSE, so the file may appear a little later."""
        file = self.server.home() / path
        self.wait_until(lambda: file.exists() and file.read_bytes() == data, f"{path} arrives", timeout=10)
        self.assert_stored(path, data)

    def unmount(self):
        """Returns when sshfs has ended, so that all it had to send has arrived."""
        if self.mount.is_mount():
            subprocess.run(["fusermount3", "-u", str(self.mount)], check=True, timeout=30)
            self.sshfs.wait(30)


class Sshfs(SshfsCase):
    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        for size in (0, 1, 32768, 16 * MIB + 3, 64 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                shutil.copyfile(self.file("up.bin", data), self.mount / f"size-{size}.bin")
                self.assert_arrives(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                self.assertEqual((self.mount / f"size-{size}.bin").read_bytes(), data)

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            (self.mount / name).write_bytes(name.encode())
            self.assert_arrives(name, name.encode())
        self.assertLessEqual(set(AWKWARD_NAMES), set(os.listdir(self.mount)))

    def test_tree_survives_the_way_up_and_down(self):
        write_tree(self.work / "tree")
        self.client("cp", "-r", "tree", self.mount / "grown")
        self.wait_until(lambda: read_tree(self.server.home() / "grown") == read_tree(self.work / "tree"), "it arrives")
        self.client("cp", "-r", self.mount / "grown", "back")
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_file_is_changed_in_the_middle_and_cut(self):
        (self.mount / "changed.bin").write_bytes(b"0123456789")
        with open(self.mount / "changed.bin", "r+b") as file:
            file.seek(4)
            file.write(b"xx")
            file.truncate(8)
        self.assert_arrives("changed.bin", b"0123xx67")
        os.truncate(self.mount / "changed.bin", 3)
        self.assert_arrives("changed.bin", b"012")

    def test_appending_adds_to_the_file(self):
        for piece in (b"first ", b"second"):
            with open(self.mount / "appended.bin", "ab") as file:
                file.write(piece)
        self.assert_arrives("appended.bin", b"first second")

    def test_shorter_file_replaces_a_longer_one(self):
        for data in (payload(MIB), b"short"):
            (self.mount / "same.bin").write_bytes(data)
            self.assert_arrives("same.bin", data)

    def test_editor_that_saves_through_a_temporary_file_replaces_the_old_one(self):
        for text in ("first", "second version"):
            (self.mount / ".notes.txt.swp").write_text(text)
            os.replace(self.mount / ".notes.txt.swp", self.mount / "notes.txt")
            self.assert_arrives("notes.txt", text.encode())

    def test_modes_times_and_fsync_are_passed_on(self):
        with open(self.mount / "attributes.bin", "wb") as file:
            file.write(b"12345")
            file.flush()
            os.fsync(file.fileno())
        os.chmod(self.mount / "attributes.bin", 0o604)
        os.utime(self.mount / "attributes.bin", (NOON, NOON))
        real = (self.server.home() / "attributes.bin").stat()
        self.assertEqual((real.st_mode & 0o777, int(real.st_mtime)), (0o604, NOON))

    def test_folders_are_made_renamed_and_removed(self):
        (self.mount / "a" / "b").mkdir(parents=True)
        (self.mount / "a" / "b" / "file.bin").write_bytes(b"12345")
        os.rename(self.mount / "a" / "b", self.mount / "a" / "größe")
        self.assert_arrives("a/größe/file.bin", b"12345")
        self.assertRaises(OSError, os.rmdir, self.mount / "a")
        shutil.rmtree(self.mount / "a")
        self.assertFalse((self.server.home() / "a").exists())

    def test_links_are_refused(self):
        (self.mount / "target.bin").write_bytes(b"12345")
        self.assertRaises(OSError, os.symlink, "target.bin", self.mount / "soft.bin")
        self.assertRaises(OSError, os.link, self.mount / "target.bin", self.mount / "hard.bin")
        self.assertEqual({path.name for path in self.server.home().iterdir()} & {"soft.bin", "hard.bin"}, set())

    def test_space_is_told(self):
        told, real = os.statvfs(self.mount), os.statvfs(self.server.storage_root)
        self.assertEqual(told.f_blocks * told.f_frsize, real.f_blocks * real.f_frsize)

    def test_missing_file_is_missing(self):
        self.assertFalse((self.mount / "missing.bin").exists())
        self.assertRaises(FileNotFoundError, os.remove, self.mount / "missing.bin")

    def test_archive_is_written_and_read_in_place(self):
        write_tree(self.work / "tree")
        self.client("tar", "-C", self.work, "-cf", self.mount / "tree.tar", "tree")
        (self.work / "back").mkdir()
        self.client("tar", "-C", "back", "-xf", self.mount / "tree.tar")
        self.assertEqual(read_tree(self.work / "back" / "tree"), read_tree(self.work / "tree"))


class Uncached(SshfsCase):
    """Nothing is kept on the client's side: every look is a request, every write is waited for."""

    flags = ("-o", "cache=no", "-o", "sshfs_sync", "-o", "direct_io")

    def test_what_is_written_is_seen_at_once_by_its_writer(self):
        with open(self.mount / "seen.bin", "w+b", buffering=0) as file:
            file.write(b"0123456789")
            self.assertEqual(os.stat(self.mount / "seen.bin").st_size, 10)
            os.truncate(self.mount / "seen.bin", 6)
            self.assertEqual(os.pread(file.fileno(), 100, 2), b"2345")
            self.assertFalse((self.server.home() / "seen.bin").exists())
        self.assert_arrives("seen.bin", b"012345")
