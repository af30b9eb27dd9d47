"""Whatever extension the server lists works: each is used here, and a new one that is not makes this fail."""

import hashlib

from attack.ssh_case import SshCase
from attack.ssh_channel import EXTENDED, EXTENDED_REPLY, FOR_READING, NAME, OK, STATUS, Sftp
from attack.ssh_wire import string, u32, u64
from support.case import payload

DATA = payload(100_000, seed="extensions")
NO_ATTRIBUTES = u32(0)


class Extensions(SshCase):
    def setUp(self):
        super().setUp()
        self.client = Sftp(self.logged_in(), start=False)
        self.listed = self.names_in(self.client.init())
        self.assertEqual(self.client.put("stored.bin", DATA), OK)

    @staticmethod
    def names_in(version):
        """What VERSION lists, with the data of each."""
        version.u32()
        listed = {}
        while True:
            try:
                name = version.string().decode()
            except IndexError:
                return listed
            listed[name] = version.string().decode()

    def extended(self, name, fields):
        return self.client.ask(EXTENDED, string(name) + fields)

    def assert_ok(self, name, fields):
        kind, rest = self.extended(name, fields)
        self.assertEqual((kind, rest.u32()), (STATUS, OK))

    def assert_named(self, name, fields, path):
        kind, rest = self.extended(name, fields)
        self.assertEqual((kind, rest.u32(), rest.string().decode()), (NAME, 1, path))

    def reply(self, name, fields):
        kind, rest = self.extended(name, fields)
        self.assertEqual(kind, EXTENDED_REPLY)
        return rest

    def uses(self):
        """By the name of an extension. `check-file` is listed for the two requests that it stands for, too."""
        whole = string("sha256") + u64(0) + u64(0) + u32(0)
        return {
            "posix-rename@openssh.com": self.renamed,
            "statvfs@openssh.com": lambda name: self.assert_space(name, string("/")),
            "fstatvfs@openssh.com": lambda name: self.with_handle(lambda handle: self.assert_space(name, handle)),
            "fsync@openssh.com": self.synced,
            "lsetstat@openssh.com": lambda name: self.assert_ok(name, string("stored.bin") + NO_ATTRIBUTES),
            "limits@openssh.com": self.limits,
            "expand-path@openssh.com": lambda name: self.assert_named(name, string("~/a/../stored.bin"), "/stored.bin"),
            "copy-data": self.copied,
            "home-directory": lambda name: self.assert_named(name, string("demo"), "/"),
            "users-groups-by-id@openssh.com": self.owners,
            "check-file": lambda name: self.with_handle(lambda handle: self.assert_digest(name, handle + whole)),
            "check-file-handle": lambda name: self.with_handle(lambda handle: self.assert_digest(name, handle + whole)),
            "check-file-name": lambda name: self.assert_digest(name, string("stored.bin") + whole),
        }

    def test_each_that_is_listed_works(self):
        uses = self.uses()
        self.assertLessEqual(set(self.listed), set(uses))
        self.assertLessEqual(set(uses) - set(self.listed), {"check-file-handle", "check-file-name"})
        for name, use in uses.items():
            with self.subTest(name):
                use(name)

    def test_hard_links_are_not_listed(self):
        self.assertNotIn("hardlink@openssh.com", self.listed)

    # ---------------------------------------------------------------- uses

    def with_handle(self, use):
        handle = self.client.open("stored.bin", FOR_READING)
        use(string(handle))
        self.assertEqual(self.client.close(handle), OK)

    def assert_space(self, name, where):
        numbers = self.reply(name, where)
        block, fragment, blocks = numbers.u64(), numbers.u64(), numbers.u64()
        self.assertTrue(block and fragment and blocks)

    def assert_digest(self, name, fields):
        answer = self.reply(name, fields)
        algorithm, digest = self.digest_of(answer)
        self.assertEqual((algorithm, digest), (b"sha256", hashlib.sha256(DATA).digest()))

    @staticmethod
    def digest_of(answer):
        """Behind the name that paramiko skips, if it is there."""
        first = answer.string()
        algorithm = answer.string() if first == b"check-file" else first
        return algorithm, answer.rest()

    def renamed(self, name):
        self.assertEqual(self.client.put("other.bin", b"other"), OK)
        self.assert_ok(name, string("other.bin") + string("taken.bin"))
        self.assert_stored("taken.bin", b"other")

    def synced(self, name):
        handle = self.client.open("synced.bin")
        self.assertEqual(self.client.write(handle, 0, b"synced"), OK)
        self.assert_ok(name, string(handle))
        self.assertEqual(self.client.close(handle), OK)

    def limits(self, name):
        numbers = self.reply(name, b"")
        packet, read, write, handles = (numbers.u64() for _ in range(4))
        self.assertTrue(read < packet and write < packet and handles)

    def copied(self, name):
        source, target = self.client.open("stored.bin", FOR_READING), self.client.open("copied.bin")
        self.assert_ok(name, string(source) + u64(10) + u64(1000) + string(target) + u64(0))
        self.assertEqual(self.client.close(source), OK)
        self.assertEqual(self.client.close(target), OK)
        self.assert_stored("copied.bin", DATA[10:1010])

    def owners(self, name):
        answer = self.reply(name, string(u32(0)) + string(u32(0)))
        self.assertTrue(answer.string() and answer.string())
