"""What policies allow and deny, as tables that run through both doors."""

import itertools
import time
import unittest

from support.doors import DOORS, Refused
from support.sallyport import Server

LONG_AGO = 1_500_000_000
USERS_EACH = 8

# What becomes of each verb on what somebody else has put there.
PRESETS = {
    "dropbox": {"upload", "list"},
    "exchange": {"upload", "download", "list", "stat", "rename", "mkdir"},
    "collect": {"download", "list", "stat", "delete"},
    "full": {"upload", "overwrite", "download", "list", "stat", "delete", "rename", "mkdir", "rmdir", "attributes"},
}
VERBS = {
    "upload": lambda session: session.put("/new.txt", b"new"),
    "overwrite": lambda session: session.put("/kept.txt", b"changed"),
    "download": lambda session: session.get("/kept.txt"),
    "list": lambda session: session.names("/"),
    "stat": lambda session: session.size("/kept.txt"),
    "delete": lambda session: session.remove("/kept.txt"),
    "rename": lambda session: session.rename("/kept.txt", "/moved.txt"),
    "mkdir": lambda session: session.mkdir("/made"),
    "rmdir": lambda session: session.rmdir("/folder"),
    "attributes": lambda session: session.set_time("/kept.txt", LONG_AGO),
}

RULES = [
    {"path": "/reports/**", "allow": ["list", "download"]},
    {"path": "/reports/drafts/**", "allow": []},
    {"path": "/in/*", "allow": ["upload", "stat", "rename"]},
    {"path": "/in/*.key", "allow": []},
]
POLICIES = {
    **{preset: {"preset": preset} for preset in PRESETS if preset != "full"},
    "ruled": {"preset": "full", "rule": RULES},
    "named": {"preset": "full", "names": ["*.csv", "report-?.xml"], "transient_names": ["*.part"]},
    "small": {"preset": "full", "max_file_size": "1KiB"},
    "deny": {"preset": "full", "overwrite": "deny"},
    "keep": {"preset": "full", "overwrite": "keep"},
    "replace": {"preset": "full", "overwrite": "replace"},
}


