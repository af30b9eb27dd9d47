"""paramiko, the SSH library of Python programs."""

import hashlib
import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor

from support.case import AWKWARD_NAMES, payload, sha256
from support.ssh_client import SshCase, paramiko_client, paramiko_sftp

MIB = 1 << 20
NOON = 1_600_000_000


class ParamikoCase(SshCase):
    def session(self):
        return self.enterContext(paramiko_sftp(self.server, key_filename=str(self.key)))


class Transfers(ParamikoCase):
    def test_files_of_all_sizes_survive_the_way_up_and_down(self):
        sftp = self.session()
        for size in (0, 1, 32768, 16 * MIB + 3, 256 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                # put() compares the size that the server tells with what it sent.
                told = sftp.put(str(self.file("up.bin", data)), f"size-{size}.bin", confirm=True)
                self.assertEqual(told.st_size, size)
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, protocol="sftp")
                sftp.get(f"size-{size}.bin", str(self.work / "down.bin"))
                self.assertEqual(sha256((self.work / "down.bin").read_bytes()), sha256(data))

    def test_awkward_names_survive(self):
        sftp = self.session()
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                sftp.put(str(self.file("up", name.encode())), name)
                self.assert_stored(name, name.encode())
                self.assertEqual(sftp.open(name).read(), name.encode())
        self.assertLessEqual(set(AWKWARD_NAMES), set(sftp.listdir()))

    def test_put_without_the_size_check_arrives(self):
        self.session().put(str(self.file("up.bin", b"12345")), "unconfirmed.bin", confirm=False)
        self.assert_received("/unconfirmed.bin", b"12345")

    def test_file_is_seen_when_it_is_closed_and_not_before(self):
        sftp = self.session()
        with sftp.open("slow.bin", "wb") as file:
            file.write(b"12345")
            file.flush()
            self.assertEqual(sftp.stat("slow.bin").st_size, 5, "its sender sees what is under way")
            self.assertFalse((self.server.home() / "slow.bin").exists())
        self.assert_stored("slow.bin", b"12345")

    def test_pipelined_writes_arrive_in_full(self):
        data = payload(4 * MIB)
        with self.session().open("pipelined.bin", "wb") as file:
            file.set_pipelined(True)
            for at in range(0, len(data), 10_007):
                file.write(data[at:at + 10_007])
        self.assert_stored("pipelined.bin", data)

    def test_prefetched_and_scattered_reads_return_what_was_stored(self):
        data = payload(4 * MIB)
        sftp = self.session()
        sftp.putfo(io.BytesIO(data), "read.bin")
        with sftp.open("read.bin", "rb") as file:
            pieces = [(3 * MIB, 5), (0, 70_000), (MIB - 1, 2), (4 * MIB - 3, 100)]
            self.assertEqual(list(file.readv(pieces)), [data[at:at + size] for at, size in pieces])
            file.prefetch(len(data))
            file.seek(0)
            self.assertEqual(file.read(), data)

    def test_files_written_in_turns_do_not_mix(self):
        sftp = self.session()
        files = {f"in-turns-{number}.bin": payload(MIB, seed=number) for number in range(10)}
        handles = {name: sftp.open(name, "wb") for name in files}
        for at in range(0, MIB, 1 << 16):
            for name, data in files.items():
                handles[name].write(data[at:at + (1 << 16)])
        for name, data in files.items():
            handles[name].close()
            self.assert_stored(name, data)

    def test_ten_sessions_at_once(self):
        files = {f"at-once-{number}.bin": payload(MIB, seed=number) for number in range(10)}
        with ThreadPoolExecutor(len(files)) as pool:
            for result in [pool.submit(self.put, *item) for item in files.items()]:
                result.result(60)
        for name, data in files.items():
            self.assert_stored(name, data)

    def put(self, name, data):
        with paramiko_sftp(self.server, key_filename=str(self.key)) as sftp:
            sftp.putfo(io.BytesIO(data), name)

    def test_several_sftp_channels_one_after_the_other(self):
        with paramiko_client(self.server, key_filename=str(self.key)) as client:
            for number in range(3):
                with client.open_sftp() as sftp:
                    sftp.putfo(io.BytesIO(b"12345"), f"channel-{number}.bin")
                self.assert_stored(f"channel-{number}.bin", b"12345")


