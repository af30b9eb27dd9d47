"""Takes memory away from a server under test. shortage.cpp does it, inside the server."""

import mmap
import os
import struct
import unittest

# one_in, failed: struct Plan of shortage.cpp.
PLAN = struct.Struct("2I")


class Shortage:
    """For one server, told through the file `path`. `environment` is what the server must be started with."""

    def __init__(self, path):
        library = os.environ.get("SALLYPORT_SHORTAGE")
        if not library:
            raise unittest.SkipTest("set SALLYPORT_SHORTAGE to the library that makes allocations fail")
        path.write_bytes(bytes(PLAN.size))
        with open(path, "r+b") as file:
            self._plan = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": library, "SALLYPORT_SHORTAGE_PLAN": str(path)}

    def begin(self, one_in):
        """From now on one of `one_in` allocations fails, at random."""
        self._plan[0:4] = struct.pack("I", one_in)

    def end(self):
        """There is enough memory again; how many allocations have failed so far."""
        self._plan[0:4] = bytes(4)
        return PLAN.unpack_from(self._plan)[1]
