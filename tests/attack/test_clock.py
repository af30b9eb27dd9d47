"""The clock of the machine jumps: time limits go by a clock that does not (O10)."""

import datetime
import ftplib
import unittest

from attack.case import is_sanitized
from support.case import payload
from support.clock import WallClock
from support.doors import DOORS
from support.ftps_client import log_in
from support.sallyport import Server

HOUR, YEAR = datetime.timedelta(hours=1), datetime.timedelta(days=365)
JUMPS = (YEAR, -YEAR, HOUR, -HOUR, datetime.timedelta())
DATA = payload(10_000)


class Clock(unittest.TestCase):
    def setUp(self):
        if is_sanitized():
            self.skipTest("a preloaded library does not go with sanitizers")
        self.clock = WallClock()
        self.addCleanup(self.clock.close)
        self.server = Server(protocols=("ftps", "sftp"), limits={"idle": "10s"},
                             environment=self.clock.environment).start()
        self.addCleanup(self.server.stop)

    def test_O10_no_jump_ends_a_session_that_is_at_work(self):
        years = set()
        for number, offset in enumerate(JUMPS):
            sessions = [door(self.server, "demo") for door in DOORS]
            self.clock.jump(offset)
            for client in sessions:
                path = f"/{client.protocol}-{number}.bin"
                client.put(path, DATA)
                self.assertEqual(client.get(path), DATA)
                client.close()
                years.add(self.server.wait_event("file.sent", path=path)["time"][:4])
        self.assertEqual(len(years), 3, f"the server's clock did not jump: {years}")

    def test_O10_no_jump_keeps_an_idle_session(self):
        idle = log_in(self.server)
        self.clock.jump(-YEAR)
        self.assertRaisesRegex(ftplib.error_temp, "^421", idle.getresp)
        idle.close()