class RandomAccess(ParamikoCase):
    def test_appending_mode_continues_the_file(self):
        sftp = self.session()
        for piece in (b"first ", b"second"):
            with sftp.open("appended.bin", "ab") as file:
                file.write(piece)
        self.assert_stored("appended.bin", b"first second")

    def test_file_is_changed_in_the_middle(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"0123456789"), "changed.bin")
        with sftp.open("changed.bin", "r+b") as file:
            file.seek(4)
            file.write(b"xx")
            file.seek(0)
            self.assertEqual(file.read(), b"0123xx6789")
            self.assert_stored("changed.bin", b"0123456789")
        self.assert_stored("changed.bin", b"0123xx6789")

    def test_truncating_by_handle_and_by_path(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"0123456789"), "cut.bin")
        with sftp.open("cut.bin", "r+b") as file:
            file.truncate(7)
        self.assert_stored("cut.bin", b"0123456")
        sftp.truncate("cut.bin", 3)
        self.assert_stored("cut.bin", b"012")

    def test_exclusive_mode_refuses_an_existing_file(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"first"), "exclusive.bin")
        with self.assertRaises(OSError):
            sftp.open("exclusive.bin", "wx")
        with sftp.open("exclusive-2.bin", "wx") as file:
            file.write(b"second")
        self.assert_stored("exclusive.bin", b"first")
        self.assert_stored("exclusive-2.bin", b"second")

    def test_session_that_is_lost_publishes_nothing_and_resumes(self):
        data = payload(2 * MIB)
        with paramiko_client(self.server, key_filename=str(self.key)) as client:
            file = client.open_sftp().open("lost.bin", "wb")
            file.write(data[:MIB])
            file.flush()
            self.assertGreater(file.stat().st_size, 0)
            client.get_transport().sock.close()
        self.server.wait_event("file.abandoned", path="/lost.bin")
        self.assertFalse((self.server.home() / "lost.bin").exists())
        sftp = self.session()
        size = sftp.stat("lost.bin").st_size
        with sftp.open("lost.bin", "ab") as file:
            file.write(data[size:])
        self.assert_stored("lost.bin", data)
        self.assert_received("/lost.bin", data, resumed=True)


class CheckFile(ParamikoCase):
    def test_digests_of_the_whole_file_and_of_blocks(self):
        data = payload(100_000)
        sftp = self.session()
        sftp.putfo(io.BytesIO(data), "checked.bin")
        with sftp.open("checked.bin", "rb") as file:
            for name in ("sha256", "sha512", "sha1", "md5"):
                self.assertEqual(file.check(name), hashlib.new(name, data).digest(), name)
            blocks = b"".join(hashlib.sha256(data[at:at + 4096]).digest() for at in range(0, len(data), 4096))
            self.assertEqual(file.check("sha256", block_size=4096), blocks)
            self.assertEqual(file.check("sha256", 10, 1000), hashlib.sha256(data[10:1010]).digest())

    def test_unknown_digest_is_refused(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"12345"), "checked.bin")
        with sftp.open("checked.bin", "rb") as file, self.assertRaises(OSError):
            file.check("crc32")


class Management(ParamikoCase):
    def test_files_and_folders_are_managed(self):
        sftp = self.session()
        sftp.mkdir("managed")
        sftp.chdir("managed")
        sftp.mkdir("größe")
        sftp.putfo(io.BytesIO(b"12345"), "before.bin")
        sftp.rename("before.bin", "größe/after.bin")
        self.assertEqual(sftp.normalize("größe/../größe/after.bin"), "/managed/größe/after.bin")
        self.assertEqual((self.server.home() / "managed/größe/after.bin").read_bytes(), b"12345")
        self.assertEqual([(entry.filename, stat.S_ISDIR(entry.st_mode)) for entry in sftp.listdir_attr()],
                         [("größe", True)])
        sftp.remove("größe/after.bin")
        sftp.rmdir("größe")
        sftp.chdir(None)
        sftp.rmdir("managed")
        self.assertFalse((self.server.home() / "managed").exists())

    def test_mode_and_times_are_set_by_path_and_by_handle(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"12345"), "attributes.bin")
        sftp.chmod("attributes.bin", 0o604)
        sftp.utime("attributes.bin", (NOON, NOON))
        told, real = sftp.stat("attributes.bin"), (self.server.home() / "attributes.bin").stat()
        self.assertEqual((stat.S_IMODE(told.st_mode), told.st_mtime), (0o604, NOON))
        self.assertEqual((stat.S_IMODE(real.st_mode), int(real.st_mtime)), (0o604, NOON))
        with sftp.open("by-handle.bin", "wb") as file:
            file.write(b"12345")
            file.chmod(0o600)
            file.utime((NOON, NOON))
        real = (self.server.home() / "by-handle.bin").stat()
        self.assertEqual((stat.S_IMODE(real.st_mode), int(real.st_mtime)), (0o600, NOON))

    def test_plain_rename_refuses_to_replace_and_posix_rename_replaces(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"old"), "old.bin")
        sftp.putfo(io.BytesIO(b"new"), "new.bin")
        self.assertRaises(OSError, sftp.rename, "new.bin", "old.bin")
        self.assert_stored("old.bin", b"old")
        sftp.posix_rename("new.bin", "old.bin")
        self.assert_stored("old.bin", b"new")

    def test_missing_files_are_file_not_found_errors(self):
        sftp = self.session()
        for call in (sftp.stat, sftp.remove, sftp.rmdir, sftp.listdir, sftp.open):
            with self.subTest(call=call.__name__):
                self.assertRaises(FileNotFoundError, call, "missing")

    def test_links_are_refused(self):
        sftp = self.session()
        sftp.putfo(io.BytesIO(b"12345"), "target.bin")
        self.assertRaises(OSError, sftp.symlink, "target.bin", "link.bin")
        self.assertRaises(OSError, sftp.readlink, "target.bin")
        self.assertFalse(os.path.lexists(self.server.home() / "link.bin"))
