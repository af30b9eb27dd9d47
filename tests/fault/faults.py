"""Makes chosen system calls of a server under test fail or hang, or kills it there. faults.cpp does it, inside the server."""

import errno
import mmap
import os
import struct
import unittest

OPERATIONS = ("make file", "write", "fsync file", "fsync directory", "rename", "exchange", "unlink")
LET_PASS, FAIL, KILL_BEFORE, KILL_AFTER, HANG = range(5)
# action, error, skip, times, seen, done: struct Plan of faults.cpp.
PLAN = struct.Struct("6i")
EVER = 2**30


class Faults:
    """Plans for one server at a time, kept in the file `path`. `environment` is what the server must be started with."""

    def __init__(self, path):
        library = os.environ.get("SALLYPORT_FAULTS")
        if not library:
            raise unittest.SkipTest("set SALLYPORT_FAULTS to the library that makes calls fail")
        path.write_bytes(bytes(PLAN.size * len(OPERATIONS)))
        with open(path, "r+b") as file:
            self._plans = mmap.mmap(file.fileno(), 0)
        self.environment = {"LD_PRELOAD": library, "SALLYPORT_FAULT_PLAN": str(path)}

    def fail(self, operation, error, skip=0, times=1):
        """The next `times` calls after `skip` fail with `error`, such as "ENOSPC"."""
        self._plan(operation, FAIL, getattr(errno, error), skip, times)

    def kill(self, operation, skip=0, after=False):
        """The server is killed before the call that comes after `skip` others, or right `after` it."""
        self._plan(operation, KILL_AFTER if after else KILL_BEFORE, 0, skip, 1)

    def hang(self, operation, times=1):
        """The next `times` calls never end."""
        self._plan(operation, HANG, 0, 0, times)

    def clear(self):
        """All calls pass; how many were made fail since the last clear()."""
        failed = sum(self._fields(at)[5] for at in range(len(OPERATIONS)))
        for at in range(len(OPERATIONS)):
            self._plans[at * PLAN.size:(at + 1) * PLAN.size] = bytes(PLAN.size)
        return failed

    def seen(self, operation):
        """Calls since the last clear()."""
        return self._fields(OPERATIONS.index(operation))[4]

    def _plan(self, operation, action, error, skip, times):
        at = OPERATIONS.index(operation) * PLAN.size
        self._plans[at + 4:at + PLAN.size] = PLAN.pack(0, error, skip, times, 0, 0)[4:]
        self._plans[at:at + 4] = struct.pack("i", action)

    def _fields(self, at):
        return PLAN.unpack_from(self._plans, at * PLAN.size)
