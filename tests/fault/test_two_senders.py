"""Two sessions that send to one name at the same time, one through each door: one wins, and nothing mixes (P7)."""

import threading
from concurrent.futures import ThreadPoolExecutor

from fault.case import FaultCase, both_doors
from fault.doors import DOORS, FtpsDoor, Refused
from support.case import payload

ROUNDS = 12
USERS = {"demo": {}, "other": {}, "replace": {"overwrite": "replace"}, "deny": {"overwrite": "deny"},
         "keep": {"overwrite": "keep"}}


class TwoSenders(FaultCase):
    server_options = both_doors(users=USERS)

    def each_round(self, user):
        """Yields a name, the two contents that went there and which of them were acknowledged."""
        sessions = [self.enter(door, user) for door in DOORS]
        for number in range(ROUNDS):
            name = f"contested-{number}.bin"
            contents = [payload(90_000 + 10_007 * number + i, seed=f"{user}{i}") for i in range(len(sessions))]
            yield name, contents, self.race(sessions, name, contents)

    def race(self, sessions, name, contents):
        """All have begun and sent a half before any goes on."""
        uploads = [session.begin(name) for session in sessions]
        for upload, data in zip(uploads, contents):
            upload.send(data[:len(data) // 2])
        start = threading.Barrier(len(uploads))
        with ThreadPoolExecutor(len(uploads)) as pool:
            work = [pool.submit(finish, upload, data[len(data) // 2:], start) for upload, data in zip(uploads, contents)]
        return [sent.result() for sent in work]

    def versions(self, user, name):
        return {path.name: path.read_bytes() for path in self.server.home(user).iterdir() if path.name.startswith(name)}

    def test_P7_deny_acknowledges_one_and_keeps_its_bytes(self):
        for name, contents, acknowledged in self.each_round("deny"):
            self.assertEqual(sorted(acknowledged), [False, True], name)
            winner = acknowledged.index(True)
            self.assertTrue(self.versions("deny", name) == {name: contents[winner]}, f"{name} is not the winner's")
        self.assertEqual(self.partials(), {})

    def test_P7_replace_acknowledges_both_and_the_last_stays_whole(self):
        for name, contents, acknowledged in self.each_round("replace"):
            self.assertEqual(acknowledged, [True, True], name)
            self.assertIn(self.versions("replace", name), [{name: data} for data in contents])

    def test_P7_keep_acknowledges_both_and_keeps_both(self):
        for name, contents, acknowledged in self.each_round("keep"):
            self.assertEqual(acknowledged, [True, True], name)
            found = self.versions("keep", name)
            self.assertEqual(found.keys(), {name, f"{name}.~1~"})
            self.assertTrue(sorted(found.values()) == sorted(contents), f"{name}: a version is lost or mixed")

    def test_P7_the_one_that_comes_later_is_refused_before_it_sends_anything(self):
        for door in DOORS:
            name = f"taken-{door.protocol}.bin"
            self.enter(FtpsDoor, "deny").put(name, b"first")
            self.assertRaises(Refused, self.enter(door, "deny").begin, name)
            self.assertEqual(self.server.stored(name, "deny"), b"first")


def finish(upload, rest, start):
    """Sends the rest when both are there; whether it was acknowledged."""
    start.wait(60)
    upload.send(rest)
    try:
        upload.finish()
        return True
    except Refused:
        return False
