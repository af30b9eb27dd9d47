"""What attack tests share: whatever a test does to the server, a good client is served afterwards."""

import functools
import io
import itertools
import mmap
import os
from pathlib import Path

from attack.control import Control
from support.case import ServerCase, payload
from support.ftps_client import ResumingFtpTls, log_in
from support.sallyport import binary

MIB = 1 << 20
# What allocators and pools keep after a flood without leaking.
KEPT_BYTES = 32 * MIB
KEPT_DESCRIPTORS = 4

_numbers = itertools.count()


def limits(**changes):
    """Server options with limits that do not slow tests down."""
    return {"limits": {"per_address": 400, "failed_login_delay": "0s", **changes}}


@functools.lru_cache(maxsize=None)
def is_sanitized():
    """Sanitizers keep freed memory on purpose, so how much there is proves nothing."""
    with open(binary(), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as code:
        return any(code.find(name) >= 0 for name in (b"__asan_init", b"__tsan_init"))


class AttackCase(ServerCase):
    server_options = limits()

    def tearDown(self):
        self.assert_alive()

    def assert_alive(self):
        """A fresh client completes an upload, and no session has failed on the server's own account."""
        name, data = f"alive-{next(_numbers)}.bin", payload(50_000)
        with log_in(self.server, ResumingFtpTls) as ftp:
            ftp.storbinary(f"STOR {name}", io.BytesIO(data))
        self.assert_stored(name, data)
        self.assertEqual(self.server.events("session.failed"), [])

    def control(self, **options):
        control = Control(self.server, **options)
        self.addCleanup(control.close)
        return control

    def session(self, user="demo", **options):
        """A control connection that is logged in and has private data connections."""
        return self.control(**options).log_in(user)

    def expect(self, reply, *codes):
        self.assertIn(reply[:3], codes, reply)
        return reply

    def refused(self, control, code):
        """The last reply is `code` and then the connection ends."""
        self.expect(control.reply(), code)
        self.assertEqual(control.rest(), b"")

    def assert_not_published(self, path, user="demo"):
        self.assertFalse((self.server.home(user) / path.lstrip("/")).exists(), f"{path} was published")

    def warnings(self, name):
        return len(self.server.events(name))

    def wait_warning(self, name, more_than):
        self.wait_until(lambda: self.warnings(name) > more_than, f"an event {name}")

    # ---------------------------------------------------------------- what the server holds

    def descriptors(self):
        try:
            return len(os.listdir(f"/proc/{self.server.pid}/fd"))
        except PermissionError:
            self.skipTest("only root may look into a server that forbids core files")

    def resident_bytes(self):
        pages = int(Path(f"/proc/{self.server.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def holdings(self):
        return self.descriptors(), self.resident_bytes()

    def assert_back_to(self, before):
        """Descriptors and memory are about what `holdings` said before the attack."""
        descriptors, resident = before
        self.wait_until(lambda: self.descriptors() <= descriptors + KEPT_DESCRIPTORS,
                        f"descriptors back to {descriptors}, now {self.descriptors()}")
        if not is_sanitized():
            self.assertLess(self.resident_bytes() - resident, KEPT_BYTES)
