"""Too few descriptors, floods of idle connections, peers that are half gone: O1, O2, O4."""

import os
import resource
import signal
import socket
import time
import unittest

from attack.case import MIB, AttackCase, is_sanitized, limits
from attack.control import connect
from support.case import payload
from support.ftps_client import log_in
from support.sallyport import Server
from support.ssh_client import SshCase, paramiko_sftp

FLOOD = 1000
CAP = 300
# What one connection that says nothing may cost: buffers of the session, not of TLS.
IDLE_KIB = 40


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Descriptors(unittest.TestCase):
    """O2: RLIMIT_NOFILE is used up."""

    @unittest.skipIf(is_sanitized(), "the sanitizer's own checks need descriptors")
    def test_O2_server_without_descriptors_stays_calm_and_recovers(self):
        with Server(protocols=("ftps", "sftp"), limits={"per_address": 400, "connections": 400}) as server:
            try:
                used = len(os.listdir(f"/proc/{server.pid}/fd"))
                resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (used + 30, used + 30))
            except PermissionError:
                self.skipTest("only root may limit the server's descriptors")
            flood = [socket.create_connection(server.address("ftps")) for _ in range(200)]
            server.wait_event("listener.no_descriptors")
            before, started = processor_seconds(server.pid), time.monotonic()
            time.sleep(1.5)
            busy = (processor_seconds(server.pid) - before) / (time.monotonic() - started)
            self.assertLess(busy, 0.05, "the server is busy although nothing can be done")
            # Nobody is left hanging: each is greeted or turned away.
            for connection in flood:
                connection.settimeout(30)
                try:
                    connection.recv(1)
                except ConnectionError:
                    pass
                connection.close()
            self.serve(server)

    def serve(self, server):
        deadline = time.monotonic() + 30
        while True:
            try:
                with log_in(server) as ftp:
                    ftp.voidcmd("NOOP")
                with paramiko_sftp(server) as sftp:
                    sftp.listdir("/")
                return
            except (EOFError, OSError) as error:
                self.assertLess(time.monotonic(), deadline, f"not served again: {error}")
                time.sleep(0.1)


class IdleConnections(AttackCase):
    server_options = limits(connections=CAP, login_grace="60s")

    def test_O1_idle_connections_end_at_the_cap_and_cost_little(self):
        before = self.holdings()
        flood = [connect(self.server.address()) for _ in range(FLOOD)]
        try:
            codes = [connection.recv(3) for connection in flood]
            self.assertEqual(codes.count(b"220"), CAP)
            self.assertEqual(codes.count(b"421"), FLOOD - CAP)
            cost = (self.resident_bytes() - before[1]) / CAP / 1024
            print(f"{cost:.1f} KiB for each of {CAP} connections without TLS")
            if not is_sanitized():
                self.assertLess(cost, IDLE_KIB)
        finally:
            for connection in flood:
                connection.close()
        self.assert_back_to(before)


class HalfGone(SshCase):
    """O4: a client that stops in the middle of an upload holds nothing for long."""

    server_options = {"protocols": ("ftps", "sftp"), "limits": {"data_stall": "1s", "idle": "2s"}}
    requires = ("curl", "sftp")
    data = payload(64 * MIB, seed="half gone")

    def stop_in_the_middle(self, client, path):
        self.wait_until(lambda: sum(self.server.staged_sizes()) > 0, "the upload has begun")
        client.send_signal(signal.SIGSTOP)
        self.server.wait_event("file.abandoned", path=path, timeout=30)
        self.wait_until(lambda: not self.server.staged_sizes(), "the upload is kept for resuming")
        self.wait_until(lambda: len(self.server.events("session.open")) == len(self.server.events("session.close")),
                        "the session has ended")
        self.assertFalse((self.server.home() / path.lstrip("/")).exists())

    def test_O4_stopped_ftps_client(self):
        host, port = self.server.address("ftps")
        client = self.spawn("curl", "-sS", "--cacert", self.server.ca_file, "--ssl-reqd", "-u",
                            f"demo:{self.server.password('demo')}", "--limit-rate", "4M", "-T",
                            self.file("ftps.bin", self.data), f"ftp://{host}:{port}/ftps.bin")
        self.stop_in_the_middle(client, "/ftps.bin")

    def test_O4_stopped_sftp_client(self):
        batch = self.file("batch", f"put {self.file('sftp.bin', self.data)} sftp.bin\n".encode())
        client = self.spawn("sftp", *self.openssh_options(), "-l", "32000", "-b", batch, self.target())
        self.stop_in_the_middle(client, "/sftp.bin")
