"""How sessions end that the client does not end: by idling, and by SIGTERM to the server."""

import ftplib
import signal
import socket
import unittest

from support.ftps_client import connect, log_in
from support.sallyport import Server


class SessionEnd(unittest.TestCase):
    """Server.stop() requires exit status 0 in bounded time and an empty staging area."""

    def server(self, **options):
        server = Server(**options).start()
        self.addCleanup(server.stop)
        return server

    def logged_in(self, server):
        ftp = log_in(server)
        self.addCleanup(ftp.close)
        return ftp

    def test_idle_session_is_told_with_421_and_others_go_on(self):
        server = self.server(limits={"idle": "1s"})
        idle = self.logged_in(server)
        self.assertRaisesRegex(ftplib.error_temp, "^421", idle.getresp)
        self.assertRaises(EOFError, idle.getresp)
        self.assertEqual(self.logged_in(server).voidcmd("NOOP")[:3], "200")

    def test_session_that_never_logs_in_ends_and_others_go_on(self):
        server = self.server(limits={"login_grace": "1s"})
        for encrypted in (False, True):
            with self.subTest(encrypted=encrypted), connect(server) as ftp:
                if encrypted:
                    ftp.auth()
                with self.assertRaises((EOFError, ftplib.error_temp)):
                    ftp.getresp()
        self.assertEqual(self.logged_in(server).voidcmd("NOOP")[:3], "200")

    def test_clear_text_session_does_not_hold_up_the_server(self):
        server = self.server()
        with socket.create_connection(server.address()) as client:
            client.recv(1)
            server.stop()

    def test_session_without_login_does_not_hold_up_the_server(self):
        server = self.server()
        ftp = connect(server)
        self.addCleanup(ftp.close)
        ftp.auth()
        server.stop()

    def test_logged_in_session_is_told_with_421(self):
        server = self.server()
        ftp = self.logged_in(server)
        server.stop()
        self.assertRaisesRegex(ftplib.error_temp, "^421", ftp.getresp)

    def test_upload_under_way_may_finish(self):
        server = self.server(server={"drain": "30s"})
        ftp = self.logged_in(server)
        ftp.voidcmd("TYPE I")
        connection = ftp.transfercmd("STOR last.bin")
        server.signal(signal.SIGTERM)
        server.wait_event("server.drain")
        connection.sendall(b"made it")
        connection.unwrap()
        connection.close()
        self.assertEqual(ftp.voidresp()[:3], "226")
        self.assertEqual(server.stored("last.bin"), b"made it")
        server.wait_for_end()
