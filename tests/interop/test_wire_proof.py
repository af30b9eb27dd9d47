"""What an eavesdropper gets: everything on the wire is recorded, and nothing of the session is in it."""

import ftplib
import io
import shutil
import tempfile
import unittest
from pathlib import Path

from support.capture import Capture
from support.ftps_client import ImplicitFtpTls, log_in
from support.sallyport import Server

USER = "wire-witness-user"
PASSWORD = "wire-witness-password-4711"
NAME = "wire-witness-file-name.dat"
MARKER = b"wire-witness-contents-0123456789"
CONTENTS = MARKER * ((1 << 20) // len(MARKER))


def whole_session(server, kind):
    """Stores, lists and retrieves one file."""
    with log_in(server, kind, user=USER) as ftp:
        ftp.storbinary(f"STOR {NAME}", io.BytesIO(CONTENTS))
        lines, received = [], bytearray()
        ftp.dir(lines.append)
        ftp.retrbinary(f"RETR {NAME}", received.extend)
    return lines, bytes(received)


class WireProof(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sallyport-wire-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.server = Server(protocols=("ftps", "ftps-implicit"), users={USER: PASSWORD})
        self.server.start()
        self.addCleanup(self.server.stop)

    def capture(self):
        ports = [port for _, _, port in self.server.listeners]
        return Capture(self.folder / "wire.pcap", ports, self.server.passive_ranges)

    def assert_private(self, kind):
        with self.capture() as wire:
            lines, received = whole_session(self.server, kind)
        self.assertEqual(wire.dropped, 0, "tcpdump lost packets, so the capture proves nothing")
        self.assertEqual(received, CONTENTS)
        self.assertTrue(any(NAME in line for line in lines), lines)
        self.assertGreater(len(wire.data), 2 * len(CONTENTS), "the data connections are not in the capture")
        for secret in (USER.encode(), PASSWORD.encode(), NAME.encode(), MARKER):
            self.assertNotIn(secret, wire.data)
        return wire.data

    def test_explicit_session_shows_only_the_upgrade(self):
        data = self.assert_private(ftplib.FTP_TLS)
        self.assertIn(b"AUTH TLS\r\n", data)
        self.assertIn(b"234 ", data)
        self.assertNotIn(b"PROT P\r\n", data)

    def test_implicit_session_shows_nothing(self):
        data = self.assert_private(ImplicitFtpTls)
        for words in (b"220 files.example.com", b"AUTH TLS", b"PROT P\r\n"):
            self.assertNotIn(words, data)

    def test_clear_text_attempt_does_not_show_the_password(self):
        with self.capture() as wire, ftplib.FTP(timeout=30) as ftp:
            ftp.connect(*self.server.address())
            with self.assertRaisesRegex(ftplib.error_perm, "^530"):
                ftp.login(USER, PASSWORD)
        self.assertEqual(wire.dropped, 0)
        self.assertIn(b"530", wire.data)
        self.assertNotIn(PASSWORD.encode(), wire.data)
        self.assertNotIn(b"PASS ", wire.data)
