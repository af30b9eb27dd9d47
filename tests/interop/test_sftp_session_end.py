"""How SFTP sessions end that the client does not end: by idling, by never logging in, and by SIGTERM to the server."""

import signal
import socket
import unittest

import paramiko

from support.sallyport import Server
from support.ssh_client import paramiko_sftp


class SftpSessionEnd(unittest.TestCase):
    """Server.stop() requires exit status 0 in bounded time and an empty staging area."""

    def server(self, **options):
        server = Server(protocols=("sftp",), **options).start()
        self.addCleanup(server.stop)
        return server

    def logged_in(self, server):
        session = paramiko_sftp(server)
        sftp = session.__enter__()
        self.addCleanup(session.__exit__, None, None, None)
        return sftp

    def assert_over(self, sftp):
        with self.assertRaises((EOFError, OSError, paramiko.SSHException)):
            sftp.listdir("/")

    def test_idle_session_ends_and_others_go_on(self):
        server = self.server(limits={"idle": "1s"})
        idle = self.logged_in(server)
        server.wait_event("session.close", reason="timed out")
        self.assert_over(idle)
        self.assertEqual(self.logged_in(server).listdir("/"), [])

    def test_client_that_never_logs_in_ends_and_others_go_on(self):
        server = self.server(limits={"login_grace": "1s"})
        with socket.create_connection(server.address("sftp")) as silent:
            silent.settimeout(30)
            self.assertTrue(silent.recv(100).startswith(b"SSH-2.0-"))
            server.wait_event("session.close")
            while silent.recv(100):
                pass
        self.assertEqual(self.logged_in(server).listdir("/"), [])

    def test_client_without_login_does_not_hold_up_the_server(self):
        server = self.server()
        with socket.create_connection(server.address("sftp")) as client:
            client.recv(1)
            server.stop()

    def test_logged_in_session_does_not_hold_up_the_server(self):
        server = self.server()
        sftp = self.logged_in(server)
        sftp.listdir("/")
        server.stop()
        self.assert_over(sftp)

    def test_upload_under_way_may_finish(self):
        server = self.server(server={"drain": "30s"})
        sftp = self.logged_in(server)
        file = sftp.open("last.bin", "wb")
        file.write(b"made")
        server.signal(signal.SIGTERM)
        server.wait_event("server.drain")
        file.write(b" it")
        file.close()
        self.assertEqual(server.stored("last.bin"), b"made it")
        server.wait_for_end()

    def test_upload_that_outlasts_the_drain_is_not_published(self):
        server = self.server(server={"drain": "1s"})
        sftp = self.logged_in(server)
        late = sftp.open("late.bin", "wb")
        self.addCleanup(late.close)
        late.write(b"not whole")
        server.signal(signal.SIGTERM)
        server.wait_event("file.abandoned", path="/late.bin")
        server.wait_for_end()

    def test_connection_that_breaks_leaves_a_partial_to_resume(self):
        server = self.server()
        sftp = self.logged_in(server)
        file = sftp.open("broken.bin", "wb")
        file.write(b"first half")
        self.assertEqual(file.stat().st_size, len(b"first half"))
        sftp.get_channel().get_transport().sock.close()
        server.wait_event("file.abandoned", path="/broken.bin", size=len(b"first half"))
        again = self.logged_in(server)
        self.assertEqual(again.stat("broken.bin").st_size, len(b"first hal"), "the last byte is sent again")
        with again.open("broken.bin", "ab") as rest:
            rest.write(b"f, second half")
        self.assertEqual(server.stored("broken.bin"), b"first half, second half")
        server.wait_event("file.received", path="/broken.bin", resumed=True)
