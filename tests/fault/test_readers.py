"""Whoever looks at a folder, however often, sees whole versions and nothing else (P8)."""

import json

from fault.case import FaultCase, both_doors
from fault.companion import Companion
from fault.doors import DOORS, SftpDoor
from support.case import payload, sha256

ROUNDS = 10
PARTS = 5


def version(name, number):
    return payload(20_000 + 30_011 * number, seed=name)


def send_slowly(session, name, data, **how):
    """In parts, so that a reader has time to look between them."""
    upload = session.begin(name, **how)
    step = len(data) // PARTS + 1
    for at in range(0, len(data), step):
        upload.send(data[at:at + step])
    upload.finish()


class Readers(FaultCase):
    server_options = both_doors(users={"demo": {}, "other": {}, "keeper": {"overwrite": "keep"}})

    def watched(self, user, lasting, work):
        """Does `work(session)` through each door while somebody looks; what was seen."""
        home = self.server.home(user)
        for door in DOORS:
            session = self.enter(door, user)
            with Companion("watch.py", home, *lasting) as reader:
                work(session)
            found = json.loads(reader.said)
            print(f"{door.protocol}: looked {found['looks']} times", flush=True)
            self.assertEqual(found["missed"], [], "the name was free for a moment")
            yield session, {name: set(digests) for name, digests in found["seen"].items()}

    def assert_whole(self, seen, allowed):
        """Each content that was seen is a whole version of its name, and some were seen."""
        self.assertTrue(seen)
        for name, digests in seen.items():
            self.assertLessEqual(digests, {sha256(data) for data in allowed(name)}, name)

    def clear(self, session):
        for name in session.names("/"):
            session.remove(name)

    def test_P8_fresh_uploads_appear_whole(self):
        def work(session):
            for number in range(ROUNDS):
                send_slowly(session, f"fresh-{number}.bin", version("fresh", number))
        for session, seen in self.watched("demo", [], work):
            self.assert_whole(seen, lambda name: [version("fresh", int(name[6:-4]))])
            self.clear(session)

    def test_P8_who_is_notified_of_a_file_finds_it_whole(self):
        for door in DOORS:
            session = self.enter(door)
            with Companion("notified.py", self.server.home()) as reader:
                for number in range(ROUNDS):
                    send_slowly(session, f"fresh-{number}.bin", version("fresh", number))
                    send_slowly(session, "same.bin", version("same", number))
            found = json.loads(reader.said)
            self.assertIn("moved here", found["told"])
            self.assertFalse({"created", "modified"} & set(found["told"]), "files are made or written where they are seen")
            same = set(found["seen"].pop("same.bin"))
            self.assertLessEqual(same, {sha256(version("same", number)) for number in range(ROUNDS)})
            self.assertEqual(found["seen"], {f"fresh-{number}.bin": [sha256(version("fresh", number))]
                                             for number in range(ROUNDS)})
            self.clear(session)

    def test_P8_replaced_file_is_the_old_or_the_new_one(self):
        def work(session):
            for number in range(ROUNDS):
                send_slowly(session, "same.bin", version("same", number))
        for session, seen in self.watched("demo", ["same.bin"], work):
            self.assert_whole(seen, lambda _: [version("same", number) for number in range(ROUNDS)])
            self.clear(session)

    def test_P8_backups_are_whole_and_the_name_is_never_free(self):
        def work(session):
            for number in range(ROUNDS):
                send_slowly(session, "kept.bin", version("kept", number))
        for session, seen in self.watched("keeper", ["kept.bin"], work):
            self.assert_whole(seen, lambda _: [version("kept", number) for number in range(ROUNDS)])
            self.assertEqual(session.get(f"kept.bin.~{ROUNDS - 1}~"), version("kept", ROUNDS - 2))
            self.clear(session)

    def test_P8_resumed_upload_appears_when_it_is_whole(self):
        def work(session):
            for number in range(ROUNDS // 2):
                name, data = f"broken-{number}.bin", version("broken", number)
                kept = self.break_at_half(type(session), name, data)
                send_slowly(session, name, data[kept:], offset=kept)
        for session, seen in self.watched("demo", [], work):
            self.assert_whole(seen, lambda name: [version("broken", int(name[7:-4]))])
            self.clear(session)

    def break_at_half(self, door, name, data):
        """Leaves a partial; its size."""
        session = self.enter(door)
        upload = session.begin(name)  # held: its connection would end with it, and its event come too early to be counted
        upload.send(data[:len(data) // 2])
        before = len(self.server.events("file.abandoned"))
        # Not the session: then the server would not read what is still on its way through the data connection.
        upload.cut()
        self.wait_until(lambda: len(self.server.events("file.abandoned")) > before, "the upload is abandoned")
        session.close()
        again = self.enter(door)
        size = again.size(name)
        again.close()
        return size

    def test_P8_rename_over_a_file_replaces_it_at_once(self):
        def work(session):
            for number in range(ROUNDS):
                send_slowly(session, "staged.part", version("renamed", number))
                session.rename("staged.part", "renamed.bin")
        for session, seen in self.watched("demo", ["renamed.bin"], work):
            self.assert_whole(seen, lambda _: [version("renamed", number) for number in range(ROUNDS)])
            self.clear(session)

    def test_P8_file_that_is_changed_in_place_is_the_old_or_the_new_one(self):
        old, new = version("changed", 3), payload(50_000, seed="new")
        def work(session):
            for number in range(ROUNDS):
                session.put("changed.bin", old)
                session.put("changed.bin", new, offset=1000)
        changed = old[:1000] + new + old[1000 + len(new):]
        session = self.enter(SftpDoor)
        with Companion("watch.py", self.server.home(), "changed.bin") as reader:
            work(session)
        found = json.loads(reader.said)
        self.assertEqual(found["missed"], [])
        self.assertLessEqual(set(found["seen"]["changed.bin"]), {sha256(old), sha256(changed)})
        self.clear(session)
