"""The same user meets the same rules, files and events at either door."""

import itertools
import unittest

from support.doors import DOORS, Ftps, Refused, Sftp
from support.sallyport import Server

PRESETS = ("full", "exchange", "collect", "dropbox")
# What a door may not change in the events about files.
FIELDS = ("level", "event", "path", "to", "size", "sha256", "resumed", "verb", "rule")
FILE_EVENTS = ("file.received", "file.sent", "file.deleted", "file.renamed", "dir.created", "dir.removed",
               "policy.denied")


def outcome(action):
    """What an action yields, or "refused"."""
    try:
        return action()
    except Refused:
        return "refused"


class BothDoors(unittest.TestCase):
    """Each script runs through each door, for a user of its own whose home holds `kept.txt` and `folder`."""

    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.users = {f"{preset}{i}": {"password": "a secret", "policy": preset} for preset in PRESETS for i in range(40)}
        transient = {"transient_names": ["*.part"]}
        cls.server = Server(protocols=("ftps", "sftp"), users=cls.users, policy=transient,
                            policies={name: {"preset": name, **transient} for name in PRESETS if name != "full"},
                            limits={"failed_login_delay": "100ms"}).start()
        cls.addClassCleanup(cls.server.stop)

    def enter(self, door, user):
        session = door(self.server, user)
        self.addCleanup(session.close)
        return session

    def new_user(self, preset):
        user = f"{preset}{next(self.numbers) % 40}"
        home = self.server.home(user)
        (home / "folder").mkdir(parents=True)
        (home / "kept.txt").write_bytes(b"kept")
        return user

    def events_of(self, user):
        return [{key: event[key] for key in FIELDS if key in event} for event in self.server.events()
                if event.get("user") == user and event["event"] in FILE_EVENTS]

    def same(self, script, presets=PRESETS):
        """Runs `script(session)` through each door as each preset; outcomes, files and events must be equal."""
        for preset in presets:
            seen = []
            for door in DOORS:
                user = self.new_user(preset)
                session = self.enter(door, user)
                outcomes = [outcome(action) for action in script(session)]
                session.close()
                self.server.wait_event("session.close", user=user)
                home = self.server.home(user)
                files = {str(path.relative_to(home)): path.read_bytes() if path.is_file() else None
                         for path in home.rglob("*")}
                seen.append((outcomes, files, self.events_of(user)))
            with self.subTest(preset):
                self.assertEqual(*seen)
        return seen[0]

    def test_uploads_and_downloads(self):
        outcomes, files, events = self.same(lambda session: [
            lambda: session.put("/new.txt", b"new"), lambda: session.get("/new.txt"),
            lambda: session.put("/folder/deep.txt", b""), lambda: session.size("/new.txt"),
            lambda: session.get("/missing.txt")], ["dropbox", "collect", "exchange", "full"])
        self.assertEqual(outcomes, [None, b"new", None, 3, "refused"])
        self.assertEqual(files["new.txt"], b"new")
        self.assertEqual([event["event"] for event in events], ["file.received", "file.sent", "file.received"])

    def test_overwriting(self):
        outcomes, files, _ = self.same(lambda session: [lambda: session.put("/kept.txt", b"changed")],
                                       ["dropbox", "collect", "exchange", "full"])
        self.assertEqual((outcomes, files["kept.txt"]), ([None], b"changed"))
        outcomes, files, events = self.same(lambda session: [lambda: session.put("/kept.txt", b"changed")], ["exchange"])
        self.assertEqual((outcomes, files["kept.txt"]), (["refused"], b"kept"))
        self.assertEqual([event["event"] for event in events], ["policy.denied"])

    def test_names(self):
        # FTP looks for a file before it asks for its new name, so what is renamed is there.
        self.same(lambda session: [
            lambda: session.mkdir("/made"), lambda: session.mkdir("/made"), lambda: session.put("/folder/a.txt", b"a"),
            lambda: session.rename("/kept.txt", "/folder/b.txt"), lambda: session.rmdir("/folder"),
            lambda: session.remove("/kept.txt"), lambda: session.remove("/folder/b.txt"),
            lambda: session.rmdir("/made"), lambda: session.remove("/missing")], ["full", "exchange", "collect"])

    def test_dropbox_sees_what_it_brought_and_nothing_else(self):
        outcomes, _, _ = self.same(lambda session: [
            lambda: session.put("/mine.txt", b"mine"), lambda: session.names("/"), lambda: session.size("/mine.txt"),
            lambda: session.size("/kept.txt"), lambda: session.get("/kept.txt"), lambda: session.get("/mine.txt"),
            lambda: session.remove("/kept.txt"), lambda: session.remove("/mine.txt")], ["dropbox"])
        self.assertEqual(outcomes[2:], [4, "refused", "refused", "refused", "refused", None])

    def test_names_that_lead_out_or_are_none(self):
        outcomes, files, _ = self.same(lambda session: [
            lambda: session.put("/../../out.txt", b"inside"), lambda: session.put("/a\x1bb", b"x"),
            lambda: session.put("/" + "x" * 256, b"x"), lambda: session.put("/.sallyport/x", b"x"),
            lambda: session.put("/missing/x", b"x"), lambda: session.mkdir("/kept.txt/x")], ["full"])
        self.assertEqual(outcomes, [None] + ["refused"] * 5)
        self.assertEqual(files["out.txt"], b"inside")

    def test_transient_name_is_announced_under_its_lasting_one(self):
        _, _, events = self.same(lambda session: [
            lambda: session.put("/data.csv.part", b"1;2"), lambda: session.rename("/data.csv.part", "/data.csv")], ["full"])
        self.assertEqual([(event["event"], event["path"]) for event in events],
                         [("file.renamed", "/data.csv.part"), ("file.received", "/data.csv")])

    def test_upload_that_breaks_at_one_door_goes_on_at_the_other(self):
        for first, second in ((Ftps, Sftp), (Sftp, Ftps)):
            with self.subTest(f"{first.protocol}, then {second.protocol}"):
                user = self.new_user("full")
                self.enter(first, user).begin("/big.bin", b"first half, ")
                self.server.wait_event("file.abandoned", user=user, path="/big.bin")
                self.assertFalse((self.server.home(user) / "big.bin").exists())
                session = self.enter(second, user)
                there = session.size("/big.bin")
                self.assertEqual(there, 11)
                session.put("/big.bin", b" second half", offset=there)
                self.assertEqual(self.server.stored("big.bin", user), b"first half, second half")
                self.server.wait_event("file.received", user=user, path="/big.bin", resumed=True)
