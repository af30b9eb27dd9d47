"""Many wrong passwords at once take a bounded part of memory and stop no transfer (O5)."""

import os
import threading
import unittest
from pathlib import Path

from attack.case import MIB, AttackCase, is_sanitized, limits
from attack.control import Control
from support.case import payload

CLIENTS = 200
HASH_BYTES = 19 * MIB
MAX_HASHING_THREADS = 4
# What so many sessions and a transfer take besides: 40 KiB and 2 MiB by design, and what allocators keep.
OTHER_BYTES = CLIENTS * 64 * 1024 + 32 * MIB
CHUNK = payload(MIB, seed="login flood")


class LoginFloods(AttackCase):
    server_options = {"protocols": ("ftps", "sftp"), **limits(connections=2 * CLIENTS, login_grace="2m")}

    def setUp(self):
        super().setUp()
        self.clients = [Control(self.server).start_tls() for _ in range(CLIENTS)]
        for client in self.clients:
            self.addCleanup(client.close)

    def flood_once(self):
        """Every client sends a wrong password before any of them is answered; the answers."""
        for client in self.clients:
            client.send(b"USER demo\r\nPASS wrong\r\n")
        return [(client.reply()[:3], client.reply()[:3]) for client in self.clients]

    def test_O5_two_hundred_wrong_passwords_at_once_take_bounded_memory(self):
        if is_sanitized():
            self.skipTest("sanitizers keep freed memory on purpose")
        before = self.resident_bytes()
        self.forget_peak()
        for _ in range(2):
            self.assertEqual(set(self.flood_once()), {("331", "530")})
        hashing = min(os.cpu_count(), MAX_HASHING_THREADS) * HASH_BYTES
        self.assertLess(self.peak_bytes() - before, hashing + OTHER_BYTES)

    def test_O5_transfer_goes_on_while_passwords_are_refused(self):
        control = self.session()
        channel = control.data("STOR flooded.bin")
        flooding = threading.Event()
        flooding.set()
        floods = []

        def flood():
            while flooding.is_set() and len(floods) < 2:
                floods.append(set(self.flood_once()))
        thread = threading.Thread(target=flood)
        thread.start()
        sent = 0
        try:
            while thread.is_alive() and sent < 64:
                channel.sendall(CHUNK)
                sent += 1
        finally:
            flooding.clear()
            thread.join(120)
        channel.finish()
        self.expect(control.reply(), "226")
        self.assertEqual(set().union(*floods), {("331", "530")})
        self.assertGreater(sent, 0)
        self.assert_stored("flooded.bin", CHUNK * sent)

    def forget_peak(self):
        try:
            Path(f"/proc/{self.server.pid}/clear_refs").write_text("5")
        except PermissionError:
            raise unittest.SkipTest("only root may look into a server that forbids core files") from None

    def peak_bytes(self):
        rows = Path(f"/proc/{self.server.pid}/status").read_text().splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM")) * 1024
