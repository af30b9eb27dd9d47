"""SIGTERM under load: what may finish does, what does not can be resumed, and the next server serves meanwhile."""

import ftplib
import io
import shutil
import signal
import socket
import time
import unittest
from unittest import mock

import paramiko

from support.case import ServerCase, payload, sha256
from support.doors import DOORS
from support.ftps_client import connect, log_in
from support.sallyport import Server, run
from support.ssh_client import paramiko_sftp

DATA = payload(3 << 20, seed="upgrade")
HALF = len(DATA) // 2
LONG = "60s"


class FtpsUpload:
    """An upload of DATA of which half has been sent."""

    def __init__(self, server, name):
        self.ftp = log_in(server)
        self.ftp.voidcmd("TYPE I")
        self.connection = self.ftp.transfercmd(f"STOR {name}")
        self.connection.sendall(DATA[:HALF])

    def finish(self):
        self.connection.sendall(DATA[HALF:])
        self.connection.unwrap()
        self.connection.close()
        return self.ftp.voidresp()

    def close(self):
        self.connection.close()
        self.ftp.close()


class SftpUpload:
    def __init__(self, server, name):
        self._session = paramiko_sftp(server)
        self.sftp = self._session.__enter__()
        self.file = self.sftp.open(name, "wb")
        self.file.write(DATA[:HALF])

    def finish(self):
        self.file.write(DATA[HALF:])
        self.file.close()

    def close(self):
        try:
            self._session.__exit__(None, None, None)
        except (EOFError, OSError, paramiko.SSHException):
            pass  # the server has ended it


UPLOADS = {"ftps": FtpsUpload, "sftp": SftpUpload}


