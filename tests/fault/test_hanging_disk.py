"""A disk that never answers keeps nobody from ending the server (O6)."""

import contextlib
import signal
import threading

from fault.case import FaultCase, both_doors
from fault.doors import DOORS, Refused
from fault.faults import Faults
from support.case import payload

DATA = payload(300_000, seed="hanging disk")
END_BY_FORCE = 1


class HangingDisk(FaultCase):
    server_options = {**both_doors(faults=Faults), "server": {"drain": "1s"}}

    def upload(self, session):
        """As far as it comes: no answer will follow."""
        with contextlib.suppress(Refused, OSError, EOFError):
            session.put(f"{session.protocol}.bin", DATA)

    def test_O6_server_whose_disk_hangs_ends_when_it_is_told_to(self):
        sessions = [self.enter(door) for door in DOORS]
        self.server.faults.hang("fsync file", times=len(sessions))
        threads = [threading.Thread(target=self.upload, args=(session,)) for session in sessions]
        for thread in threads:
            thread.start()
        self.wait_until(lambda: self.server.faults.seen("fsync file") == len(sessions), "uploads at their last step")
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait_for_status(), END_BY_FORCE)
        for thread in threads:
            thread.join()
        self.server.faults.clear()
        self.server.recover()
        for session in sessions:
            self.assert_not_published(f"{session.protocol}.bin")
        self.assert_nothing_staged()
