"""Quota, virtual folders, interrupted uploads and long folders, through both doors."""

import contextlib
import os
import shutil
import tempfile
import threading
import unittest
from pathlib import Path

from support.case import payload
from support.doors import DOORS, Ftps, Refused, Sftp
from support.ftps_client import log_in
from support.sallyport import Server
from support.ssh_client import paramiko_sftp

QUOTA = 1 << 20
ENTRIES = 10_000


class StorageCase(unittest.TestCase):
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="sallyport-folders-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.server = Server(protocols=("ftps", "sftp"), **cls.make_options()).start()
        cls.addClassCleanup(cls.server.stop)

    @classmethod
    def make_options(cls):
        return cls.options

    def enter(self, door, user="demo"):
        session = door(self.server, user)
        self.addCleanup(session.close)
        return session

    def assert_refused(self, text, action, *arguments):
        with self.assertRaises(Refused) as refused:
            action(*arguments)
        self.assertIn(text, str(refused.exception))


class Quotas(StorageCase):
    options = {"policy": {"quota": "1MiB", "quota_files": 50},
               "users": {name: {"password": "a secret"} for name in ("ftps", "sftp", "many", "told", "taken")}
               | {name: {"password": "a secret", "quota_group": "pair"} for name in ("alice", "bob")}}

    def test_what_does_not_fit_is_refused_and_leaves_nothing(self):
        for door in DOORS:
            with self.subTest(door.protocol):
                session = self.enter(door, door.protocol)
                session.put("/a.bin", payload(600_000))
                self.assert_refused("quota", session.put, "/b.bin", payload(600_000))
                self.assertEqual(session.names(), ["a.bin"])
                session.remove("/a.bin")
                session.put("/b.bin", payload(QUOTA))
                with contextlib.suppress(Refused):  # paramiko keeps to itself that CLOSE failed
                    session.put("/c.bin", b"x")
                self.assertEqual(session.names(), ["b.bin"])

    def test_what_is_left_is_told(self):
        with log_in(self.server, user="told") as ftp:
            self.assertEqual(ftp.sendcmd("AVBL"), f"213 {QUOTA}")
            ftp.storbinary("STOR /a", open(os.devnull, "rb"))
            self.assertIn(f"{QUOTA} bytes can be stored", ftp.sendcmd("STAT"))
            self.assertTrue(ftp.sendcmd("ALLO 1000").startswith("2"))

    def test_parallel_uploads_never_exceed_it(self):
        data = payload(QUOTA * 6 // 10)
        stored = []

        def upload(number):
            door = DOORS[number % 2]
            session = door(self.server, "many")
            try:
                session.put(f"/parallel{number}", data)
                stored.append(number)
            except Refused:
                pass
            finally:
                session.close()

        threads = [threading.Thread(target=upload, args=(number,)) for number in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        files = list(self.server.home("many").glob("parallel*"))
        self.assertLessEqual(len(files), 1)
        self.assertEqual(len(files), len(stored))

    def test_users_of_a_group_share_one(self):
        self.enter(Ftps, "alice").put("/a.bin", payload(600_000))
        bob = self.enter(Sftp, "bob")
        self.assert_refused("quota", bob.put, "/b.bin", payload(600_000))
        bob.put("/b.bin", payload(QUOTA - 600_000))

    def test_what_other_programs_take_away_makes_room(self):
        session = self.enter(Sftp, "taken")
        for number in range(3):
            session.put("/a.bin", payload(QUOTA))
            shutil.move(self.server.home("taken") / "a.bin", self.folder / f"taken{number}")


class Mounts(StorageCase):
    @classmethod
    def make_options(cls):
        shared, reports = cls.folder / "shared", cls.folder / "reports"
        for folder in (shared, reports):
            folder.mkdir()
        (reports / "q1.csv").write_bytes(b"1;2")
        mounts = {"/shared": str(shared), "/out/reports": str(reports), "/gone": str(cls.folder / "gone")}
        return {"policy": {"mounts": mounts, "rule": [{"path": "/out/reports/**", "allow": ["list", "download", "stat"]}]},
                "users": {"demo": "a secret", "other": "a secret"}}

    def test_they_are_folders(self):
        for door in DOORS:
            with self.subTest(door.protocol):
                session = self.enter(door)
                self.assertEqual(session.names(), ["out", "shared"])
                self.assertEqual(session.names("/out"), ["reports"])
                self.assertEqual(session.get("/out/reports/q1.csv"), b"1;2")
                session.put("/shared/a.txt", b"a")
                self.assertEqual((self.folder / "shared" / "a.txt").read_bytes(), b"a")
                self.assertEqual(self.enter(door, "other").names("/shared"), ["a.txt"])
                session.remove("/shared/a.txt")

    def test_what_they_refuse(self):
        for door in DOORS:
            with self.subTest(door.protocol):
                session = self.enter(door)
                session.put("/here.txt", b"x")
                self.assert_refused("moved", session.rename, "/here.txt", "/shared/there.txt")
                self.assert_refused("", session.rmdir, "/shared")
                self.assert_refused("", session.rename, "/shared", "/elsewhere")
                self.assert_refused("", session.put, "/out/reports/new.csv", b"x")
                self.assert_refused("not available", session.put, "/gone/new.csv", b"x")
                session.remove("/here.txt")
        self.assertEqual(sorted(path.name for path in (self.folder / "reports").iterdir()), ["q1.csv"])
        self.assertFalse((self.folder / "gone").exists())


class Memory(StorageCase):
    options = {"storage": {"backend": "memory"}, "policy": {"quota": "1MiB"}}

    def test_it_serves_without_a_disk(self):
        data = payload(600_000)
        for first, second in ((Ftps, Sftp), (Sftp, Ftps)):
            with self.subTest(first.protocol):
                self.enter(first).put("/a.bin", data)
                session = self.enter(second)
                self.assertEqual(session.get("/a.bin"), data)
                self.assert_refused("quota", session.put, "/b.bin", data)
                session.remove("/a.bin")
        self.assertEqual(list(self.server.storage_root.iterdir()), [])


class Interrupted(StorageCase):
    def test_killing_the_server_loses_nothing_of_an_upload_that_goes_on(self):
        data = payload(600_000)
        for door in DOORS:
            with self.subTest(door.protocol):
                path = f"/{door.protocol}.bin"
                session = self.enter(door)
                session.begin(path, data[:200_000])
                self.server.wait_event("file.abandoned", path=path)
                resumed = self.enter(door)
                begun = resumed.size(path)
                self.assertGreater(begun, 0)
                self.send_some(resumed, path, data, begun)
                self.server.crash()
                self.server.recover()
                after = self.enter(door)
                kept = after.size(path)
                self.assertGreaterEqual(kept, begun - 1, "what was there before the crash is gone")
                after.put(path, data[kept:], offset=kept)
                self.assertEqual(after.get(path), data)

    @staticmethod
    def send_some(session, path, data, begun):
        """Sends a part of the rest and leaves the upload open."""
        if isinstance(session, Ftps):
            session.ftp.voidcmd("TYPE I")
            session.data = session.ftp.transfercmd(f"STOR {path}", rest=begun)
            session.data.sendall(data[begun:begun + 200_000])
        else:
            session.file = session.sftp.open(path, "r+")
            session.file.seek(begun)
            session.file.write(data[begun:begun + 200_000])
            session.file.stat()


class LongFolders(StorageCase):
    def test_every_entry_is_listed_once(self):
        home = self.server.home()
        home.mkdir(exist_ok=True)
        expected = {f"{number:06}" for number in range(ENTRIES)}
        for name in expected:
            (home / name).touch()
        with log_in(self.server) as ftp:
            self.check([name for name, _ in ftp.mlsd("/")], expected)
            self.check(ftp.nlst(), expected)
            lines = []
            ftp.retrlines("LIST /", lines.append)
            self.check([line.split()[-1] for line in lines], expected)
        with paramiko_sftp(self.server) as sftp:
            self.check(sftp.listdir("/"), expected)

    def check(self, names, expected):
        self.assertEqual(len(names), len(expected))
        self.assertTrue(set(names) == expected)


if __name__ == "__main__":
    unittest.main()
