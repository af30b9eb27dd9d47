"""A power cut takes everything that was not on disk, and nothing that was acknowledged (P10)."""

import contextlib
import os
import threading

from fault.block_device import MIB, BlockDevice, enter_namespace
from fault.case import FaultCase, both_doors, seeded
from fault.crowd import LOST, USERS, Crowd, summary
from fault.doors import DOORS, Refused
from support.case import payload

ROUNDS = 12
SIZE = 384 * MIB
DATA = payload(300_000, seed="power")
LONG = payload(8 * MIB, seed="partial")
LOGIN_REFUSED = AssertionError  # what both peers make of it


@contextlib.contextmanager
def syncing(device):
    """What is written goes to the disk meanwhile, as it does after some seconds."""
    ended = threading.Event()

    def sync():
        while not ended.is_set():
            device.sync()

    thread = threading.Thread(target=sync)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


class PowerCase(FaultCase):
    kind, durability = "ext4", "fsync"

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        cls.device = BlockDevice(SIZE, cls.kind)
        cls.addClassCleanup(cls.device.close)
        cls.server_options = both_doors(users=["demo", *USERS], durability=cls.durability,
                                        storage={"root": str(cls.device.mount_point / "files")})
        super().setUpClass()
        os.sync()  # the root itself is nothing that was acknowledged

    def cut_and_restart(self):
        self.device.cut_power()
        self.server.crash()
        self.device.unmount()
        self.device.mount()
        self.server.recover()
        self.assertEqual(self.server.staged_sizes(), [], "staging was not swept at the start")


class PowerCut(PowerCase):
    def test_P10_power_cut_at_any_moment_of_many_uploads_loses_nothing_acknowledged(self):
        chance, crowd = seeded("power cut"), Crowd(lost=(*LOST, Refused, LOGIN_REFUSED))
        for number in range(ROUNDS):
            enough = threading.Semaphore(chance.randrange(5 * len(USERS)))
            crowd.work(self.server, number, chance, enough, self.device.cut_power)
            self.cut_and_restart()
            crowd.settle(self, number)
        print(f"{crowd.begun} uploads, {crowd.acknowledged} acknowledged, {ROUNDS} power cuts", flush=True)
        self.assertGreater(crowd.acknowledged, ROUNDS)

    def test_P10_directories_names_and_removals_are_there_after_it(self):
        for door in DOORS:
            session = self.enter(door)
            session.mkdir("folder")
            session.put("moved.bin", DATA)
            session.put("removed.bin", DATA)
            session.rename("moved.bin", "folder/moved.bin")
            session.remove("removed.bin")
            self.cut_and_restart()
            self.assert_stored("folder/moved.bin", DATA)
            self.assertEqual([path.name for path in self.server.home().iterdir()], ["folder"])
            session = self.enter(door)
            session.remove("folder/moved.bin")
            session.rmdir("folder")
            self.cut_and_restart()
            self.assertEqual(list(self.server.home().iterdir()), [])


class PowerCutOfXfs(PowerCut):
    """
    Which, unlike ext4, writes nothing through on its own account when a file is renamed over another, and says after the
    cut that it has synced directories.
    """

    kind = "xfs"


class PowerCutOfScratchData(PowerCase):
    """That the cut takes something is what the other class rests on."""

    durability = "none"

    def test_what_was_acknowledged_without_durability_is_lost(self):
        for door in DOORS:
            session = self.enter(door)
            session.put("scratch.bin", DATA)
            self.assert_stored("scratch.bin", DATA)
            self.cut_and_restart()
            path = self.server.home() / "scratch.bin"
            self.assertFalse(path.exists() and path.read_bytes() == DATA)
            session = self.enter(door)
            if path.exists():
                session.remove("scratch.bin")


class PowerCutOfPartials(PowerCase):
    def is_kept(self, name):
        return any((self.server.storage_root / ".sallyport" / "partials").rglob(name))

    def test_P10_partial_that_is_left_after_it_holds_nothing_that_was_not_sent(self):
        chance = seeded("partials")
        for number in range(ROUNDS):
            door = DOORS[number % len(DOORS)]
            name = f"{number}-{door.protocol}.bin"
            upload = self.enter(door).begin(name)
            with syncing(self.device):
                upload.send(LONG[:chance.randrange(len(LONG) // 8, len(LONG))])
                upload.cut()
                self.wait_until(lambda: self.is_kept(name), f"a partial of {name}")
                self.device.cut_power()
            self.cut_and_restart()
            for kept, data in self.partials().items():
                self.assertEqual(summary(data), summary(LONG[:len(data)]), kept)
        self.assertTrue(self.partials())


class PowerCutOfPartialsOnXfs(PowerCutOfPartials):
    kind = "xfs"
