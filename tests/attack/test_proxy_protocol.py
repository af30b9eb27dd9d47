"""Connections that come past a load balancer, lie about it, or say nothing (O12)."""

import contextlib
import ssl
import time

from attack.control import Control, connect, remainder
from attack.tls_pipe import TlsPipe
from support.balancer import BALANCER, BALANCERS, LOCAL, PROXY, SIGNATURE, UNIX, v1, v2
from support.case import ServerCase

CLIENT, OTHER, REACHED = ("127.0.0.77", 40000), ("127.0.0.78", 40000), ("127.0.0.1", 21)
DATA = b"by way of a balancer"

MALFORMED = {
    "nothing like it": b"AUTH TLS\r\n",
    "TLS": b"\x16\x03\x01\x00\x05hello",
    "SSH": b"SSH-2.0-client\r\n",
    "bad signature": b"\r\n\r\n\0\r\nQUIT\r" + b"\x21\x11\0\0",
    "unknown version": SIGNATURE + b"\x31\x11\0\0",
    "addresses cut off": SIGNATURE + b"\x21\x11\x00\x04\x7f\0\0\x01",
    "no room for extensions": v2(CLIENT, REACHED, extensions=b"\x01\xff\xffx"),
    "oversized": SIGNATURE + b"\x21\x11\xff\xff" + b"x" * 5000,
    "Unix sockets": v2(command=PROXY, family=UNIX, extensions=b"u" * 216),
    "UDP": v2(CLIENT, REACHED, family=0x12),
    "version 1 over UDP": b"PROXY UDP4 127.0.0.77 127.0.0.1 1 2\r\n",
    "version 1 with a name": b"PROXY TCP4 localhost 127.0.0.1 1 2\r\n",
    "version 1 without end": b"PROXY TCP4 127.0.0.77 127.0.0.1 1 2" + b" " * 100,
}


class ProxyCase(ServerCase):
    """A server that only BALANCERS may connect to."""

    def control(self, header=None, protocol="ftps", **options):
        control = Control(self.server, protocol, source=BALANCER, header=header or v1(CLIENT, REACHED), **options)
        self.addCleanup(control.close)
        return control

    def connect(self, data=b"", protocol="ftps", source=BALANCER):
        connection = connect(self.server.address(protocol), source)
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection


class Penalties(ProxyCase):
    """What a client does counts against its own address, not that of the balancer."""

    server_options = {"protocols": ("ftps", "sftp"), "listener": {"proxy_protocol": [BALANCERS]},
                      "limits": {"penalty_exempt": [], "failed_login_delay": "0s"}}

    def test_S18_neighbours_in_an_ipv6_network_of_64_bits_are_penalised_together(self):
        network = "2001:db8:1:2::/64"
        neighbours = (self.over_ipv6(f"2001:db8:1:2:{number:x}::1") for number in range(1, 1000))
        while network not in {event["source"] for event in self.server.events("penalty.start")}:
            control = self.control(next(neighbours)).start_tls()
            control.command("USER demo")
            control.command("PASS wrong")
            control.close()
        self.assertIn(remainder(self.connect(next(neighbours)))[:3], (b"421", b""))
        self.control(self.over_ipv6("2001:db8:1:3::1")).log_in()

    @staticmethod
    def over_ipv6(client):
        return v1((client, 40000), ("2001:db8::1", 21))

    def test_O12_only_the_address_in_the_header_is_penalised(self):
        # How many failures it takes depends on how fast they come.
        while not self.server.events("penalty.start"):
            control = self.control().start_tls()
            for _ in range(3):
                control.command("USER demo")
                control.command("PASS wrong")
            control.close()
        self.server.wait_event("penalty.start", source=CLIENT[0])
        self.assertIn(remainder(self.connect(v1(CLIENT, REACHED)))[:3], (b"421", b""))
        self.assertEqual(remainder(self.connect(v2(CLIENT, REACHED), "sftp")), b"")
        self.control(v2(OTHER, REACHED)).log_in()

    def test_O12_health_checks_are_no_offence(self):
        for protocol in ("ftps", "sftp"):
            for _ in range(30):
                check = self.connect(v2(command=LOCAL), protocol)
                self.assertIn(check.recv(4), (b"220 ", b"SSH-"))
                check.close()
        self.control(v2(command=LOCAL)).log_in()
        self.assertEqual([e for e in self.server.events("penalty.start") if e["source"] == BALANCER], [])


