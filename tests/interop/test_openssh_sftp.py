"""OpenSSH's sftp: transfers, resumed uploads, listings, file management."""

import os
import re
import subprocess

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20
NOON = 1_600_000_000
SMALL = b"a file that is only seen"
# sftp itself gives up on buffers that with their header are longer than 256 KiB.
EXTREMES = [("-B", "1"), ("-B", "512"), ("-B", "262000"), ("-R", "1"), ("-R", "1024"), ("-B", "1024", "-R", "1024")]


class SftpCase(SshCase):
    requires = ("sftp",)


class Transfers(SftpCase):
    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        for size in (0, 1, 32768, 261120, 261121, 16 * MIB + 3):
            with self.subTest(size=size):
                data = payload(size)
                self.file("up.bin", data)
                self.sftp(f"put up.bin size-{size}.bin", f"get size-{size}.bin down.bin")
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_256_mib_survive_the_way_up_and_down(self):
        data = payload(256 * MIB)
        self.file("up.bin", data)
        self.sftp("put up.bin large.bin", "get large.bin down.bin")
        self.assert_stored("large.bin", data)
        self.assert_received("/large.bin", data)
        self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_awkward_names_survive(self):
        for number, name in enumerate(AWKWARD_NAMES):
            with self.subTest(name=name):
                data = name.encode()
                self.file("up", data)
                self.sftp(f'put up "{name}"', f'get "{name}" down-{number}')
                self.assert_stored(name, data)
                self.assert_received(f"/{name}", data)
                self.assertEqual((self.work / f"down-{number}").read_bytes(), data)

    def test_tree_survives_the_way_up_and_down(self):
        write_tree(self.work / "tree")
        self.sftp("put -r tree grown", "get -r grown back")
        self.assertEqual(read_tree(self.server.home() / "grown"), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_preserved_times_and_modes_arrive(self):
        source = self.file("timed.bin", b"12345")
        source.chmod(0o604)
        os.utime(source, (NOON, NOON))
        self.sftp("put -p timed.bin", "get -p timed.bin back.bin")
        for copy in (self.server.home() / "timed.bin", self.work / "back.bin"):
            self.assertEqual((int(copy.stat().st_mtime), copy.stat().st_mode & 0o777), (NOON, 0o604), copy)

    def test_extremes_of_buffers_and_requests_change_no_byte(self):
        for number, flags in enumerate(EXTREMES):
            with self.subTest(flags=flags):
                data = payload(20_000 if flags == ("-B", "1") else 3 * MIB + 1, seed=number)
                self.file("up.bin", data)
                self.sftp(f"put up.bin extreme-{number}.bin", f"get extreme-{number}.bin down.bin", flags=flags)
                self.assert_stored(f"extreme-{number}.bin", data)
                self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_put_synchronized_with_fsync_arrives(self):
        self.file("synced.bin", payload(MIB))
        said = self.sftp("put -f synced.bin", flags=("-vvv",))
        self.assertIn("Sending SSH2_FXP_EXTENDED(fsync@openssh.com)", said)
        self.assert_stored("synced.bin", payload(MIB))

    def test_limits_of_the_server_are_used(self):
        said = self.sftp("pwd", flags=("-vvv",))
        for words in ("Received limits reply", "using 261120 / 261120"):
            self.assertIn(words, said)

    def test_shorter_file_replaces_a_longer_one(self):
        self.file("long.bin", payload(MIB))
        self.file("short.bin", b"short")
        self.sftp("put long.bin same.bin", "put short.bin same.bin")
        self.assert_stored("same.bin", b"short")


class Resuming(SftpCase):
    def test_interrupted_put_resumes_with_reput(self):
        data = payload(8 * MIB)
        self.file("resumed.bin", data)
        self.file("slow.sftp", b"put resumed.bin\n")
        slow = self.spawn("sftp", *self.openssh_options(), "-l", "16000", "-b", "slow.sftp", self.target())
        self.kill_mid_upload(slow, "/resumed.bin", MIB)
        self.sftp("reput resumed.bin")
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)

    def test_reput_appends_to_a_shorter_file(self):
        data = payload(2 * MIB)
        self.file("first.bin", data[:MIB + 17])
        self.file("whole.bin", data)
        self.sftp("put first.bin grown.bin", "reput whole.bin grown.bin")
        self.assert_stored("grown.bin", data)

    def test_interrupted_get_resumes_with_reget(self):
        data = payload(3 * MIB)
        self.file("get.bin", data)
        self.file("got.bin", data[:MIB + 17])
        self.sftp("put get.bin", "reget get.bin got.bin")
        self.assertEqual((self.work / "got.bin").read_bytes(), data)


