"""Full, read-only and vanished file systems under a server: real ones, in a mount namespace of this test (P11, P17)."""

import contextlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attack.ssh_channel import FAILURE, PERMISSION_DENIED
from fault.block_device import enter_namespace, libc, system
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, Refused
from support.case import payload
from support.doors import Ftps, Sftp

MS_RDONLY, MS_REMOUNT, MS_MOVE, MNT_DETACH = 1, 32, 0x2000, 2
SIZE, FLOOR, FLOOR_UPLOAD = 8 << 20, 2 << 20, 3 << 19
BIG = payload(SIZE + 1, seed="big")
SMALL = payload(200_000, seed="small")


class FileSystem(FaultCase):
    """The files live on a file system of 8 MiB."""

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        cls.mount_point, cls.elsewhere = cls.folder(), cls.folder()
        cls.mount(0)
        cls.addClassCleanup(libc.umount2, os.fsencode(cls.mount_point), MNT_DETACH)
        cls.server_options = both_doors(storage={"root": str(cls.mount_point)})
        super().setUpClass()

    @classmethod
    def folder(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-mount-")
        cls.addClassCleanup(folder.cleanup)
        return Path(folder.name)

    @classmethod
    def mount(cls, flags):
        system(libc.mount(b"tmpfs", os.fsencode(cls.mount_point), b"tmpfs", flags, f"size={SIZE}".encode()), "no tmpfs")

    def refused(self, door, action, ftps, sftp, words):
        with self.assertRaises(Refused) as caught:
            action()
        self.assertEqual(caught.exception.code, {"ftps": ftps, "sftp": sftp}[door.protocol], caught.exception)
        self.assertIn(words, caught.exception.text.lower())

    def test_P11_full_disk_fails_one_upload_and_leaves_the_space_to_others(self):
        for door in DOORS:
            other = self.enter(door, "other")
            undisturbed = other.begin("undisturbed.bin")
            undisturbed.send(SMALL[:100_000])
            session = self.enter(door)
            self.refused(door, lambda: session.put("big.bin", BIG), "452", FAILURE, "no space")
            self.assert_not_published("big.bin")
            self.assertEqual(self.partials(), {})
            undisturbed.send(SMALL[100_000:])
            undisturbed.finish()
            self.assert_stored("undisturbed.bin", SMALL, "other")
            session.put("fits.bin", BIG[:SIZE // 2])
            session.remove("fits.bin")
            other.remove("undisturbed.bin")

    def test_P11_read_only_file_system_refuses_everything_until_it_is_writable_again(self):
        for door in DOORS:
            session = self.enter(door)
            session.put("there.bin", b"before")
            self.mount(MS_REMOUNT | MS_RDONLY)
            try:
                for action in (lambda: session.put("new.bin", SMALL), lambda: session.put("there.bin", SMALL),
                               lambda: session.mkdir("folder"), lambda: session.remove("there.bin"),
                               lambda: session.rename("there.bin", "elsewhere.bin")):
                    self.refused(door, action, "550", PERMISSION_DENIED, "read-only")
                self.assertEqual(session.get("there.bin"), b"before")
            finally:
                self.mount(MS_REMOUNT)
            session.put("there.bin", SMALL)
            self.assert_stored("there.bin", SMALL)
            session.remove("there.bin")

    @contextlib.contextmanager
    def unmounted(self):
        """The root is the empty folder that the file system hid; that is elsewhere meanwhile."""
        here, there = os.fsencode(self.mount_point), os.fsencode(self.elsewhere)
        system(libc.mount(here, there, None, MS_MOVE, None), "mounts cannot be moved")
        try:
            yield
        finally:
            system(libc.mount(there, here, None, MS_MOVE, None), "the mount cannot be moved back")

    def test_P17_unmounted_root_is_an_error_and_nothing_is_written_below_it(self):
        sessions = [self.enter(door) for door in DOORS]
        sessions[0].put("there.bin", b"before")
        uploads = [session.begin(f"under-way-{session.protocol}.bin") for session in sessions]
        for upload in uploads:
            upload.send(SMALL)
        with self.unmounted():
            for session, upload in zip(sessions, uploads):
                for action in (upload.finish, lambda: session.put("new.bin", SMALL), lambda: session.mkdir("folder"),
                               lambda: session.remove("there.bin"), lambda: session.rename("there.bin", "moved.bin")):
                    self.refused(session, action, "450", FAILURE, "not available")
            self.assertEqual(list(self.mount_point.rglob("*")), [])
        self.assert_stored("there.bin", b"before")
        sessions[0].remove("there.bin")


class Floor(FaultCase):
    """The files live on a file system of 8 MiB, of which 2 must stay free."""

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        folder = tempfile.TemporaryDirectory(prefix="sallyport-mount-")
        cls.addClassCleanup(folder.cleanup)
        cls.mount_point = Path(folder.name)
        system(libc.mount(b"tmpfs", os.fsencode(folder.name), b"tmpfs", 0, f"size={SIZE}".encode()), "no tmpfs")
        cls.addClassCleanup(libc.umount2, os.fsencode(folder.name), MNT_DETACH)
        cls.server_options = both_doors(storage={"root": folder.name, "min_free": "2MiB"})
        super().setUpClass()

    def free(self):
        space = os.statvfs(self.mount_point)
        return space.f_bavail * space.f_frsize

    def upload(self, door, number):
        session = door(self.server)
        try:
            session.put(f"{door.protocol}-{number}.bin", BIG[:FLOOR_UPLOAD])
            return True
        except Refused as refused:
            self.assertIn("no space", refused.text.lower())
            return False
        finally:
            session.close()

    def test_parallel_uploads_at_both_doors_never_touch_the_floor(self):
        """Nor does what comes after a crash."""
        for _ in range(3):
            with ThreadPoolExecutor() as clients:
                uploads = [clients.submit(self.upload, door, number) for number in range(5) for door in DOORS]
                while not all(upload.done() for upload in uploads):
                    self.assertGreaterEqual(self.free(), FLOOR)
            stored = [path for path in self.server.home().iterdir() if path.suffix == ".bin"]
            self.assertEqual(len(stored), sum(upload.result() for upload in uploads))
            self.assertGreaterEqual(self.free(), FLOOR)
            for path in stored:
                path.unlink()
            self.server.crash()
            self.server.recover()


class ReplacedRoot(FaultCase):
    """The storage root is moved away under the running server, and something else takes its name."""

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        super().setUpClass()

    @contextlib.contextmanager
    def moved_away(self):
        """The files are elsewhere meanwhile."""
        root, elsewhere = self.server.storage_root, self.server.directory / "moved"
        root.rename(elsewhere)
        try:
            yield root, elsewhere
        finally:
            elsewhere.rename(root)

    @contextlib.contextmanager
    def another_folder(self):
        with self.moved_away() as (root, _):
            root.mkdir(mode=0o777)
            try:
                yield root
            finally:
                root.rmdir()  # which is empty

    @contextlib.contextmanager
    def link_elsewhere(self):
        target = self.server.directory / "target"
        target.mkdir()
        with self.moved_away() as (root, _):
            root.symlink_to(target)
            try:
                yield target
            finally:
                root.unlink()
                target.rmdir()

    @contextlib.contextmanager
    def another_mount(self):
        root = os.fsencode(self.server.storage_root)
        system(libc.mount(b"tmpfs", root, b"tmpfs", 0, b"size=1m"), "no tmpfs")
        try:
            yield self.server.storage_root
        finally:
            system(libc.umount2(root, MNT_DETACH), "cannot be unmounted")

    def refuse(self, session, upload):
        """Nothing is changed, and the client is told that it is not its fault."""
        for action in (upload.finish, lambda: session.put("new.bin", SMALL), lambda: session.mkdir("folder"),
                       lambda: session.remove("there.bin"), lambda: session.rename("there.bin", "moved.bin")):
            with self.assertRaises(Refused) as caught:
                action()
            self.assertEqual(caught.exception.code, {"ftps": "450", "sftp": FAILURE}[session.protocol], caught.exception)
            self.assertIn("not available", caught.exception.text.lower())

    def test_P17_replaced_root_is_an_error_and_nothing_is_written_to_what_replaces_it(self):
        self.enter(DOORS[0]).put("there.bin", b"before")
        for replaced in (self.another_folder, self.link_elsewhere, self.another_mount):
            for door in DOORS:
                with self.subTest(door=door.protocol, by=replaced.__name__):
                    session = self.enter(door)
                    upload = session.begin("under-way.bin")
                    upload.send(SMALL)
                    with replaced() as stranger:
                        self.refuse(session, upload)
                        self.assertEqual(list(stranger.rglob("*")), [])
                    self.assert_not_published("under-way.bin")
                    self.assert_stored("there.bin", b"before")
                    session.put("back.bin", SMALL)
                    self.assert_stored("back.bin", SMALL)
                    session.remove("back.bin")

    def test_P17_nobody_logs_in_to_what_replaces_the_root(self):
        with self.another_folder() as stranger:
            self.assertIn("not available", Ftps.refusal_of_login(self.server, "demo"))
            self.assertIsNotNone(Sftp.refusal_of_login(self.server, "demo"))
            self.assertEqual(list(stranger.rglob("*")), [])

    def test_P17_root_that_moves_and_is_linked_to_is_still_the_root(self):
        with self.moved_away() as (root, elsewhere):
            root.symlink_to(elsewhere)
            try:
                for door in DOORS:
                    session = self.enter(door)
                    session.put("linked.bin", SMALL)
                    self.assert_stored("linked.bin", SMALL)
                    session.remove("linked.bin")
            finally:
                root.unlink()
