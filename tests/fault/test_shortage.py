"""Allocations that fail end what they were for, and nothing else (O16)."""

import contextlib
import ftplib
import json
import logging
import resource
import signal
import threading
import unittest
from pathlib import Path

import paramiko

from attack.case import is_sanitized
from fault.shortage import Shortage
from support.case import ServerCase, payload
from support.doors import DOORS, Refused
from support.sallyport import run

# From one failure in some sessions to several in each.
ONE_IN = (2000, 700, 300, 100, 30)
MORE = (0, 4 << 20, 28 << 20)
ROUNDS = 3
CLIENTS_OF_EACH_DOOR = 3
DATA = payload(3_000_000, seed="shortage")
# Whatever a client meets.
FAILURES = (Refused, OSError, EOFError, ftplib.Error, paramiko.SSHException)
ENDS = (0, 1)  # in good order, or by force
# Short, so that who waits for a session that is gone does not wait long.
LIMITS = {"failed_login_delay": "0s", "login_grace": "5s", "handshake": "5s", "idle": "5s", "data_stall": "3s",
          "data_accept": "3s"}


class ShortageCase(ServerCase):
    server_options = {"protocols": ("ftps", "sftp"), "durability": "none", "limits": LIMITS, "faults": Shortage,
                      "server": {"drain": "1s"}}

    @classmethod
    def setUpClass(cls):
        if is_sanitized():
            raise unittest.SkipTest("sanitizers have allocators of their own")
        super().setUpClass()
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)

    def assert_served(self):
        for door in DOORS:
            with contextlib.closing(door(self.server, "demo")) as session:
                session.put("/alive.bin", DATA)
                self.assertEqual(session.get("/alive.bin"), DATA)

    def use(self, door, session, name):
        """What a session that has logged in can do, and then those that log in without memory."""
        self.transfer(session, name)
        for _ in range(ROUNDS):
            with contextlib.suppress(*FAILURES):
                self.transfer(door(self.server, "demo"), name)

    def transfer(self, session, name):
        with contextlib.suppress(*FAILURES), contextlib.closing(session):
            for action in (lambda: session.put(name, DATA), lambda: session.get(name), lambda: session.names("/"),
                           lambda: session.rename(name, f"{name}.renamed"), lambda: session.remove(f"{name}.renamed")):
                with contextlib.suppress(Refused):
                    action()

    def use_both_doors(self, begin):
        """`begin()` when all have logged in."""
        threads = [threading.Thread(target=self.use, args=(door, door(self.server, "demo"), f"/{door.protocol}-{i}.bin"))
                   for i in range(CLIENTS_OF_EACH_DOOR) for door in DOORS]
        begin()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def sessions(self):
        return json.loads(run("status", "--config", self.server.config_path, "--json").stdout)["sessions"]

    def assert_empty(self):
        self.wait_until(lambda: not self.sessions(), "all sessions have ended", timeout=60)


class SomeMemory(ShortageCase):
    def test_O16_sessions_without_memory_end_and_the_server_goes_on_until_it_is_told_to_end(self):
        failed = 0
        for one_in in ONE_IN:
            with self.subTest(one_in=one_in):
                self.use_both_doors(lambda: self.server.faults.begin(one_in))
                before, failed = failed, self.server.faults.end()
                self.assertGreater(failed, before, "no allocation failed")
                self.assert_served()
        print(f"{failed} allocations failed")
        self.assert_empty()
        self.server.stop()


class LimitedMemory(ShortageCase):
    """As a limit of the service manager does it: no thread and no library gets more than the process has."""

    def limit(self, bytes_more):
        pages = int(Path(f"/proc/{self.server.pid}/statm").read_text().split()[0])
        taken = pages * resource.getpagesize()
        try:
            resource.prlimit(self.server.pid, resource.RLIMIT_AS, (taken + bytes_more, resource.RLIM_INFINITY))
        except PermissionError:
            self.skipTest("only root may limit the server's memory")

    def test_O16_sessions_end_where_the_system_gives_no_more(self):
        for bytes_more in MORE:
            with self.subTest(bytes_more=bytes_more):
                self.use_both_doors(lambda: self.limit(bytes_more))
                resource.prlimit(self.server.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                self.assert_served()
        self.assert_empty()
        self.server.stop()


class NoMemory(ShortageCase):
    def test_O16_server_without_memory_ends_when_it_is_told_to(self):
        sessions = [door(self.server, "demo") for door in DOORS]
        self.server.faults.begin(one_in=1)
        self.server.signal(signal.SIGTERM)
        self.assertIn(self.server.wait_for_status(), ENDS)
        for session in sessions:
            session.close()
        self.server.faults.end()
        self.server.recover()
        self.assert_served()
