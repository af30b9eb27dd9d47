"""A file system on a block device of its own, whose power a test can cut: what was not written through is lost."""

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

CLONE_NEWNS = 0x20000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
# _IOR('X', 125, __u32) of ext4 and XFS: from now on nothing reaches the disk, not even what the journal has in memory.
SHUTDOWN = 0x8004587D
WITHOUT_FLUSH = 2
MIB = 1 << 20
SECONDS = 60

libc = ctypes.CDLL(None, use_errno=True)


def system(returned, what):
    if returned != 0:
        raise unittest.SkipTest(f"{what}: {os.strerror(ctypes.get_errno())}")


def enter_namespace():
    """Mounts from now on are this process's and its children's alone, and go away with them."""
    system(libc.unshare(CLONE_NEWNS), "no mount namespace to be had")
    system(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), "mounts cannot be made private")


class BlockDevice:
    """
    A file system of `size` bytes on a loop device, mounted at `mount_point`. Skips the test where there is none to be
    had. Only ext4 and XFS can have their power cut.
    """

    def __init__(self, size, kind="ext4"):
        for program in (f"mkfs.{kind}", "losetup", "mount", "umount"):
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"{program} is not installed")
        self._folder = tempfile.TemporaryDirectory(prefix="sallyport-device-")
        self._image, self.mount_point = Path(self._folder.name) / "image", Path(self._folder.name) / "mounted"
        self.mount_point.mkdir()
        with open(self._image, "wb") as image:
            image.truncate(size)
        self._run(f"mkfs.{kind}", "-q", self._image)
        # What is not synced must not come to the disk by itself.
        self._options = "loop,commit=300" if kind == "ext4" else "loop"
        self.mount()

    def mount(self):
        """After a power cut this is where the journal is replayed."""
        self._run("mount", "-o", self._options, self._image, self.mount_point)

    def unmount(self):
        self._run("umount", self.mount_point)

    def cut_power(self):
        """Idempotent."""
        try:
            root = os.open(self.mount_point, os.O_RDONLY)
        except OSError as error:
            if error.errno == errno.EIO:
                return  # it is cut already
            raise
        try:
            fcntl.ioctl(root, SHUTDOWN, WITHOUT_FLUSH.to_bytes(4, "little"))
        finally:
            os.close(root)

    def sync(self):
        """Writes through what there is; nothing once the power is cut."""
        with contextlib.suppress(OSError):
            root = os.open(self.mount_point, os.O_RDONLY)
            libc.syncfs(root)
            os.close(root)

    def close(self):
        subprocess.run(["umount", "-l", self.mount_point], stderr=subprocess.DEVNULL, timeout=SECONDS)
        self._folder.cleanup()

    def _run(self, *command):
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=SECONDS)
        if result.returncode != 0:
            raise unittest.SkipTest(f"{command[0]}: {result.stderr.strip()}")
