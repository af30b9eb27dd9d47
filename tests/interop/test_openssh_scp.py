"""OpenSSH's scp, which since version 9 speaks SFTP: copies both ways, times, home directories."""

import os

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20
NOON = 1_600_000_000


class Scp(SshCase):
    requires = ("scp",)

    def copy_there_and_back(self, name, data):
        self.file("up", data)
        (self.work / "down").unlink(missing_ok=True)
        self.scp("up", self.target(f"/{name}"))
        self.assert_stored(name, data)
        self.scp(self.target(f"/{name}"), "down")
        self.assertEqual((self.work / "down").read_bytes(), data)

    def test_files_of_all_sizes_survive_both_ways(self):
        for size in (0, 1, 261121, 16 * MIB + 3, 256 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                self.copy_there_and_back(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")

    def test_awkward_names_survive_both_ways(self):
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                self.copy_there_and_back(name, name.encode())

    def test_shorter_file_replaces_a_longer_one(self):
        self.copy_there_and_back("same.bin", payload(MIB))
        self.copy_there_and_back("same.bin", b"short")
        self.assert_received("/same.bin", b"short")

    def test_shorter_file_replaces_a_longer_one_with_its_time(self):
        self.copy_there_and_back("kept.bin", payload(MIB))
        os.utime(self.file("short", b"short"), (NOON, NOON))
        self.scp("-p", "short", self.target("kept.bin"))
        self.assert_stored("kept.bin", b"short")
        self.assertEqual(int((self.server.home() / "kept.bin").stat().st_mtime), NOON)

    def test_preserved_times_and_modes_arrive_both_ways(self):
        source = self.file("timed.bin", b"12345")
        source.chmod(0o604)
        os.utime(source, (NOON, NOON))
        self.scp("-p", source, self.target("timed.bin"))
        self.scp("-p", self.target("timed.bin"), "back.bin")
        for copy in (self.server.home() / "timed.bin", self.work / "back.bin"):
            self.assertEqual((int(copy.stat().st_mtime), copy.stat().st_mode & 0o777), (NOON, 0o604), copy)

    def test_tree_survives_both_ways(self):
        write_tree(self.work / "tree")
        self.scp("-r", "tree", self.target("grown"))
        self.scp("-r", self.target("grown"), "back")
        self.assertEqual(read_tree(self.server.home() / "grown"), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_tilde_is_the_home_directory(self):
        self.file("source.bin", b"home")
        for number, tilde in enumerate(("~", "~demo")):
            self.scp("source.bin", self.target(f"{tilde}/tilde-{number}.bin"))
            self.assert_stored(f"tilde-{number}.bin", b"home")
            self.scp(self.target(f"{tilde}/tilde-{number}.bin"), "fetched.bin")
            self.assertEqual((self.work / "fetched.bin").read_bytes(), b"home")

    def test_home_is_asked_for_with_expand_path(self):
        self.file("source.bin", b"home")
        said = self.scp("-vvv", "source.bin", self.target("~demo/expanded.bin"))
        self.assertIn("expand-path@openssh.com ~demo/expanded.bin -> /expanded.bin", said)

    def test_home_of_somebody_else_is_refused(self):
        self.file("source.bin", b"home")
        for tilde in ("~other", "~root"):
            self.assertIn("no such user", self.scp("source.bin", self.target(f"{tilde}/stranger.bin"), status=255))
        self.assertEqual(list(self.server.storage_root.rglob("stranger.bin")), [])

    def test_file_is_copied_from_remote_to_remote_through_the_client(self):
        data = payload(MIB + 1)
        self.copy_there_and_back("origin.bin", data)
        self.scp("-3", self.target("origin.bin"), self.target("twin.bin"))
        self.assert_stored("twin.bin", data)

    def test_missing_file_is_told(self):
        self.assertIn("No such file", self.scp(self.target("missing.bin"), "down", status=1))