class ProxyProtocol(ProxyCase):
    server_options = {"protocols": ("ftps", "sftp", "ftps-implicit"), "listener": {"proxy_protocol": [BALANCERS]},
                      "limits": {"handshake": "3s", "data_accept": "3s"}}

    def tearDown(self):
        """Whatever a test did, a good client is served afterwards."""
        self.upload("alive.bin")
        self.assertEqual(self.server.events("session.failed"), [])

    def upload(self, name, control=None, header=None, source=BALANCER, session=None):
        """An upload whose data connection comes from `source` and begins with `header`; its final reply."""
        control = control or self.control().log_in()
        connection = connect(control.passive(), source)
        connection.sendall(v1(CLIENT, REACHED) if header is None else header)
        control.send(f"STOR {name}\r\n".encode())
        self.assertTrue(control.reply().startswith("150"))
        with contextlib.suppress(OSError, ssl.SSLError):
            channel = TlsPipe(connection, control.context, session).handshake()
            channel.sendall(DATA)
            channel.finish()
        connection.close()
        return control.reply()

    def test_O12_other_sources_are_closed_without_a_word(self):
        for protocol in ("ftps", "sftp", "ftps-implicit"):
            for data in (b"", v1(CLIENT, REACHED), v2(CLIENT, REACHED)):
                with self.subTest(protocol, data=data):
                    self.assertEqual(remainder(self.connect(data, protocol, source="127.0.0.2")), b"")
        self.server.wait_event("session.refused", address="127.0.0.2", reason="not through a trusted balancer")

    def test_O12_malformed_headers_are_closed_without_a_word(self):
        for protocol in ("ftps", "sftp"):
            for name, data in MALFORMED.items():
                with self.subTest(name, protocol=protocol):
                    self.assertEqual(remainder(self.connect(data, protocol)), b"")
        self.assertEqual({event["address"] for event in self.server.events("session.refused")}, {BALANCER})

    def test_O12_absent_and_unfinished_headers_are_closed_in_time(self):
        connections = [self.connect(data, protocol) for protocol in ("ftps", "sftp")
                       for data in (b"", b"PROXY TCP4 127.", SIGNATURE + b"\x21\x11\x00")]
        trickled = self.connect(b"PROXY UNKNOWN ")
        with self.assertRaises(OSError, msg="a trickled header extends its time"):
            for _ in range(80):  # fewer than the header could have
                trickled.sendall(b"x")
                time.sleep(0.1)
        for connection in connections:
            self.assertEqual(remainder(connection), b"")
        self.server.wait_event("session.refused", reason="no PROXY header in time")

    def test_O12_trickled_header_is_taken(self):
        for header in (v1(CLIENT, REACHED), v2(CLIENT, REACHED, extensions=b"\x04\x00\x02xy")):
            connection = self.connect()
            for byte in header:
                connection.sendall(bytes([byte]))
            self.assertEqual(connection.recv(4), b"220 ")
            connection.close()

    def test_O12_what_follows_in_the_same_segment_is_the_protocols(self):
        for header in (v1(CLIENT, REACHED), v2(CLIENT, REACHED)):
            ftps = self.connect(header + b"NOOP\r\n")
            received = b""
            while received.count(b"\n") < 2:
                received += ftps.recv(4096)
            self.assertRegex(received, rb"^220 .*\r\n200 ")
            sftp = self.connect(header + b"SSH-2.0-test\r\n", "sftp")
            received = b""
            while b"curve25519" not in received:
                more = sftp.recv(4096)
                self.assertTrue(more, "the key exchange did not begin")
                received += more

    def test_O12_second_header_is_what_the_client_says(self):
        # FTP: no command that exists in clear. SSH: no banner. TLS: no handshake.
        double = v1(CLIENT, REACHED) + v1(OTHER, REACHED)
        self.assertNotIn(b"234", remainder(self.connect(double + b"QUIT\r\n")))
        self.assertNotIn(b"curve25519", remainder(self.connect(double + b"\r\n" * 20, "sftp")))
        self.assertEqual(remainder(self.connect(double, "ftps-implicit")), b"")
        self.assertEqual([e for e in self.server.events("session.open") if e["address"] == OTHER[0]], [])

    def test_O12_balancers_own_connections_keep_their_address(self):
        headers = (v2(command=LOCAL), v2(CLIENT, REACHED, command=LOCAL), v2(command=LOCAL, family=UNIX),
                   v2(command=PROXY), b"PROXY UNKNOWN\r\n", b"PROXY UNKNOWN 1 2 3\r\n")
        for number, header in enumerate(headers, 1):
            with self.subTest(header):
                self.assertTrue(self.control(header).greeting.startswith("220"))
                self.wait_until(lambda: self.opened(BALANCER) == number, "the balancer's address in session.open")

    def opened(self, address):
        return len([event for event in self.server.events("session.open") if event["address"] == address])

    def test_O12_ipv6_clients_come_over_ipv4(self):
        header = v2(("2001:db8::77", 40000), ("2001:db8::1", 21))
        control = self.control(header).log_in()
        self.server.wait_event("session.open", address="2001:db8::77", balancer=BALANCER)
        self.assertTrue(self.upload("ipv6.bin", control, header).startswith("226"))

    def test_O12_waiting_for_a_header_takes_a_place(self):
        waiting = [self.connect(b"PROXY") for _ in range(30)]
        self.assertTrue(self.control().greeting.startswith("220"))
        del waiting

    # ---------------------------------------------------------------- data connections

    def test_O12_data_connection_with_the_clients_address_is_taken(self):
        for header in (v1(CLIENT, REACHED), v2(CLIENT, REACHED)):
            self.assertTrue(self.upload("relayed.bin", header=header).startswith("226"))
            self.assert_stored("relayed.bin", DATA)

    def test_O12_data_connection_from_the_client_itself_is_taken(self):
        self.assertTrue(self.upload("direct.bin", header=b"", source=CLIENT[0]).startswith("226"))

    def test_O12_data_connection_for_another_client_is_refused_and_the_rightful_one_still_comes(self):
        control = self.control().log_in()
        address = control.passive()
        for header in (v1(OTHER, REACHED), v2(OTHER, REACHED), b"PROXY nonsense\r\n"):
            thief = connect(address, BALANCER)
            thief.sendall(header)
            self.assertEqual(remainder(thief), b"")
        self.server.wait_event("data.refused", **{"from": OTHER[0]})
        connection = connect(address, BALANCER)
        connection.sendall(v1(CLIENT, REACHED))
        control.send(b"STOR rightful.bin\r\n")
        self.assertTrue(control.reply().startswith("150"))
        channel = TlsPipe(connection, control.context).handshake()
        channel.sendall(DATA)
        channel.finish()
        self.assertTrue(control.reply().startswith("226"))

    def test_O12_data_connection_from_a_third_address_is_refused(self):
        self.assertTrue(self.upload("third.bin", source="127.0.0.2", header=b"").startswith("425"))
        self.assertFalse((self.server.home() / "third.bin").exists())

    def test_O12_data_connection_that_says_nothing_of_its_client_must_resume_the_session(self):
        for header in (b"", v2(command=LOCAL), b"PROXY UNKNOWN\r\n"):
            with self.subTest(header):
                self.assertTrue(self.upload("nobody.bin", header=header).startswith("522"))
                self.assertFalse((self.server.home() / "nobody.bin").exists())
                control = self.control().log_in()
                session = control.tls.session
                self.assertTrue(self.upload("resumed.bin", control, header, session=session).startswith("226"))
