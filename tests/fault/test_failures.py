"""Calls that fail, full disks and read-only file systems: the right answer, nothing left, nobody else disturbed (P11)."""

from attack.ssh_channel import FAILURE, PERMISSION_DENIED
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, Refused
from fault.faults import Faults
from support.case import payload

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

    server_options = both_doors(faults=Faults)

    def setUp(self):
        super().setUp()
        others = [self.enter(door, "other") for door in DOORS]
        self.others = [(f"undisturbed-{other.protocol}.bin", other.begin(f"undisturbed-{other.protocol}.bin"))
                       for other in others]
        for _, upload in self.others:
            upload.send(DATA[:300_000])
        self.staged = sorted(self.server.staged_sizes())

    def tearDown(self):
        for name, upload in self.others:
            upload.send(DATA[300_000:])
            upload.finish()
            self.assert_stored(name, DATA, "other")
        super().tearDown()

    def each_case(self, places=PLACES):
        for door in DOORS:
            session = self.enter(door)
            for operation, skip in places:
                for error in ANSWERS:
                    with self.subTest(door=door.protocol, operation=operation, skip=skip, error=error):
                        yield session, operation, skip, error
                    self.server.faults.clear()

    def refuse(self, session, action, operation, skip, error):
        """`action` meets `error` and is refused with what that deserves; exactly one call failed."""
        self.server.faults.fail(operation, error, skip)
        with self.assertRaises(Refused) as caught:
            action()
        self.assertEqual(self.server.faults.clear(), 1)
        self.assertEqual(caught.exception.code, ANSWERS[error][session.protocol], caught.exception)
        self.assertIn(WORDS[error], caught.exception.text.lower())

    def assert_nothing_left(self, contents):
        """The home holds `contents` alone, and of the upload that failed nothing is kept."""
        self.wait_until(lambda: len(self.server.staged_sizes()) == len(self.others), "only the others are staged")
        found = {path.name: path.read_bytes() for path in self.server.home().iterdir()}
        self.assertEqual(found, contents)
        self.assertEqual(self.partials(), {})

    def test_P11_upload_that_fails_is_refused_and_leaves_nothing(self):
        for session, *failure in self.each_case():
            self.refuse(session, lambda: session.put("fails.bin", DATA), *failure)
            self.assert_nothing_left({})
            self.server.wait_event("file.abandoned", path="/fails.bin")

    def test_P11_overwriting_that_fails_leaves_the_old_version(self):
        session = self.enter(DOORS[0])
        session.put("kept.bin", OLD)
        for session, *failure in self.each_case():
            self.refuse(session, lambda: session.put("kept.bin", DATA), *failure)
            self.assert_nothing_left({"kept.bin": OLD})
        session.remove("kept.bin")

    def test_P11_directories_names_and_removals_that_fail_are_refused(self):
        first = self.enter(DOORS[0])
        first.put("there.bin", OLD)
        for session, operation, skip, error in self.each_case([("rename", 0), ("unlink", 0), ("fsync directory", 0)]):
            if operation == "rename":
                self.refuse(session, lambda: session.rename("there.bin", "elsewhere.bin"), operation, skip, error)
            elif operation == "unlink":
                self.refuse(session, lambda: session.remove("there.bin"), operation, skip, error)
            else:
                self.refuse(session, lambda: session.mkdir("folder"), operation, skip, error)
                session.rmdir("folder")
            self.assert_nothing_left({"there.bin": OLD})
        first.remove("there.bin")

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
