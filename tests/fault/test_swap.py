"""A folder that is swapped for a link all the time never lets a byte out of the user's home, nor one in (P3)."""

import itertools

from attack import ssh_channel
from attack.ssh_channel import string
from attack.ssh_wire import u32
from fault.case import FaultCase, both_doors
from fault.companion import Companion
from fault.doors import DOORS, FtpsDoor, Refused
from support.case import payload

ROUNDS = 60
SECRET = payload(5_000, seed="outside")
INSIDE = payload(5_000, seed="inside")


def change_mode(session, path):
    if isinstance(session, FtpsDoor):
        session.expect("200", f"SITE CHMOD 666 {path}")
    else:
        session.do(ssh_channel.SETSTAT, string(path) + u32(ssh_channel.MODE_GIVEN) + u32(0o666))


class Swap(FaultCase):
    """`swapped` is a folder and `link` leads out of the home, each half of the time."""

    server_options = both_doors(durability="none")
    numbers = itertools.count()

    def setUp(self):
        super().setUp()
        self.home, self.outside = self.server.home(), self.server.directory / "outside"
        self.fill(self.outside, SECRET)
        self.fill(self.home / "swapped", INSIDE)
        (self.home / "link").symlink_to(self.outside)

    @staticmethod
    def fill(folder, data):
        folder.mkdir(exist_ok=True)
        for name in ("victim.bin", "source.bin", "secret.bin"):
            (folder / name).write_bytes(data)
        (folder / f"only {folder.name}").mkdir(exist_ok=True)

    def snapshot(self):
        """Everything about what is outside; reading a file would show in its time of access only."""
        found = {}
        for path in sorted([self.outside, *self.outside.rglob("*")]):
            status = path.lstat()
            found[str(path)] = (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
                                path.read_bytes() if path.is_file() else None)
        return found

    def attempts(self, session):
        """One of each thing that a client can do with a path."""
        number = next(self.numbers)
        yield lambda: session.put(f"swapped/new-{number}.bin", b"from the client")
        yield lambda: session.put("swapped/victim.bin", b"overwritten")
        yield lambda: self.assertNotIn("only outside", session.names("swapped"))
        yield lambda: self.assertNotEqual(session.get("swapped/secret.bin"), SECRET)
        yield lambda: session.size("swapped/secret.bin")
        yield lambda: change_mode(session, "swapped/secret.bin")
        yield lambda: session.rename("swapped/source.bin", f"moved-{number}.bin")
        yield lambda: self.assertNotEqual(session.get(f"moved-{number}.bin"), SECRET)
        yield lambda: session.rename(f"moved-{number}.bin", "swapped/source.bin")
        yield lambda: session.mkdir(f"swapped/made-{number}")
        yield lambda: session.rmdir(f"swapped/made-{number}")
        yield lambda: session.remove(f"swapped/new-{number}.bin")
        yield lambda: session.remove("swapped/victim.bin")
        yield lambda: session.put("swapped/victim.bin", b"again")

    def test_P3_nothing_leaves_the_home_and_nothing_comes_in(self):
        before = self.snapshot()
        for door in DOORS:
            done = {True: 0, False: 0}
            session = self.enter(door)
            with Companion("swap.py", self.home / "swapped", self.home / "link") as swapping:
                for _ in range(ROUNDS):
                    for attempt in self.attempts(session):
                        done[self.try_it(attempt)] += 1
            print(f"{door.protocol}: {done[True]} attempts worked, {done[False]} did not, {swapping.said.strip()} swaps",
                  flush=True)
            self.assertEqual(self.snapshot(), before)
            self.assertGreaterEqual(int(swapping.said), 100_000)
            self.assertTrue(done[True] and done[False], f"nothing was swapped at the right moment: {done}")
        self.assert_still_regular()

    def try_it(self, attempt):
        try:
            attempt()
            return True
        except Refused:
            return False

    def assert_still_regular(self):
        """What was stored lies in the folder, and the link is the link."""
        self.assertTrue((self.home / "link").is_symlink())
        self.assertFalse((self.home / "swapped").is_symlink())
