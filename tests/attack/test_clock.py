"""The clock of the machine jumps: time limits go by a clock that does not (O10)."""

import ftplib
import glob
import tempfile
import unittest
from pathlib import Path

from attack.case import is_sanitized
from support.case import payload
from support.doors import DOORS
from support.ftps_client import log_in
from support.sallyport import Server

LIBRARY = "/usr/lib/*/faketime/libfaketime.so.1"
JUMPS = ("+365d", "-365d", "+1h", "-1h", "+0")
DATA = payload(10_000)


class Clock(unittest.TestCase):
    def setUp(self):
        libraries = glob.glob(LIBRARY)
        if not libraries or is_sanitized():
            self.skipTest("libfaketime is not installed, or does not go with sanitizers")
        folder = tempfile.TemporaryDirectory(prefix="sallyport-clock-")
        self.addCleanup(folder.cleanup)
        self.jump = Path(folder.name) / "jump"
        self.jump.write_text("+0\n")
        # The server's state folder is one of the places that it may still read.
        environment = {"LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": str(self.jump), "FAKETIME_NO_CACHE": "1",
                       "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        self.server = Server(protocols=("ftps", "sftp"), limits={"idle": "3s"}, server={"state_dir": folder.name},
                             environment=environment).start()
        self.addCleanup(self.server.stop)

    def test_O10_no_jump_ends_a_session_that_is_at_work(self):
        years = set()
        for offset in JUMPS:
            sessions = [door(self.server, "demo") for door in DOORS]
            self.jump.write_text(offset + "\n")
            for client in sessions:
                client.put(f"{client.protocol}.bin", DATA)
                self.assertEqual(client.get(f"{client.protocol}.bin"), DATA)
                client.close()
            years.add(self.server.events("file.sent")[-1]["time"][:4])
        self.assertEqual(len(years), 3, f"the server's clock did not jump: {years}")

    def test_O10_no_jump_keeps_an_idle_session(self):
        idle = log_in(self.server)
        self.jump.write_text("-365d\n")
        self.assertRaisesRegex(ftplib.error_temp, "^421", idle.getresp)
        idle.close()