class Policies(unittest.TestCase):
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        users = {f"{policy}{i}": {"password": "a secret", "policy": policy}
                 for policy in ("full", *POLICIES) for i in range(USERS_EACH)}
        cls.server = Server(protocols=("ftps", "sftp"), users=users, policies=POLICIES, durability="none",
                            limits={"failed_login_delay": "100ms"}).start()
        cls.addClassCleanup(cls.server.stop)

    def enter(self, door, policy):
        """A session of a user of this policy, whose home nobody has used."""
        self.user = f"{policy}{next(self.numbers) % USERS_EACH}"
        self.home = self.server.home(self.user)
        self.reset()
        session = door(self.server, self.user)
        self.addCleanup(session.close)
        return session

    def reset(self):
        (self.home / "folder").mkdir(parents=True, exist_ok=True)
        (self.home / "kept.txt").write_bytes(b"kept")
        for name in ("new.txt", "moved.txt"):
            (self.home / name).unlink(missing_ok=True)

    def make(self, *paths):
        for path in paths:
            file = self.home / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"there")

    def allows(self, action):
        try:
            action()
        except Refused:
            return False
        return True

    def denials(self):
        return [(event["verb"], event["path"], event["rule"]) for event in self.server.events("policy.denied")
                if event["user"] == self.user]

    def assert_denied(self, expected):
        """These denials, and no others, of the user; the log may come a little later than the answers."""
        deadline = time.monotonic() + 20
        while len(self.denials()) < len(expected) and time.monotonic() < deadline:
            time.sleep(0.02)
        self.assertEqual(self.denials(), expected)

    def each_door(self, policy):
        for door in DOORS:
            with self.subTest(policy=policy, door=door.protocol):
                yield self.enter(door, policy)

    def test_presets_allow_exactly_their_verbs(self):
        for preset, allowed in PRESETS.items():
            for session in self.each_door(preset):
                found = set()
                for verb, action in VERBS.items():
                    self.reset()
                    if self.allows(lambda action=action: action(session)):
                        found.add(verb)
                self.assertEqual(found, allowed)

    def test_dropbox_lists_nothing_of_others(self):
        for session in self.each_door("dropbox"):
            self.assertEqual(session.names("/"), [])
            self.assertEqual((self.home / "kept.txt").read_bytes(), b"kept")

    def test_most_specific_rule_decides(self):
        cases = [
            ("upload", "/a.txt", True, ""),
            ("download", "/reports/a.pdf", True, ""),
            ("upload", "/reports/a.pdf", False, "policy.ruled.rule /reports/**: does not allow upload"),
            ("download", "/reports/drafts/a.pdf", False,
             "policy.ruled.rule /reports/drafts/**: does not allow download"),
            ("upload", "/in/a.txt", True, ""),
            ("upload", "/in/a.key", False, "policy.ruled.rule /in/*.key: does not allow upload"),
            ("upload", "/in/deep/a.key", True, ""),
            ("delete", "/in/there.txt", False, "policy.ruled.rule /in/*: does not allow delete"),
        ]
        actions = {"upload": lambda session, path: session.put(path, b"x"),
                   "download": lambda session, path: session.get(path),
                   "delete": lambda session, path: session.remove(path)}
        for session in self.each_door("ruled"):
            for verb, path, allowed, rule in cases:
                self.make("/in/there.txt", "/in/deep/there.txt")
                if verb == "download":
                    self.make(path)
                with self.subTest(verb=verb, path=path):
                    self.assertEqual(self.allows(lambda: actions[verb](session, path)), allowed)
            self.assert_denied([(verb, path, rule) for verb, path, allowed, rule in cases if not allowed])

    def test_folder_is_no_way_around_the_rules_below_it(self):
        for session in self.each_door("ruled"):
            self.make("/reports/drafts/secret.txt", "/free/a.txt")
            for source, target in (("/reports", "/mine"), ("/reports/drafts", "/mine"), ("/free", "/in"),
                                   ("/free", "/reports/free")):
                self.assertFalse(self.allows(lambda: session.rename(source, target)), f"{source} to {target}")
            self.assertFalse(self.allows(lambda: session.rmdir("/reports")))
            self.assertTrue((self.home / "reports/drafts/secret.txt").exists())
            session.rename("/free", "/freed")
            self.assertTrue((self.home / "freed/a.txt").exists())

    def test_listing_shows_what_cannot_be_touched(self):
        for session in self.each_door("ruled"):
            self.make("/reports/drafts/secret.txt", "/reports/a.pdf")
            self.assertEqual(session.names("/reports"), ["a.pdf", "drafts"])
            self.assertFalse(self.allows(lambda: session.names("/reports/drafts")))

    def test_names_hold_for_uploads_and_renames(self):
        for session in self.each_door("named"):
            self.assertTrue(self.allows(lambda: session.put("/a.csv", b"1")))
            self.assertTrue(self.allows(lambda: session.put("/report-1.xml", b"1")))
            self.assertFalse(self.allows(lambda: session.put("/a.exe", b"1")))
            self.assertFalse(self.allows(lambda: session.put("/report-10.xml", b"1")))
            self.assertTrue(self.allows(lambda: session.put("/b.exe.part", b"1")))
            self.assertFalse(self.allows(lambda: session.rename("/b.exe.part", "/b.exe")))
            self.assertTrue(self.allows(lambda: session.rename("/b.exe.part", "/b.csv")))
            self.assertTrue(self.allows(lambda: session.mkdir("/any.thing")))
            rule = "policy.named.names"
            self.assert_denied([("upload", "/a.exe", rule), ("upload", "/report-10.xml", rule),
                                ("rename", "/b.exe", rule)])
            self.assertEqual(sorted(path.name for path in self.home.iterdir()),
                             ["a.csv", "any.thing", "b.csv", "folder", "kept.txt", "report-1.xml"])

    def test_overwrite_modes(self):
        after = {"deny": {"kept.txt": b"kept"}, "replace": {"kept.txt": b"changed"},
                 "keep": {"kept.txt": b"changed", "kept.txt.~1~": b"kept"}}
        for policy, files in after.items():
            for session in self.each_door(policy):
                stored = self.allows(lambda: session.put("/kept.txt", b"changed"))
                self.assertEqual(stored, policy != "deny")
                found = {path.name: path.read_bytes() for path in self.home.iterdir() if path.is_file()}
                self.assertEqual(found, files)

    def test_rename_onto_a_file_obeys_the_overwrite_mode(self):
        after = {"deny": {"kept.txt": b"kept", "there.txt": b"there"}, "replace": {"kept.txt": b"there"},
                 "keep": {"kept.txt": b"there", "kept.txt.~1~": b"kept"}}
        for policy, files in after.items():
            for session in self.each_door(policy):
                self.make("/there.txt")
                for name in ("kept.txt.~1~",):
                    (self.home / name).unlink(missing_ok=True)
                self.assertEqual(self.allows(lambda: session.rename("/there.txt", "/kept.txt")), policy != "deny")
                found = {path.name: path.read_bytes() for path in self.home.iterdir() if path.is_file()}
                self.assertEqual(found, files)

    def test_file_that_grows_too_large_is_not_kept(self):
        for session in self.each_door("small"):
            self.assertTrue(self.allows(lambda: session.put("/fits.bin", bytes(1024))))
            self.assertFalse(self.allows(lambda: session.put("/large.bin", bytes(1025))))
            self.assertFalse((self.home / "large.bin").exists())
            session.close()
        self.assertEqual(self.server.staged_sizes(), [])
