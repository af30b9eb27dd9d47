"""What the server tells a service manager, and sockets that one hands over, as systemd does both."""

import os
import signal
import socket
import tempfile
import time
import unittest
from pathlib import Path

from support.doors import DOORS
from support.ftps_client import log_in
from support.sallyport import Server

WATCHDOG_SECONDS = 0.6
SECONDS = 30


class Manager:
    """The manager's end of NOTIFY_SOCKET: a datagram socket in the file system or, with '@', in the abstract space."""

    def __init__(self, address):
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))
        self._socket.settimeout(SECONDS)
        self.states = []

    def close(self):
        self._socket.close()

    def next(self):
        state = dict(line.split("=", 1) for line in self._socket.recv(4096).decode().splitlines())
        self.states.append(state)
        return state

    def wait(self, key, value):
        while True:
            state = self.next()
            if state.get(key) == value:
                return state


class ServiceManager(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-notify-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def manager(self, address=None):
        manager = Manager(address or str(self.folder / "notify"))
        self.addCleanup(manager.close)
        return manager

    def server(self, manager, variables=None, **options):
        server = Server(environment={"NOTIFY_SOCKET": manager.address, **(variables or {})}, **options).start()
        self.addCleanup(server.stop)
        return server

    def test_whole_life_is_told(self):
        for address in (None, f"@sallyport-test-{os.getpid()}"):
            with self.subTest(address):
                manager = self.manager(address)
                server = self.server(manager, server={"drain": "7s"})
                self.assertRegex(manager.wait("READY", "1")["STATUS"], r"^Serving ftps=127\.0\.0\.1:\d+$")
                ftp = log_in(server)
                ftp.voidcmd("TYPE I")
                upload = ftp.transfercmd("STOR held.bin")
                server.signal(signal.SIGHUP)
                reloading = manager.wait("RELOADING", "1")
                self.assertAlmostEqual(int(reloading["MONOTONIC_USEC"]) / 1e6, time.clock_gettime(time.CLOCK_MONOTONIC),
                                       delta=SECONDS)
                manager.wait("READY", "1")
                server.signal(signal.SIGTERM)
                stopping = manager.wait("STOPPING", "1")
                self.assertEqual(stopping["STATUS"], "Waiting for 1 sessions")
                self.assertGreater(int(stopping["EXTEND_TIMEOUT_USEC"]), 7_000_000)
                upload.close()
                ftp.close()
                server.stop()

    def test_refused_reload_ends_in_ready_too(self):
        manager = self.manager()
        server = self.server(manager)
        manager.wait("READY", "1")
        server.config_path.write_text("nonsense")
        server.signal(signal.SIGHUP)
        manager.wait("RELOADING", "1")
        manager.wait("READY", "1")
        server.wait_event("config.refused")

    def test_start_that_fails_is_never_ready(self):
        manager = self.manager()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            server = Server(environment={"NOTIFY_SOCKET": manager.address}, addresses=[f"127.0.0.1:{port}"])
            self.addCleanup(server.kill)
            self.assertRaisesRegex(AssertionError, "status 1 before server.ready", server.start)
        manager._socket.setblocking(False)
        self.assertRaises(BlockingIOError, manager.next)

    def test_watchdog_is_fed_as_long_as_the_server_lives(self):
        manager = self.manager()
        server = self.server(manager, {"WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6))})
        for _ in range(5):
            manager.wait("WATCHDOG", "1")
        self.assertIsNone(server._process.poll())

    def test_watchdog_of_another_process_is_not_fed(self):
        manager = self.manager()
        self.server(manager, {"WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"})
        manager.wait("READY", "1")
        manager._socket.settimeout(1)
        self.assertRaises(TimeoutError, manager.wait, "WATCHDOG", "1")

    def test_manager_that_is_gone_does_not_matter(self):
        manager = self.manager()
        manager.close()
        server = self.server(manager, {"WATCHDOG_USEC": "100000"})
        self.assertEqual(log_in(server).voidcmd("NOOP")[:3], "200")


class SocketActivation(unittest.TestCase):
    """LISTEN_FDS: the sockets stay open while one server ends and the next begins."""

    # The manager knows the process id only after the fork; the shell keeps it over exec.
    LAUNCHER = ("sh", "-c", 'LISTEN_PID=$$ exec "$0" "$@"')

    def setUp(self):
        self.sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        self.ports = [opened.getsockname()[1] for opened in self.sockets]
        self.addCleanup(lambda: [opened.close() for opened in self.sockets])

    def server(self, *addresses):
        """A server that gets both sockets as descriptors 3 and 4."""
        wrapper = ("sh", "-c", f'exec "$0" "$@" 3<&{self.sockets[0].fileno()} 4<&{self.sockets[1].fileno()}',
                    *self.LAUNCHER)
        server = Server(protocols=("ftps", "sftp"), addresses=addresses, wrapper=wrapper,
                        environment={"LISTEN_FDS": "2"}, pass_fds=[opened.fileno() for opened in self.sockets])
        self.addCleanup(server.kill)
        return server

    def test_connections_wait_for_the_next_server_instead_of_being_refused(self):
        addresses = [f"127.0.0.1:{port}" for port in self.ports]
        server = self.server(*addresses).start()
        self.assertEqual([port for _, _, port in server.listeners], self.ports)
        server.signal(signal.SIGTERM)
        server.wait_for_exit()
        early = socket.create_connection(("127.0.0.1", self.ports[0]))
        self.addCleanup(early.close)
        early.settimeout(SECONDS)
        next_server = server.sibling().start()
        self.addCleanup(next_server.stop)
        self.assertEqual(early.recv(4), b"220 ")
        for door in DOORS:
            client = door(next_server, "demo")
            client.put("activated.bin", b"by way of the manager's socket")
            client.close()

    def test_socket_that_no_listener_is_for_is_a_mistake(self):
        server = self.server(f"127.0.0.1:{self.ports[0]}", "127.0.0.1:0")
        self.assertRaisesRegex(AssertionError, "status 1 before server.ready", server.start)
