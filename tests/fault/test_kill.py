"""SIGKILL at any moment loses nothing that was acknowledged and shows nothing that is not whole (P9)."""

import random
import signal
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

from fault.case import FaultCase, both_doors, seeded
from fault.doors import DOORS, HELD_BACK, FtpsDoor, SftpDoor
from fault.faults import OPERATIONS, Faults
from support.case import payload

ROUNDS = 50
SESSIONS = 3  # of each door
UPLOADS = 200
SIZES = (0, 1, 3_000, 40_000, 300_000)
LONG = payload(200_000, seed="resumed")
LOST = (OSError, EOFError, ssl.SSLError)
USERS = [f"{door.protocol}{i}" for door in DOORS for i in range(SESSIONS)]


class Ledger:
    """What a user has been promised: for each name the contents that it may have, None for no file."""

    def __init__(self):
        self.allowed, self.begun, self.acknowledged = {}, 0, 0

    def begin(self, name, data):
        self.begun += 1
        self.allowed[name] = self.allowed.get(name, [None])[-1:] + [data]

    def end(self, name):
        self.acknowledged += 1
        self.allowed[name] = self.allowed[name][-1:]

    def begin_rename(self, old, new):
        """Settled by `end_rename`, or by looking at which of the two names is there."""
        self.renaming = old, new, self.allowed.pop(old)

    def end_rename(self):
        _, new, contents = self.renaming
        self.allowed[new], self.renaming = contents, None

    renaming = None


class Kill(FaultCase):
    server_options = both_doors(users=["demo", *USERS], faults=Faults)

    def crash_and_restart(self):
        """Waits until the server has died of its plan, or kills it."""
        self.server.crash()
        self.server.faults.clear()
        self.server.recover()
        self.assertEqual(self.server.staged_sizes(), [], "staging was not swept at the start")

    def test_P9_kill_at_any_moment_of_many_uploads(self):
        chance = seeded("kill")
        ledgers = {user: Ledger() for user in USERS}
        for number in range(ROUNDS):
            enough = self.choose_death(chance)
            with ThreadPoolExecutor(len(USERS)) as clients:
                work = [clients.submit(send, self.server, user, ledgers[user], number, enough,
                                       chance.randrange(1 << 30)) for user in USERS]
            for sent in work:
                sent.result()
            self.crash_and_restart()
            for user, ledger in ledgers.items():
                self.settle(user, ledger, number)
        begun = sum(ledger.begun for ledger in ledgers.values())
        acknowledged = sum(ledger.acknowledged for ledger in ledgers.values())
        print(f"{begun} uploads, {acknowledged} acknowledged, {ROUNDS} kills", flush=True)
        self.assertGreater(begun, UPLOADS)
        self.assertGreater(acknowledged, UPLOADS // 2)

    def choose_death(self, chance):
        """Before or after some call of the server's, or when clients were told so many times that all is well."""
        if chance.random() < 0.2:
            return threading.Semaphore(chance.randrange(3 * len(USERS)))
        self.server.faults.kill(chance.choice(OPERATIONS), skip=chance.randrange(4 * len(USERS)),
                                after=chance.random() < 0.5)
        return threading.Semaphore(6 * len(USERS))

    def settle(self, user, ledger, number):
        """The user's files are those of the ledger, and the ledger's those that are there."""
        home = self.server.home(user)
        if ledger.renaming:
            old, new, contents = ledger.renaming
            there = [name for name in (old, new) if (home / name).exists()]
            self.assertEqual(len(there), 1, f"round {number}, {user}: {old} renamed to {new}: {there}")
            ledger.allowed[there[0]], ledger.renaming = contents, None
        found = {path.name: path.read_bytes() for path in home.iterdir()} if home.exists() else {}
        for name, contents in ledger.allowed.items():
            self.assertIn(found.get(name), contents, f"round {number}: {user}/{name}")
            ledger.allowed[name] = [found.get(name)]
        self.assertLessEqual(found.keys(), ledger.allowed.keys(), f"round {number}: {user}")
        for name, data in self.partials().items():
            self.fail(f"round {number}: {len(data)} bytes of {name} were kept: nobody had resumed anything")

    def test_P9_kill_while_an_upload_goes_on_after_a_break_loses_nothing_of_it(self):
        chance = seeded("resume")
        for number in range(12):
            for user, door in ((USERS[0], FtpsDoor), (USERS[-1], SftpDoor)):
                name = f"long-{number}.bin"
                kept = self.leave_partial(door, user, name, chance.randrange(1 + HELD_BACK, len(LONG)))
                self.server.faults.kill(chance.choice(("write", "fsync file", "rename", "fsync directory")),
                                        skip=chance.randrange(2), after=chance.random() < 0.5)
                try:
                    session = door(self.server, user)
                    session.put(name, LONG[kept:], offset=kept)
                except LOST:
                    pass
                self.crash_and_restart()
                self.finish_long(door, user, name, kept)

    def leave_partial(self, door, user, name, count):
        session = door(self.server, user)
        upload = session.begin(name)
        upload.send(LONG[:count])
        session.cut()
        self.server.wait_event("file.abandoned", user=user, path=f"/{name}")
        session.close()
        self.wait_until(lambda: name in self.partials(), "the partial is kept")
        return len(self.partials()[name])

    def finish_long(self, door, user, name, kept):
        session = door(self.server, user)
        there = session.size(name)
        self.assertTrue(kept - HELD_BACK <= there <= len(LONG), f"{name}: {there} bytes of {kept} are left")
        if not (self.server.home(user) / name).exists():
            self.assertEqual(self.partials()[name], LONG[:there])
            session.put(name, LONG[there:], offset=there)
        session.close()
        self.assert_stored(name, LONG, user)
        self.assertNotIn(name, self.partials())


def send(server, user, ledger, number, enough, seed):
    """Uploads, overwrites and renames until the connection is lost or clients have been told `enough` times."""
    chance = random.Random(seed)
    door = FtpsDoor if user.startswith("ftps") else SftpDoor
    try:
        session = door(server, user)
        for i in range(8):
            name = chance.choice((f"{number}-{i}.bin", "again.bin"))
            data = chance.randbytes(chance.choice(SIZES))
            ledger.begin(name, data)
            session.put(name, data)
            ledger.end(name)
            if chance.random() < 0.3 and name != "again.bin":
                ledger.begin_rename(name, f"renamed-{name}")
                session.rename(name, f"renamed-{name}")
                ledger.end_rename()
            if not enough.acquire(blocking=False):
                server.signal(signal.SIGKILL)
        session.close()
    except LOST:
        pass
