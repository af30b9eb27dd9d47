"""Interrupted uploads stay for `partial_retention`, and no longer."""

import datetime
import unittest

from attack.case import is_sanitized
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, Refused
from support.case import payload
from support.clock import WallClock

DATA = payload(100_000, seed="retention")
ALMOST, PAST = datetime.timedelta(minutes=55), datetime.timedelta(minutes=65)


class Retention(FaultCase):
    @classmethod
    def setUpClass(cls):
        if is_sanitized():
            raise unittest.SkipTest("a preloaded library does not go with sanitizers")
        cls.clock = WallClock()
        cls.addClassCleanup(cls.clock.close)
        cls.server_options = {**both_doors(storage={"partial_retention": "1h"}), "environment": cls.clock.environment}
        super().setUpClass()

    def leave_partial(self, door):
        session = door(self.server)
        upload = session.begin(f"{door.protocol}.bin")
        upload.send(DATA)
        session.cut()
        self.server.wait_event("file.abandoned", path=f"/{door.protocol}.bin")
        session.close()
        self.wait_until(lambda: f"{door.protocol}.bin" in self.partials(), "the partial is kept")

    def restart_after(self, passed):
        self.clock.jump(passed)
        self.server.restart()

    def test_partials_are_there_within_it_and_swept_after_it(self):
        for door in DOORS:
            self.leave_partial(door)
        self.restart_after(ALMOST)
        for door in DOORS:
            self.assertGreater(self.enter(door).size(f"{door.protocol}.bin"), 0)
        self.restart_after(PAST)
        self.assertEqual(list(self.partials()), [])
        for door in DOORS:
            with self.assertRaises(Refused):
                self.enter(door).size(f"{door.protocol}.bin")
        self.clock.jump(datetime.timedelta())