class Listings(SftpCase):
    def test_long_listing_names_type_mode_owner_size_and_time(self):
        self.file("entry.bin", b"12345")
        self.sftp("mkdir listed", "mkdir listed/folder", "put entry.bin listed/entry.bin")
        said = self.sftp("ls -l listed", flags=("-vv",))
        self.assertIn("Sending SSH2_FXP_EXTENDED(users-groups-by-id@openssh.com)", said)
        lines = {line.split()[-1]: line for line in said.splitlines() if " listed/" in line}
        self.assertRegex(lines["listed/entry.bin"], r"^-rw-r----- .* demo +demo +5 ")
        self.assertRegex(lines["listed/folder"], r"^drwxr-x--- .* demo +demo ")

    def test_ten_thousand_files_are_listed(self):
        folder = self.server.home() / "many"
        self.sftp("mkdir many")
        for number in range(10_000):
            (folder / f"file number {number:05}.bin").write_bytes(SMALL[:number % len(SMALL)])
        # ssh makes its standard error non-blocking: were that sftp's output, too, sftp would lose lines of it.
        said = self.sftp("ls -l many", stderr=subprocess.DEVNULL)
        lines = [line for line in said.splitlines() if "file number" in line]
        self.assertEqual(len(lines), 10_000)
        sizes = {line.rpartition("/")[2]: int(line.split()[4]) for line in lines}
        self.assertEqual(sizes, {f"file number {n:05}.bin": n % len(SMALL) for n in range(10_000)})

    def test_df_tells_the_space_of_the_file_system(self):
        said = self.sftp("df .")
        size, _, free = (int(number) for number in re.findall(r"\d+", said.splitlines()[-1])[:3])
        real = os.statvfs(self.server.storage_root)
        self.assertEqual(size, real.f_blocks * real.f_frsize // 1024)
        self.assertLessEqual(free, size)

    def test_names_with_glob_characters_are_matched(self):
        for name in ("one.csv", "two.csv", "three.txt"):
            self.file(name, name.encode())
        self.sftp("mkdir globs", "cd globs", "put *.csv", "put *.txt", "lmkdir down", "get *.csv down/")
        self.assertEqual(set(read_tree(self.work / "down")), {"one.csv", "two.csv"})


class Management(SftpCase):
    def home(self, path):
        return self.server.home() / path

    def test_files_and_folders_are_managed(self):
        self.file("source.bin", b"12345")
        said = self.sftp("mkdir managed", "cd managed", 'mkdir "two words"', "put source.bin before.bin",
                         'rename before.bin "two words/größe.bin"', 'chmod 600 "two words/größe.bin"', "pwd")
        self.assertIn("Remote working directory: /managed", said)
        moved = self.home("managed/two words/größe.bin")
        self.assertEqual((moved.read_bytes(), moved.stat().st_mode & 0o777), (b"12345", 0o600))
        self.server.wait_event("file.renamed", path="/managed/before.bin", to="/managed/two words/größe.bin")
        self.sftp("cd managed", 'rm "two words/größe.bin"', 'rmdir "two words"', "cd ..", "rmdir managed")
        self.assertFalse(self.home("managed").exists())

    def test_rename_replaces_as_posix_does_and_the_old_rename_does_not(self):
        self.file("new.bin", b"new")
        self.file("old.bin", b"old")
        self.sftp("put new.bin a.bin", "put old.bin b.bin")
        self.sftp("rename -l a.bin b.bin", status=1)
        self.assert_stored("b.bin", b"old")
        self.sftp("rename a.bin b.bin")
        self.assert_stored("b.bin", b"new")
        self.assertFalse(self.home("a.bin").exists())

    def test_copy_is_made_on_the_server(self):
        data = payload(3 * MIB + 1)
        self.file("source.bin", data)
        said = self.sftp("put source.bin origin.bin", "cp origin.bin twin.bin", flags=("-vv",))
        self.assertIn('Server supports extension "copy-data" revision 1', said)
        self.assert_stored("twin.bin", data)
        self.assert_received("/twin.bin", data)

    def test_attributes_are_set_without_following_links(self):
        self.file("source.bin", b"12345")
        said = self.sftp("put source.bin unfollowed.bin", "chmod -h 600 unfollowed.bin", flags=("-vvv",))
        self.assertIn("Sending SSH2_FXP_EXTENDED(lsetstat@openssh.com)", said)
        self.assertEqual(self.home("unfollowed.bin").stat().st_mode & 0o777, 0o600)

    def test_links_are_refused(self):
        self.file("source.bin", b"12345")
        self.sftp("put source.bin linked.bin")
        for command in ("ln linked.bin hard.bin", "ln -s linked.bin soft.bin"):
            self.sftp(command, status=1)
        self.assertFalse(self.home("hard.bin").exists() or self.home("soft.bin").is_symlink())

    def test_mistakes_are_told_and_end_no_session(self):
        self.file("kept.bin", b"kept")
        said = self.sftp("-get missing.bin", "-rmdir missing", "-cd missing", "-ls missing", "-mkdir a/b",
                         "put kept.bin", "-mkdir kept.bin")
        self.assertIn("not found", said)
        self.assert_stored("kept.bin", b"kept")

    def test_way_out_of_the_home_leads_nowhere(self):
        self.file("source.bin", b"inside")
        self.sftp("cd ../..", "put source.bin ../../outside.bin")
        self.assert_stored("outside.bin", b"inside")
        self.assertFalse((self.server.storage_root / "outside.bin").exists())
