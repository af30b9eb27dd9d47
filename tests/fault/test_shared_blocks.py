"""Where a file system can share blocks, the copy that a change goes on with takes no space of its own."""

import os

from fault.block_device import MIB, BlockDevice, enter_namespace
from fault.case import FaultCase, both_doors
from fault.doors import DOORS
from support.case import payload

SIZE = 512 * MIB
DATA = payload(96 * MIB, seed="shared")
LITTLE = 16 * MIB


class SharedBlocks:
    kind = ""

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        cls.device = BlockDevice(SIZE, cls.kind)
        cls.addClassCleanup(cls.device.close)
        cls.server_options = both_doors(storage={"root": str(cls.device.mount_point)})
        super().setUpClass()

    def free(self):
        os.sync()
        space = os.statvfs(self.device.mount_point)
        return space.f_bfree * space.f_frsize

    def test_changed_file_shares_all_that_has_not_changed(self):
        self.enter(DOORS[0]).put("large.bin", DATA)
        expected = DATA
        for door in DOORS:
            before = self.free()
            upload = self.enter(door).begin("large.bin", offset=len(expected))
            upload.send(b"more")
            self.assertLess(before - self.free(), LITTLE, "the copy is one of all bytes")
            upload.finish()
            expected += b"more"
            self.assert_stored("large.bin", expected)
        self.enter(DOORS[0]).remove("large.bin")


class Xfs(SharedBlocks, FaultCase):
    kind = "xfs"


class Btrfs(SharedBlocks, FaultCase):
    kind = "btrfs"
