"""Log and audit files that are rotated, full, unwritable or not read: the service goes on (O11)."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.ftps_client import log_in
from support.sallyport import Server

SECONDS = 30


def events_in(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class LogFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-logs-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log, self.audit = self.folder / "log", self.folder / "audit"

    def server(self, **options):
        """The server says where it listens in its log, which is one of these files."""
        server = Server(log={"file": str(self.log), "audit": str(self.audit)}, **options)
        server.event_file = self.log
        self.addCleanup(server.stop)
        return server.start()

    def visit(self, server):
        """A session that leaves its traces."""
        with log_in(server) as ftp:
            ftp.voidcmd("NOOP")

    def knock(self, server, times):
        """Sessions that leave traces and cost little."""
        for _ in range(times):
            with socket.create_connection(server.address()) as connection:
                connection.recv(1)

    def wait_until(self, condition, what):
        deadline = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.02)

    def has(self, path, name):
        return path.exists() and any(event["event"] == name for event in events_in(path))

    def test_rotated_files_are_opened_anew(self):
        server = self.server()
        self.visit(server)
        for path in (self.log, self.audit):
            path.rename(f"{path}.1")
        server.signal(signal.SIGHUP)
        self.wait_until(lambda: self.has(self.log, "config.reloaded"), "the new log")
        self.wait_until(lambda: self.has(self.audit, "config.reloaded"), "the new audit file")
        self.visit(server)
        for path in (self.log, self.audit):
            self.wait_until(lambda path=path: self.has(path, "session.close"), f"the session in {path}")
            old, new = events_in(Path(f"{path}.1")), events_in(path)
            self.assertEqual(sum(event["event"] == "auth.ok" for event in old + new), 2, "a line is lost or doubled")
            self.assertEqual(path.stat().st_mode & 0o777, 0o640)

    def test_logrotate_rotates_without_losing_a_line(self):
        if subprocess.run(["sh", "-c", "command -v /usr/sbin/logrotate"], capture_output=True).returncode != 0:
            self.skipTest("logrotate is not installed")
        server = self.server()
        settings = self.folder / "logrotate.conf"
        settings.write_text(f"{self.log} {self.audit} {{\n  rotate 2\n  sharedscripts\n  postrotate\n"
                            f"    kill -HUP {server.pid}\n  endscript\n}}\n")
        self.visit(server)
        subprocess.run(["/usr/sbin/logrotate", "--force", "--state", self.folder / "state", settings], check=True,
                       timeout=SECONDS)
        self.wait_until(lambda: self.has(self.log, "config.reloaded"), "the new log")
        self.visit(server)
        self.wait_until(lambda: self.has(self.log, "session.close"), "the session in the new log")
        old, new = events_in(self.folder / "log.1"), events_in(self.log)
        self.assertEqual(sum(event["event"] == "auth.ok" for event in old + new), 2)

    def test_file_that_cannot_be_opened_anew_stays_in_use(self):
        server = self.server()
        moved = self.folder / "log.1"
        self.log.rename(moved)
        self.log.mkdir()
        server.signal(signal.SIGHUP)
        self.wait_until(lambda: self.has(moved, "log.failed"), "why not, in the old file")
        self.visit(server)
        self.wait_until(lambda: self.has(moved, "session.close"), "the session in the old file")

    def test_full_disk_costs_lines_and_their_number_is_told(self):
        mount = self.folder / "small"
        mount.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount], capture_output=True).returncode:
            self.skipTest("only root may mount a small file system")
        self.addCleanup(subprocess.run, ["umount", "--lazy", mount], check=True)
        self.log, self.audit = mount / "log", mount / "audit"
        server = self.server()
        server.lossy_logs = True
        filler = mount / "filler"
        with open(filler, "wb", buffering=0) as file, self.assertRaises(OSError):
            while file.write(b"x" * 4096):
                pass
        # Until what was left of the last page is used up too.
        sizes = None
        while sizes != (sizes := (self.log.stat().st_size, self.audit.stat().st_size)):
            self.knock(server, 20)
        filler.unlink()
        self.visit(server)
        for path in (self.log, self.audit):
            self.wait_until(lambda path=path: b"log.dropped" in path.read_bytes(), f"log.dropped in {path}")
            dropped = [json.loads(line) for line in path.read_text().splitlines() if "log.dropped" in line]
            self.assertGreater(dropped[0]["count"], 0)

    def test_reader_that_is_gone_or_does_not_read_does_not_matter(self):
        for closed in (True, False):
            with self.subTest(closed=closed):
                reader, writer = os.pipe()
                wrapper = ("sh", "-c", f'exec "$0" "$@" 2>&{writer}')
                server = Server(log={"file": "-", "audit": str(self.audit)}, wrapper=wrapper, pass_fds=(writer,))
                server.event_file = self.audit
                with server:
                    os.close(writer)
                    if closed:
                        os.close(reader)
                    # Well over what a pipe holds.
                    self.knock(server, 400)
                    self.visit(server)
                if not closed:
                    os.close(reader)
                self.audit.unlink()
