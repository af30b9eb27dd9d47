"""Health, readiness, metrics and status: over HTTP for programs, by `sallyport status` for people."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import stat

from support.case import ServerCase, payload
from support.ftps_client import log_in
from support.sallyport import Server, binary, run
from support.ssh_client import paramiko_sftp

TIMEOUT_SECONDS = 30
MIB = 1 << 20
MOST_CONNECTIONS = 16


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT_SECONDS)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_SECONDS)
        self.sock.connect(self._path)


def admin_address(server):
    host, _, port = server.events("server.ready")[0]["admin"].split()[0].rpartition(":")
    return host, int(port)


def state_socket(server):
    return server.directory / "state" / "admin.sock"


def get(connection, path, **headers):
    """Status and text of the answer."""
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def raw(address, request):
    """What the server says to these bytes, until it closes."""
    with socket.create_connection(address, timeout=TIMEOUT_SECONDS) as client:
        client.sendall(request)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while received := client.recv(65536):
                answer += received
        return answer


class AdminCase(ServerCase):
    server_options = {"protocols": ("ftps", "sftp"), "admin": {"address": "127.0.0.1:0"}, "durability": "none"}

    def tcp(self, path, **headers):
        return get(http.client.HTTPConnection(*admin_address(self.server), timeout=TIMEOUT_SECONDS), path, **headers)

    def unix(self, path):
        return get(UnixConnection(state_socket(self.server)), path)

    def status(self):
        return json.loads(self.unix("/status")[1])

    def sallyport(self, *arguments, server=None, status=0):
        """What `sallyport status ARGUMENTS` prints."""
        config = (server or self.server).config_path
        told = run("status", "--config", config, *arguments, check=False)
        self.assertEqual(told.returncode, status, told.stdout + told.stderr)
        return told.stdout + told.stderr


class Endpoints(AdminCase):
    def test_answers_are_the_same_by_address_and_by_socket(self):
        for ask in (self.tcp, self.unix):
            self.assertEqual(ask("/healthz"), (200, "ok\n"))
            self.assertEqual(ask("/readyz"), (200, "ready\n"))
            self.assertEqual(ask("/readyz?verbose"), (200, "ready\n"))
            self.assertIn("sallyport_build_info{version=", ask("/metrics")[1])
            self.assertTrue(json.loads(ask("/status")[1])["ready"])
            self.assertEqual(ask("/")[0], 404)
            self.assertEqual(ask("/status/")[0], 404)

    def test_socket_is_for_its_owner_alone(self):
        self.assertEqual(stat.S_IMODE(state_socket(self.server).stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(state_socket(self.server).parent.stat().st_mode), 0o700)

    def test_no_browser_can_be_led_here(self):
        for host in ("example.com", "example.com:9321", "127.0.0.1.example.com", "192.0.2.1", ""):
            self.assertEqual(self.tcp("/status", Host=host)[0], 421, host)
        for host in ("localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:9321"):
            self.assertEqual(self.tcp("/status", Host=host)[0], 200, host)
        answer = raw(admin_address(self.server),
                     b"GET /status HTTP/1.1\r\nHost: localhost\r\nOrigin: http://example.com\r\n\r\n")
        self.assertNotIn(b"access-control", answer.lower())
        self.assertIn(b"nosniff", answer.lower())

    def test_only_short_get_requests_are_answered(self):
        address = admin_address(self.server)
        for request, status in (
                (b"POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", b"405"),
                (b"HEAD /status HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
                (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
                (b"GET /status HTTP/1.1\r\n\r\n", b"400"),
                (b"USER demo\r\n\r\n", b"400"),
                (b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", b"4"),
                (b"GET /status HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 10_000 + b"\r\n\r\n", b"4"),
                (b"GET /healthz HTTP/1.0\r\n\r\n", b"200")):
            with self.subTest(request=request[:40]):
                self.assertRegex(raw(address, request), rb"^HTTP/1.1 " + status)

    def test_connections_are_few_and_come_back(self):
        address = admin_address(self.server)
        with contextlib.ExitStack() as stack:
            for _ in range(MOST_CONNECTIONS):
                stack.enter_context(socket.create_connection(address, timeout=TIMEOUT_SECONDS))
            one_more = stack.enter_context(socket.create_connection(address, timeout=TIMEOUT_SECONDS))
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(one_more.recv(1), b"")
        self.wait_until(lambda: self.answers(), "the server answers again")

    def answers(self):
        try:
            return self.tcp("/healthz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def test_silent_connection_is_closed(self):
        with socket.create_connection(admin_address(self.server), timeout=TIMEOUT_SECONDS) as client:
            self.assertEqual(client.recv(1), b"")

    def test_secrets_and_names_of_users_stay_inside(self):
        with contextlib.closing(log_in(self.server)):
            with self.assertRaises(Exception):
                log_in(self.server, user="nobody-here")
            for path in ("/metrics", "/status"):
                text = self.unix(path)[1]
                self.assertNotIn("secret", text)
                self.assertNotIn("argon2id", text)
                self.assertNotIn("nobody-here", text)
            self.assertNotIn("demo", self.unix("/metrics")[1])


class Readiness(AdminCase):
    def test_storage_that_is_gone_is_not_ready(self):
        moved = self.server.storage_root.with_name("moved")
        self.server.storage_root.rename(moved)
        try:
            self.wait_until(lambda: self.tcp("/readyz")[0] == 503, "not ready")
            self.assertIn("the storage is not available", self.sallyport(status=1))
            self.assertIn("\nsallyport_ready 0\n", self.tcp("/metrics")[1])
            self.assertEqual(self.tcp("/healthz")[0], 200)
        finally:
            moved.rename(self.server.storage_root)
        self.wait_until(lambda: self.tcp("/readyz")[0] == 200, "ready again")

    def test_draining_server_is_alive_but_not_ready(self):
        with Server(**self.server_options) as server:
            ftp = log_in(server)
            data = ftp.transfercmd("STOR last.bin")
            data.sendall(b"x")
            address = admin_address(server)
            server.signal(signal.SIGTERM)
            server.wait_event("server.drain")
            self.assertEqual(get(http.client.HTTPConnection(*address), "/healthz")[0], 200)
            self.assertEqual(get(http.client.HTTPConnection(*address), "/readyz"), (503, "not ready: draining\n"))
            self.assertIn("NOT READY: draining", self.sallyport(server=server, status=1))
            data.unwrap().close()
            server.wait_for_end()


class WithoutAdminTable(ServerCase):
    def test_nothing_listens_but_the_doors(self):
        with Server(protocols=("ftps", "sftp")) as server:
            self.assertEqual(len(listening_ports(server.pid)), 2)
            self.assertEqual(get(UnixConnection(state_socket(server)), "/healthz"), (200, "ok\n"))
            self.assertIn(", ready", run("status", "--config", server.config_path).stdout)

    def test_configuration_without_a_place_is_told_so(self):
        text = re.sub(r"(?m)^.*state_dir.*$", "", self.server.config_path.read_text())
        config = self.file("other.toml", text.replace('"tls/', f'"{self.server.directory}/tls/').encode())
        told = run("status", "--config", config, check=False)
        self.assertEqual(told.returncode, 1)
        self.assertIn("server.state_dir", told.stderr)

    def test_server_that_does_not_run_is_told_so(self):
        state = self.work / "state"
        text = re.sub(r"(?m)^.*state_dir.*$", f'"state_dir" = "{state}"', self.server.config_path.read_text())
        config = self.file("other.toml", text.replace('"tls/', f'"{self.server.directory}/tls/').encode())
        told = run("status", "--config", config, check=False)
        self.assertEqual((told.returncode, told.stdout), (1, ""))
        self.assertIn("no answer from unix:", told.stderr)
        self.assertEqual(run("status", "--config", self.work / "none.toml", check=False).returncode, 1)


def listening_ports(pid):
    """TCP ports that a process listens on."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            inodes.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    ports = []
    for table in ("tcp", "tcp6"):
        with open(f"/proc/net/{table}", encoding="ascii") as lines:
            for line in list(lines)[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                    ports.append(int(fields[1].rpartition(":")[2], 16))
    return ports


class Transfers(AdminCase):
    """What `sallyport status` tells while files are on their way."""

    def transfer(self, path):
        """The transfer of a path, as soon as it is seen."""
        found = []

        def look():
            found[:] = [(session, transfer) for session in self.status()["sessions"]
                        for transfer in session["transfers"] if transfer["path"] == path]
            return found
        self.wait_until(look, f"{path} is seen")
        return found[0]

    def test_upload_by_ftps_is_seen_while_it_runs(self):
        with contextlib.closing(log_in(self.server)) as ftp:
            ftp.voidcmd("TYPE I")
            ftp.voidcmd(f"ALLO {4 * MIB}")
            data = ftp.transfercmd("STOR statement.csv")
            data.sendall(payload(MIB))
            self.wait_until(lambda: self.transfer("/statement.csv")[1]["position"] >= MIB // 2, "half a MiB arrived")
            session, transfer = self.transfer("/statement.csv")
            self.assertEqual((session["user"], session["protocol"], session["address"]),
                             ("demo", "ftps", "127.0.0.1"))
            self.assertEqual((transfer["direction"], transfer["size"]), ("upload", 4 * MIB))
            table = self.sallyport()
            self.assertRegex(table, r"\n  demo  127\.0\.0\.1  ftps ")
            self.assertRegex(table, r"\n      upload /statement\.csv  \[#+-+\]  +\d+ %  .* of 4\.0 MiB")
            data.unwrap().close()
            ftp.voidresp()
            self.wait_until(lambda: not self.status()["sessions"][0]["transfers"], "the transfer is over")

    def test_transfers_by_sftp_are_seen_while_they_are_open(self):
        with paramiko_sftp(self.server) as sftp:
            with sftp.open("/up.bin", "wb") as file:
                file.write(payload(MIB))
                file.stat()
                self.assertEqual(self.transfer("/up.bin")[1]["moved"], MIB)
            with sftp.open("/up.bin", "rb") as file:
                file.read(1000)
                _, transfer = self.transfer("/up.bin")
                self.assertEqual((transfer["direction"], transfer["size"]), ("download", MIB))

    def test_session_that_has_not_logged_in_is_seen_without_a_name(self):
        with socket.create_connection(self.server.address("ftps")):
            self.wait_until(lambda: "" in [session["user"] for session in self.status()["sessions"]], "it is seen")
            self.assertIn("(login)", self.sallyport())

    def test_names_are_shown_so_that_they_can_be_told_apart(self):
        # Names with control characters never get here: both doors refuse them.
        with paramiko_sftp(self.server) as sftp, sftp.open("/a\\b \U0001f4c4.txt", "wb"):
            self.transfer("/a\\\\b \U0001f4c4.txt")
            self.assertNotIn("\x1b", self.sallyport())

    def test_json_is_one_object_for_programs(self):
        status = json.loads(self.sallyport("--json"))
        self.assertEqual(status["name"], "files.example.com")
        self.assertEqual([listener["protocol"] for listener in status["listeners"]], ["ftps", "sftp"])
        self.assertGreater(status["certificates"][0]["seconds_left"], 0)
        self.assertEqual([pool["name"] for pool in status["pools"]], ["files", "hashing"])
        self.assertGreater(status["storage"]["free"], 0)

    def test_watching_goes_on_until_it_is_stopped(self):
        watching = self.spawn(binary(), "status", "--config", self.server.config_path, "--json",
                              "--watch")
        for _ in range(2):
            self.assertTrue(json.loads(watching.stdout.readline())["ready"])
        watching.terminate()


class HandOver(AdminCase):
    def test_next_server_takes_over_where_the_one_before_still_answers(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            address = probe.getsockname()
        options = {**self.server_options, "admin": {"address": f"127.0.0.1:{address[1]}"}, "server": {"drain": "60s"}}
        with Server(**options) as old, contextlib.closing(log_in(old)) as ftp:
            data = ftp.transfercmd("STOR last.bin")
            data.sendall(b"x")
            new = old.successor()
            self.addCleanup(new.stop)
            self.assertEqual(get(UnixConnection(state_socket(new)), "/readyz"), (200, "ready\n"))
            self.assertEqual(get(http.client.HTTPConnection(*address), "/readyz")[0], 503)
            data.unwrap().close()
            ftp.voidresp()
            old.wait_for_exit()
            self.assertEqual(get(UnixConnection(state_socket(new)), "/readyz"), (200, "ready\n"))
            self.wait_until(lambda: self.is_ready(address), "the new server answers at the address")

    def is_ready(self, address):
        try:
            return get(http.client.HTTPConnection(*address, timeout=TIMEOUT_SECONDS), "/readyz")[0] == 200
        except OSError:
            return False


class Leftovers(ServerCase):
    def test_socket_is_gone_with_the_server(self):
        with Server() as server:
            path = state_socket(server)
            self.assertTrue(path.exists())
            server.signal(signal.SIGTERM)
            server.wait_event("server.stop")
            server.wait_for_exit()
            self.wait_until(lambda: not path.exists(), "the socket is removed")
