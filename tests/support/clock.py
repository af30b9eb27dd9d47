"""A server whose wall clock the test sets, while what it measures by the steady clock goes on."""

import mmap
import os
import struct
import tempfile
import unittest


class WallClock:
    """To be made before the server, whose `environment` this is for, and closed after it."""

    def __init__(self):
        library = os.environ.get("SALLYPORT_WALL_CLOCK")
        if not library:
            raise unittest.SkipTest("SALLYPORT_WALL_CLOCK does not name the library built from tests/support/wall_clock.cpp")
        self._file = tempfile.NamedTemporaryFile(prefix="sallyport-clock-")
        self._file.truncate(mmap.PAGESIZE)
        self._mapped = mmap.mmap(self._file.fileno(), mmap.PAGESIZE)
        self.environment = {"LD_PRELOAD": library, "SALLYPORT_WALL_CLOCK_FILE": self._file.name}

    def jump(self, offset):
        """From now on the server's clock is by this timedelta ahead of the right time, or behind it."""
        self._mapped[:8] = struct.pack("=q", round(offset.total_seconds()))

    def close(self):
        self._mapped.close()
        self._file.close()