class StopAndUpgrade(unittest.TestCase):
    def server(self, drain, **options):
        server = Server(protocols=("ftps", "sftp"), server={"drain": drain}, **options).start()
        self.addCleanup(server.stop)
        return server

    def begin(self, server, protocol):
        upload = UPLOADS[protocol](server, f"{protocol}.bin")
        self.addCleanup(upload.close)
        return upload

    def assert_whole(self, server, protocol):
        self.assertEqual(sha256(server.stored(f"{protocol}.bin")), sha256(DATA))

    def serve_by(self, server):
        """Both doors of a server work."""
        for door in DOORS:
            client = door(server, "demo")
            client.put(f"by-{door.protocol}.bin", DATA[:5000])
            self.assertEqual(client.get(f"by-{door.protocol}.bin"), DATA[:5000])
            client.close()

    def test_old_uploads_finish_while_the_next_server_serves_the_same_ports(self):
        # One passive port: the next server opens the one that the old upload still uses.
        with mock.patch("support.sallyport.PASSIVE_PORTS", 1):
            old = self.server(LONG)
        uploads = {protocol: self.begin(old, protocol) for protocol in UPLOADS}
        new = old.successor()
        self.addCleanup(new.stop)
        self.assertEqual(new.listeners, old.listeners)
        self.serve_by(new)
        for protocol, upload in uploads.items():
            upload.finish()
            self.assert_whole(old, protocol)
            old.wait_event("file.received", path=f"/{protocol}.bin", size=len(DATA))
        uploads["sftp"].close()
        old.wait_for_exit()
        self.serve_by(new)

    def test_what_outlasts_the_drain_is_resumed_at_the_next_server(self):
        old = self.server("2s")
        uploads = {protocol: self.begin(old, protocol) for protocol in UPLOADS}
        new = old.successor()
        self.addCleanup(new.stop)
        for protocol in uploads:
            old.wait_event("file.abandoned", path=f"/{protocol}.bin", timeout=30)
        old.wait_for_exit()
        for door in DOORS:
            with self.subTest(door.protocol):
                client = door(new, "demo")
                self.addCleanup(client.close)
                name = f"{door.protocol}.bin"
                kept = client.size(name)
                self.assertGreater(kept, 0)
                client.put(name, DATA[kept:], offset=kept)
                self.assert_whole(new, door.protocol)
                new.wait_event("file.received", path=f"/{name}", resumed=True)

    def test_second_server_does_not_start_while_the_first_one_serves(self):
        first = self.server(LONG)
        upload = self.begin(first, "sftp")
        second = first.sibling()
        self.assertRaisesRegex(AssertionError, "ended with status 1 before server.ready", second.start)
        self.assertIn("in use by another process", second.log_path.read_text())
        upload.finish()
        self.assert_whole(first, "sftp")

    def test_second_signal_ends_at_once(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.server("1h")
                for protocol in UPLOADS:
                    self.begin(server, protocol)
                server.signal(number)
                server.wait_event("server.drain")
                server.signal(number)
                server.wait_for_exit()
                for protocol in UPLOADS:
                    server.wait_event("file.abandoned", path=f"/{protocol}.bin")
                    self.assertFalse((server.home() / f"{protocol}.bin").exists())

    def test_idle_sessions_are_told_at_once(self):
        server = self.server("1h")
        upload = self.begin(server, "sftp")
        clear, logged_in = connect(server, ftplib.FTP_TLS), log_in(server)
        waiting = log_in(server)
        waiting.makepasv()
        with paramiko_sftp(server) as idle:
            idle.listdir("/")
            transport = idle.get_channel().get_transport()
            server.signal(signal.SIGTERM)
            for ftp in (clear, logged_in, waiting):
                with self.assertRaisesRegex(ftplib.error_temp, "^421"):
                    ftp.getresp()
                ftp.close()
            deadline = time.monotonic() + 30
            while transport.is_active() and time.monotonic() < deadline:
                time.sleep(0.02)
            self.assertFalse(transport.is_active())
        self.assertRaises(ConnectionRefusedError, socket.create_connection, server.address("ftps"))
        self.assertRaises(ConnectionRefusedError, socket.create_connection, server.address("sftp"))
        upload.finish()
        server.wait_event("file.received", path="/sftp.bin", size=len(DATA))


class RealClients(ServerCase):
    """Clients of the street through a stop; the server is one for each test."""

    requires = ("curl", "sftp")

    @classmethod
    def setUpClass(cls):
        pass  # each test starts its own server

    def setUp(self):
        self.server = Server(server={"drain": LONG}).start()
        self.addCleanup(self.server.stop)
        super().setUp()

    def curl(self, *options):
        host, port = self.server.address()
        return self.spawn("curl", "-sS", "--cacert", self.server.ca_file, "--ssl-reqd", "-u",
                          f"demo:{self.server.password('demo')}", *options, f"ftp://{host}:{port}/curl.bin")

    def test_curl_gets_its_226_from_a_server_that_stops(self):
        client = self.curl("-T", self.file("curl.bin", DATA), "--limit-rate", "2M")
        self.wait_until(lambda: sum(self.server.staged_sizes()) > 0, "the upload has begun")
        self.server.signal(signal.SIGTERM)
        output = client.communicate(timeout=60)[0]
        self.assertEqual(client.returncode, 0, output)
        self.assertEqual(sha256(self.server.stored("curl.bin")), sha256(DATA))
        self.server.wait_for_exit()

    def test_curl_resumes_at_the_next_server(self):
        client = self.curl("-T", self.file("curl.bin", DATA), "--limit-rate", "256k")
        self.wait_until(lambda: sum(self.server.staged_sizes()) >= 1 << 18, "the upload has begun")
        old = self.server
        new = old.successor()
        self.addCleanup(new.stop)
        old.signal(signal.SIGTERM)
        self.assertNotEqual(client.wait(60), 0)
        old.wait_for_exit()
        self.server = new
        again = self.curl("-C", "-", "-T", self.work / "curl.bin")
        output = again.communicate(timeout=60)[0]
        self.assertEqual(again.returncode, 0, output)
        self.assertEqual(sha256(new.stored("curl.bin")), sha256(DATA))
        new.wait_event("file.received", path="/curl.bin", resumed=True)


class RenewedCredentials(unittest.TestCase):
    def test_renewed_certificate_and_host_keys_are_for_new_sessions(self):
        with Server(protocols=("ftps", "sftp")) as server:
            before = server.wait_event("server.ready")
            old = log_in(server)
            with paramiko_sftp(server) as old_sftp:
                renew_credentials(server)
                server.signal(signal.SIGHUP)
                after = server.wait_event("config.reloaded")
                for field in ("certificate", "host_keys"):
                    self.assertNotEqual(after[field], before[field])
                old.voidcmd("NOOP")
                old_sftp.listdir("/")
            old.storbinary("STOR old.bin", io.BytesIO(DATA[:1000]))
            old.quit()
            server._write_known_hosts()
            for door in DOORS:
                client = door(server, "demo")
                client.put(f"{door.protocol}.bin", DATA[:1000])
                client.close()


def renew_credentials(server):
    """A new certificate and new host keys in the files where the old ones were."""
    fresh = server.directory / "fresh"
    run("keygen", fresh)
    shutil.copytree(fresh, server.directory, dirs_exist_ok=True)
    shutil.rmtree(fresh)
