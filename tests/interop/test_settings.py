"""Settings of the whole server that no other test needs: what they say holds at both doors."""

import contextlib
import io
import os
import socket
import time
import unittest

from support.case import payload
from support.doors import DOORS, Refused
from support.sallyport import Server

DATA = payload(100_000)
# More wrong passwords than earn a penalty where there are some.
TRIES = 8


class Settings(unittest.TestCase):
    def start(self, **tables):
        limits = {"failed_login_delay": "0s", **tables.pop("limits", {})}
        self.server = Server(protocols=("ftps", "sftp"), durability="none", limits=limits, **tables).start()
        self.addCleanup(self.server.stop)

    def enter(self, door):
        return contextlib.closing(door(self.server, "demo"))

    def test_uploads_that_would_leave_less_than_min_free_are_refused(self):
        self.start(storage={"min_free": "1000TiB"})
        for door in DOORS:
            with self.subTest(door.protocol), self.enter(door) as session:
                self.assertRaises(Refused, session.put, "/full.bin", DATA)
                self.assertEqual(session.names("/"), [])
                session.mkdir(f"/{door.protocol}")
                session.rmdir(f"/{door.protocol}")

    def test_partials_older_than_partial_retention_are_gone_after_the_next_start(self):
        self.start(storage={"partial_retention": "1s"})
        for door in DOORS:
            path = f"/{door.protocol}.bin"
            session = door(self.server, "demo")
            self.addCleanup(session.close)
            session.begin(path, DATA)
            self.server.wait_event("file.abandoned", path=path)
        time.sleep(2)
        self.server.restart()
        self.assertEqual(list((self.server.storage_root / ".sallyport").rglob("*.bin")), [])
        for door in DOORS:
            with self.enter(door) as session:
                self.assertRaises(Refused, session.size, f"/{door.protocol}.bin")

    def test_without_penalties_nobody_is_turned_away(self):
        self.start(limits={"penalties": False, "penalty_exempt": []})
        for door in DOORS:
            for _ in range(TRIES):
                self.assertIsNotNone(door.refusal_of_login(self.server, "demo", "wrong"))
            self.assertIsNone(door.refusal_of_login(self.server, "demo"))
        self.assertEqual(self.server.events("penalty.start"), [])


class TakenPort(unittest.TestCase):
    def test_O13_listener_that_has_no_port_keeps_the_others_from_serving(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            endpoint = f"127.0.0.1:{taken.getsockname()[1]}"
            for addresses in (["127.0.0.1:0", endpoint], [endpoint, "127.0.0.1:0"]):
                with self.subTest(addresses), contextlib.redirect_stderr(io.StringIO()) as log:
                    server = Server(protocols=("ftps", "sftp"), addresses=addresses)
                    with self.assertRaisesRegex(AssertionError, "ended with status 1 before server.ready"):
                        server.start()
                self.assertIn(f"{endpoint}: Address already in use by process {os.getpid()}", log.getvalue())
                self.assertNotIn('"server.ready"', log.getvalue())
