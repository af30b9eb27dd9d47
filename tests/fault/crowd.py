"""Users who upload, overwrite and rename until the server is gone, and what they were promised until then."""

import random
import ssl
from concurrent.futures import ThreadPoolExecutor

from fault.doors import DOORS, FtpsDoor, SftpDoor
from support.case import sha256

SESSIONS = 3  # of each door
SIZES = (0, 1, 3_000, 40_000, 300_000)
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


def summary(data):
    """What a message has room for."""
    return "no file" if data is None else f"{len(data)} bytes, {sha256(data)}"


class Crowd:
    """All of the users at once, again and again. `lost`: what a client meets when the server is gone."""

    def __init__(self, lost=LOST):
        self.ledgers = {user: Ledger() for user in USERS}
        self._lost = lost

    @property
    def begun(self):
        return sum(ledger.begun for ledger in self.ledgers.values())

    @property
    def acknowledged(self):
        return sum(ledger.acknowledged for ledger in self.ledgers.values())

    def work(self, server, number, chance, enough, end):
        """Until the connections are lost; when clients have been told `enough` times that all is well, `end()`."""
        with ThreadPoolExecutor(len(USERS)) as clients:
            work = [clients.submit(self._send, server, user, number, enough, end, chance.randrange(1 << 30))
                    for user in USERS]
        for sent in work:
            sent.result()

    def _send(self, server, user, number, enough, end, seed):
        chance, ledger = random.Random(seed), self.ledgers[user]
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
                    end()
            session.close()
        except self._lost:
            pass

    def settle(self, case, number):
        """All files are those of the ledgers, and the ledgers' those that are there."""
        for user, ledger in self.ledgers.items():
            self._settle(case, user, ledger, number)
        for name, data in case.partials().items():
            case.fail(f"round {number}: {len(data)} bytes of {name} were kept: nobody had resumed anything")

    def _settle(self, case, user, ledger, number):
        home = case.server.home(user)
        if ledger.renaming:
            old, new, contents = ledger.renaming
            there = [name for name in (old, new) if (home / name).exists()]
            case.assertEqual(len(there), 1, f"round {number}, {user}: {old} renamed to {new}: {there}")
            ledger.allowed[there[0]], ledger.renaming = contents, None
        found = {path.name: path.read_bytes() for path in home.iterdir()} if home.exists() else {}
        for name, contents in ledger.allowed.items():
            allowed = [summary(data) for data in contents]
            case.assertIn(summary(found.get(name)), allowed, f"round {number}: {user}/{name}")
            ledger.allowed[name] = [found.get(name)]
        case.assertLessEqual(found.keys(), ledger.allowed.keys(), f"round {number}: {user}")
