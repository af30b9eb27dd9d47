"""What makes no progress is ended by its own time limit, and nothing that a client does extends it."""

import threading
import time

from attack.case import MIB, AttackCase, limits
from attack.control import Control
from support.case import payload

DATA = payload(3 * MIB + 17, seed="time limits")
HALF = len(DATA) // 2


class TimeLimits(AttackCase):
    """Time limits end what makes no progress; they are short here."""

    server_options = limits(data_stall="1500ms", idle="3s", login_grace="3s")

    def test_D10_upload_without_a_byte_ends_in_426(self):
        control = self.session()
        channel = control.data("STOR stalled.bin")
        self.addCleanup(channel.close)
        channel.sendall(DATA[:HALF])
        self.expect(control.reply(), "426")
        self.assert_not_published("stalled.bin")
        self.server.wait_event("file.abandoned", path="/stalled.bin")

    def test_D10_download_that_is_not_read_ends_in_426(self):
        control = self.session()
        self.expect(control.store("unread.bin", DATA * 8), "226")
        channel = control.data("RETR unread.bin")
        self.addCleanup(channel.close)
        self.expect(control.reply(), "426")

    def test_D10_half_a_record_is_no_progress_for_ever(self):
        control = self.session()
        channel = control.data("STOR half-record.bin")
        self.addCleanup(channel.close)
        channel.connection.sendall(channel.seal(DATA[:10_000])[:-1])
        self.expect(control.reply(), "426")
        self.assert_not_published("half-record.bin")

    def test_F21_silent_sessions_are_closed_with_421(self):
        for name, control in (("in clear", self.control()), ("inside TLS", self.control().start_tls()),
                              ("logged in", self.session())):
            with self.subTest(name):
                self.assertIn(control.rest()[:3], (b"421", b""))

    def test_F21_commands_do_not_extend_the_time_to_log_in(self):
        control = self.control().start_tls()
        ended = time.monotonic() + 30
        try:
            while control.command("NOOP").startswith("200"):
                self.assertLess(time.monotonic(), ended, "NOOP keeps a session without login open")
                time.sleep(0.1)
        except (EOFError, OSError):
            pass

    def test_F21_a_flood_of_commands_does_not_extend_the_time_to_log_in(self):
        for name, control in (("in clear", self.control()), ("inside TLS", self.control().start_tls())):
            with self.subTest(name):
                self.assertTrue(self.flooded_until_hung_up(control, 20),
                                "a flood of NOOP keeps a session without login open")

    def flooded_until_hung_up(self, control, seconds):
        """Whether the server hangs up in time on one that never stops sending commands and reads all replies."""
        hung_up, over = threading.Event(), threading.Event()
        reading = threading.Thread(target=lambda: read_all(control.socket, hung_up, over), daemon=True)
        reading.start()
        commands = b"NOOP\r\n" * 500
        ended = time.monotonic() + seconds
        try:
            while time.monotonic() < ended and not hung_up.is_set():
                control.socket.sendall(control.tls.seal(commands) if control.tls else commands)
        except OSError:
            hung_up.set()
        over.set()
        return hung_up.wait(1)

    def test_F21_trickled_line_does_not_extend_the_time_to_log_in(self):
        control = self.control()
        try:
            for _ in range(300):
                control.send(b"N")
                time.sleep(0.1)
        except OSError:
            return
        self.fail("a trickled line keeps a session without login open")


def read_all(connection, hung_up, over):
    try:
        while not over.is_set() and connection.recv(1 << 16):
            pass
    except OSError:
        pass
    if not over.is_set():
        hung_up.set()
