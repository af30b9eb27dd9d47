"""Calls that fail, full disks and read-only file systems: the right answer, nothing left, nobody else disturbed (P11)."""

from attack.ssh_channel import FAILURE, PERMISSION_DENIED
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, Refused
from fault.faults import EVER, Faults
from support.case import payload, sha256

DATA = payload(600_000, seed="failures")
OLD = b"the version before"
# What each door answers.
ANSWERS = {"ENOSPC": {"ftps": "452", "sftp": FAILURE}, "EDQUOT": {"ftps": "552", "sftp": FAILURE},
           "EIO": {"ftps": "451", "sftp": FAILURE}, "EROFS": {"ftps": "550", "sftp": PERMISSION_DENIED},
           "EACCES": {"ftps": "550", "sftp": PERMISSION_DENIED}}
WORDS = {"ENOSPC": "no space", "EDQUOT": "quota", "EIO": "storage failed", "EROFS": "read-only",
         "EACCES": "permission denied"}
# Calls of one upload; the first part of 600,000 bytes is written, a later one is not.
PLACES = [("make file", 0), ("write", 0), ("write", 1), ("fsync file", 0), ("rename", 0), ("fsync directory", 0)]


class Failures(FaultCase):
    """Somebody else's upload is under way at each door all the time, and goes on at the end."""

    server_options = both_doors(users={"demo": {}, "other": {}, "keeper": {"overwrite": "keep"}}, faults=Faults)

    def setUp(self):
        super().setUp()
        others = [self.enter(door, "other") for door in DOORS]
        self.others = [(f"undisturbed-{other.protocol}.bin", other.begin(f"undisturbed-{other.protocol}.bin"))
                       for other in others]
        for _, upload in self.others:
            upload.send(DATA[:300_000])

    def tearDown(self):
        for name, upload in self.others:
            upload.send(DATA[300_000:])
            upload.finish()
            self.assert_stored(name, DATA, "other")
        super().tearDown()

    def each_case(self, check, places=PLACES, user="demo"):
        """`check(session, operation, skip, error)` for each failure at each door."""
        for door in DOORS:
            session = self.enter(door, user)
            for operation, skip in places:
                for error in ANSWERS:
                    with self.subTest(door=door.protocol, operation=operation, skip=skip, error=error):
                        check(session, operation, skip, error)
                    self.server.faults.clear()

    def refuse(self, session, action, operation, skip, error):
        """`action` meets `error` and is refused with what that deserves; exactly one call failed."""
        self.server.faults.fail(operation, error, skip)
        with self.assertRaises(Refused) as caught:
            action()
        self.assertEqual(self.server.faults.clear(), 1)
        self.assertEqual(caught.exception.code, ANSWERS[error][session.protocol], caught.exception)
        self.assertIn(WORDS[error], caught.exception.text.lower())

    def assert_nothing_left(self, contents, user="demo"):
        """The home holds `contents` alone, and of the upload that failed nothing is kept."""
        self.wait_until(lambda: len(self.server.staged_sizes()) == len(self.others), "only the others are staged")
        found = {path.name: sha256(path.read_bytes()) for path in self.server.home(user).iterdir()}
        self.assertEqual(found, {name: sha256(data) for name, data in contents.items()})
        self.assertEqual(self.partials(), {})

    def test_P11_upload_that_fails_is_refused_and_leaves_nothing(self):
        def check(session, *failure):
            self.refuse(session, lambda: session.put("fails.bin", DATA), *failure)
            self.assert_nothing_left({})
        self.each_case(check)
        self.server.wait_event("file.abandoned", path="/fails.bin")

    def test_P11_overwriting_that_fails_leaves_the_old_version(self):
        def check(session, *failure):
            session.put("kept.bin", OLD)
            self.refuse(session, lambda: session.put("kept.bin", DATA), *failure)
            self.assert_nothing_left({"kept.bin": OLD})
        self.addCleanup((self.server.home() / "kept.bin").unlink)
        self.each_case(check, [*PLACES, ("exchange", 0)])

    def test_P11_backup_that_fails_leaves_the_old_version_and_no_backup(self):
        def check(session, *failure):
            if not (home / "kept.bin").exists():
                session.put("kept.bin", OLD)
            self.refuse(session, lambda: session.put("kept.bin", DATA), *failure)
            self.assert_nothing_left({"kept.bin": OLD}, "keeper")
        home = self.server.home("keeper")
        self.addCleanup(lambda: (home / "kept.bin").unlink())
        self.each_case(check, [("rename", 0), ("rename", 1), ("exchange", 0), ("fsync directory", 0)], "keeper")

    def test_file_system_that_cannot_exchange_names_replaces_and_keeps_all_the_same(self):
        for door in DOORS:
            for user, versions in (("demo", {"same.bin": DATA}), ("keeper", {"same.bin": DATA, "same.bin.~1~": OLD})):
                session = self.enter(door, user)
                session.put("same.bin", OLD)
                self.server.faults.fail("exchange", "EINVAL", times=EVER)
                session.put("same.bin", DATA)
                self.assertEqual(self.server.faults.clear(), 1)
                self.assert_nothing_left(versions, user)
                for name in versions:
                    session.remove(name)

    def test_P11_directories_names_and_removals_that_fail_are_refused(self):
        def check(session, operation, skip, error):
            action = {"rename": lambda: session.rename("there.bin", "elsewhere.bin"),
                      "unlink": lambda: session.remove("there.bin"),
                      "fsync directory": lambda: session.mkdir("folder")}[operation]
            self.refuse(session, action, operation, skip, error)
            self.assert_nothing_left({"there.bin": OLD})
        self.enter(DOORS[0]).put("there.bin", OLD)
        self.addCleanup((self.server.home() / "there.bin").unlink)
        self.each_case(check, [("rename", 0), ("unlink", 0), ("fsync directory", 0)])

    def test_P11_rename_that_cannot_be_made_durable_is_undone(self):
        def check(session, operation, skip, error):
            for source, target in (("there.bin", "elsewhere.bin"), ("folder", "elsewhere"), ("there.bin", "folder/it.bin")):
                if skip == 0 or "/" in target:
                    self.refuse(session, lambda: session.rename(source, target), operation, skip, error)
                self.assertEqual(self.everything("demo"), {"there.bin": OLD, "folder": None})
        home = self.server.home()
        first = self.enter(DOORS[0])
        first.put("there.bin", OLD)
        first.mkdir("folder")
        self.addCleanup((home / "folder").rmdir)
        self.addCleanup((home / "there.bin").unlink)
        self.each_case(check, [("fsync directory", 0), ("fsync directory", 1)])

    def test_P11_backup_by_a_rename_that_cannot_be_made_durable_is_undone(self):
        def check(session, *failure):
            self.refuse(session, lambda: session.rename("new.bin", "kept.bin"), *failure)
            self.assertEqual(self.everything("keeper"), {"kept.bin": OLD, "new.bin": b"new"})
        home, first = self.server.home("keeper"), self.enter(DOORS[0], "keeper")
        for name, data in (("kept.bin", OLD), ("new.bin", b"new")):
            first.put(name, data)
            self.addCleanup((home / name).unlink)
        self.each_case(check, [("fsync directory", 0)], "keeper")

    def everything(self, user):
        home = self.server.home(user)
        return {str(path.relative_to(home)): None if path.is_dir() else path.read_bytes() for path in home.rglob("*")}

    def test_P11_every_call_of_an_upload_fails_in_turn_and_the_next_upload_works(self):
        for door in DOORS:
            session = self.enter(door)
            for operation, _ in PLACES:
                self.server.faults.fail(operation, "EIO", times=3)
                self.assertRaises(Refused, session.put, "again.bin", DATA)
                self.server.faults.clear()
                session.put("again.bin", DATA)
                self.assert_stored("again.bin", DATA)
                session.remove("again.bin")
