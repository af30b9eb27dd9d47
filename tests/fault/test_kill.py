"""SIGKILL at any moment loses nothing that was acknowledged and shows nothing that is not whole (P9)."""

import signal
import threading

from fault.case import FaultCase, both_doors, seeded
from fault.crowd import LOST, USERS, Crowd
from fault.doors import HELD_BACK, FtpsDoor, SftpDoor
from fault.faults import OPERATIONS, Faults
from support.case import payload

ROUNDS = 50
UPLOADS = 200
QUOTA = 100 << 20
LONG = payload(200_000, seed="resumed")


class Kill(FaultCase):
    server_options = both_doors(users=["demo", *USERS], faults=Faults, policy={"quota": f"{QUOTA}B"})

    def crash_and_restart(self):
        """Waits until the server has died of its plan, or kills it."""
        self.server.crash()
        self.server.faults.clear()
        self.server.recover()
        self.assertEqual(self.server.staged_sizes(), [], "staging was not swept at the start")

    def test_P9_kill_at_any_moment_of_many_uploads(self):
        chance, crowd = seeded("kill"), Crowd()
        for number in range(ROUNDS):
            enough = self.choose_death(chance)
            crowd.work(self.server, number, chance, enough, lambda: self.server.signal(signal.SIGKILL))
            self.crash_and_restart()
            crowd.settle(self, number)
            self.assert_quota(chance.choice(USERS))
        print(f"{crowd.begun} uploads, {crowd.acknowledged} acknowledged, {ROUNDS} kills", flush=True)
        self.assertGreater(crowd.begun, UPLOADS)
        self.assertGreater(crowd.acknowledged, UPLOADS // 2)

    def assert_quota(self, user):
        """What is left is what no file of the user's takes."""
        session = FtpsDoor(self.server, user)
        used = sum(path.stat().st_size for path in self.server.home(user).iterdir())
        self.assertEqual(session.expect("213", "AVBL").split()[-1], str(QUOTA - used), user)
        session.close()

    def choose_death(self, chance):
        """Before or after some call of the server's, or when clients were told so many times that all is well."""
        if chance.random() < 0.2:
            return threading.Semaphore(chance.randrange(3 * len(USERS)))
        self.server.faults.kill(chance.choice(OPERATIONS), skip=chance.randrange(4 * len(USERS)),
                                after=chance.random() < 0.5)
        return threading.Semaphore(6 * len(USERS))

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
