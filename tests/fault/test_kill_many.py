"""SIGKILL while two hundred uploads are under way at the same time (P9)."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from fault.case import FaultCase, both_doors, seeded
from fault.crowd import LOST
from fault.doors import FtpsDoor, SftpDoor
from fault.faults import OPERATIONS, Faults
from support.case import payload

ROUNDS = 50
# An FTPS session has one transfer at a time, one of SFTP has many handles.
SESSIONS = [(FtpsDoor, 1)] * 20 + [(SftpDoor, 45)] * 4
UPLOADS = sum(count for _, count in SESSIONS)
QUOTA = 100 << 20


class Uploads:
    """Those of one session: name -> contents, and the names of those that were acknowledged."""

    def __init__(self, door, number, names, chance):
        self.door, self.user = door, f"many-{door.protocol}"
        self.contents = {name: payload(chance.randrange(2, 60_000), seed=f"{number}:{name}") for name in names}
        self.acknowledged = set()
        self._order = chance.sample(names, len(names))

    def work(self, server, all_under_way, told):
        """`told()` after each acknowledgement."""
        session = self.door(server, self.user)
        uploads = {name: session.begin(name) for name in self.contents}
        for name, upload in uploads.items():
            upload.send(self.contents[name][:len(self.contents[name]) // 2])
        all_under_way.wait()
        try:
            for name in self._order:
                uploads[name].send(self.contents[name][len(self.contents[name]) // 2:])
                uploads[name].finish()
                self.acknowledged.add(name)
                told()
            session.close()
        except LOST:
            pass


class KillMany(FaultCase):
    server_options = both_doors(users=["demo", "many-ftps", "many-sftp"], faults=Faults,
                                policy={"quota": f"{QUOTA}B"}, limits={"unauthenticated": "500:30:500"})

    def test_P9_kill_while_two_hundred_uploads_are_under_way(self):
        chance, acknowledged = seeded("kill many"), 0
        for number in range(ROUNDS):
            sessions = [Uploads(door, number, [f"{number}-{at}-{i}.bin" for i in range(count)], chance)
                        for at, (door, count) in enumerate(SESSIONS)]
            self.upload_until_death(sessions, chance)
            self.server.crash()
            self.server.faults.clear()
            self.server.recover()
            self.assertEqual(self.server.staged_sizes(), [], "staging was not swept at the start")
            for session in sessions:
                self.assert_kept(session)
                acknowledged += len(session.acknowledged)
            for door in (FtpsDoor, SftpDoor):
                self.assert_quota_and_clear(door)
        print(f"{ROUNDS * UPLOADS} uploads, {acknowledged} acknowledged, {ROUNDS} kills", flush=True)
        self.assertGreater(acknowledged, ROUNDS)

    def upload_until_death(self, sessions, chance):
        enough = threading.Semaphore(chance.randrange(UPLOADS))

        def choose_death():
            self.assertGreaterEqual(len(self.server.staged_sizes()), UPLOADS)
            self.server.faults.kill(chance.choice(OPERATIONS), skip=chance.randrange(UPLOADS),
                                    after=chance.random() < 0.5)

        def told():
            if not enough.acquire(blocking=False):
                self.server.signal(signal.SIGKILL)

        all_under_way = threading.Barrier(len(sessions), action=choose_death)
        with ThreadPoolExecutor(len(sessions)) as clients:
            work = [clients.submit(session.work, self.server, all_under_way, told) for session in sessions]
        for done in work:
            done.result()

    def assert_kept(self, session):
        """Each file that was acknowledged is there, and each that is there is whole."""
        for name, data in session.contents.items():
            path = self.server.home(session.user) / name
            if name in session.acknowledged or path.exists():
                self.assert_stored(name, data, session.user)

    def assert_quota_and_clear(self, door):
        session = self.enter(FtpsDoor, f"many-{door.protocol}")
        files = list(self.server.home(f"many-{door.protocol}").iterdir())
        self.assertEqual(self.left(session), QUOTA - sum(path.stat().st_size for path in files))
        for path in files:
            session.remove(path.name)
        self.assertEqual(self.left(session), QUOTA)

    @staticmethod
    def left(session):
        return int(session.expect("213", "AVBL").split()[-1])
