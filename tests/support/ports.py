"""Passive port ranges that no two servers under test on this machine share."""

import fcntl
import os
import tempfile
from pathlib import Path

# Below the range that the kernel hands out for port 0, so that no listener or client lands in it by chance.
FIRST_PORT = 20000
PORTS_PER_SLOT = 400
SLOTS = 30


class PortSlot:
    """Holds PORTS_PER_SLOT ports until close(). Raises RuntimeError when all slots are taken."""

    def __init__(self):
        self._file, slot = _lock_free_slot()
        self._next = FIRST_PORT + slot * PORTS_PER_SLOT
        self._end = self._next + PORTS_PER_SLOT

    def take(self, count):
        """The next `count` ports of the slot as "first-last"."""
        first, self._next = self._next, self._next + count
        if self._next > self._end:
            raise RuntimeError(f"more than {PORTS_PER_SLOT} passive ports asked for one server")
        return f"{first}-{self._next - 1}"

    def close(self):
        self._file.close()


def _lock_free_slot():
    directory = Path(tempfile.gettempdir()) / f"sallyport-test-ports.{os.getuid()}"
    directory.mkdir(exist_ok=True)
    for i in range(SLOTS):
        # Starting from the process id spreads successive tests, so that ports in TIME_WAIT rest.
        slot = (os.getpid() + i) % SLOTS
        file = open(directory / f"{slot}.lock", "w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file, slot
        except OSError:
            file.close()
    raise RuntimeError(f"all {SLOTS} passive port ranges are in use; see {directory}")
