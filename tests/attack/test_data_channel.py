"""Data connections: stolen, doubled, silent, in clear, to third parties, too many."""

import socket
from pathlib import Path

from attack.case import AttackCase, limits
from attack.control import connect, remainder
from attack.tls_pipe import TlsPipe

STRANGER = "127.0.0.2"
PASSIVE_COMMANDS = 1000
LISTEN_STATE = "0A"


class DataChannel(AttackCase):
    server_options = limits(data_accept="2s", handshake="2s")

    def listening_ports(self):
        """Ports of this server's passive range that have a listener."""
        first, last = map(int, self.server.passive_ranges[0].split("-"))
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        ports = {int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTEN_STATE}
        return {port for port in ports if first <= port <= last}

    def upload_over(self, control, connection, name, data=b"by the rightful client"):
        self.expect(control.command(f"STOR {name}"), "150")
        channel = TlsPipe(connection, control.context).handshake()
        channel.sendall(data)
        channel.finish()
        self.expect(control.reply(), "226")
        self.assert_stored(name, data)

    def assert_turned_away(self, connection):
        with connection:
            self.assertEqual(remainder(connection), b"")

    def assert_no_listener(self, address):
        self.assertRaises(ConnectionRefusedError, connect, address)

    # ---------------------------------------------------------------- D1, D2: whose connection

    def test_D1_stranger_is_turned_away_and_the_rightful_client_still_comes(self):
        for command in ("PASV", "EPSV"):
            with self.subTest(command):
                control, seen = self.session(), self.warnings("data.refused")
                address = control.passive(command)
                for _ in range(3):
                    self.assert_turned_away(connect(address, source=STRANGER))
                self.upload_over(control, connect(address), f"rightful-{command}.bin")
                self.wait_until(lambda: self.warnings("data.refused") >= seen + 3, "three events data.refused")
        self.server.wait_event("data.refused", **{"from": STRANGER})

    def test_D1_stranger_alone_is_no_data_connection(self):
        control = self.session()
        address = control.passive()
        self.expect(control.command("STOR by-stranger.bin"), "150")
        self.assert_turned_away(connect(address, source=STRANGER))
        self.expect(control.reply(), "425")
        self.assert_not_published("by-stranger.bin")

    def test_D2_second_connection_to_the_same_port_is_refused(self):
        control = self.session()
        address = control.passive()
        first = connect(address)
        try:
            self.assert_turned_away(connect(address))
        except ConnectionError:
            pass
        self.upload_over(control, first, "first-wins.bin")

    def test_D2_new_passive_command_closes_the_port_before(self):
        control = self.session()
        old = control.passive()
        waiting = connect(old)
        new = control.passive("PASV")
        self.assertNotEqual(old, new)
        self.assert_turned_away(waiting)
        self.assert_no_listener(old)
        self.upload_over(control, connect(new), "second-port.bin")
        self.assert_no_listener(new)

    def test_D2_passive_port_ends_with_its_session(self):
        control = self.session()
        address = control.passive()
        control.close()
        self.wait_until(lambda: address[1] not in self.listening_ports(), "the port is closed")

    def test_D2_a_port_serves_one_transfer_only(self):
        control = self.session()
        self.upload_over(control, connect(control.passive()), "only.bin")
        self.expect(control.command("STOR next.bin"), "425")
        self.assert_not_published("next.bin")

    # ---------------------------------------------------------------- D4, D5: no TLS

    def test_D4_connection_without_a_handshake_ends_in_425(self):
        control = self.session()
        silent = connect(control.passive())
        self.addCleanup(silent.close)
        self.expect(control.command("STOR silent.bin"), "150")
        self.expect(control.reply(), "425")
        self.assertEqual(remainder(silent), b"")
        self.assert_not_published("silent.bin")

    def test_D4_no_connection_at_all_ends_in_425(self):
        control = self.session()
        control.passive()
        self.expect(control.command("STOR nobody.bin"), "150")
        self.expect(control.reply(), "425")
        self.assertEqual(self.listening_ports(), set())

    def test_D4_trickled_handshake_is_not_waited_for_without_end(self):
        control = self.session()
        slow = connect(control.passive())
        self.addCleanup(slow.close)
        slow.settimeout(0.2)
        self.expect(control.command("STOR slow.bin"), "150")
        for byte in b"\x16\x03\x01\x02\x00" + b"\1" * 100:
            try:
                slow.sendall(bytes([byte]))
                if not slow.recv(1):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            self.fail("a hundred trickled bytes kept the data connection open")
        self.expect(control.reply(), "425")

    def test_D5_bytes_in_clear_on_the_data_port_are_never_stored(self):
        for data in (b"plain contents of a file\n" * 1000, b"GET / HTTP/1.1\r\n\r\n", b"\x16" + b"\0" * 500,
                     b"\x17\x03\x03\x00\x05hello"):
            with self.subTest(data=data[:20]):
                control = self.session()
                plain = connect(control.passive())
                plain.sendall(data)
                self.expect(control.command("STOR plain.bin"), "150")
                plain.shutdown(socket.SHUT_WR)
                answer = remainder(plain)
                self.assertTrue(answer == b"" or answer.startswith(b"\x15"), answer)
                plain.close()
                self.expect(control.reply(), "425")
                self.assert_not_published("plain.bin")

    def test_D5_listing_and_download_never_go_out_in_clear(self):
        secret = b"secret contents " * 1000
        control = self.session()
        self.expect(control.store("secret.bin", secret), "226")
        for command in ("RETR secret.bin", "LIST", "NLST", "MLSD"):
            with self.subTest(command):
                plain = connect(control.passive())
                self.expect(control.command(command), "150")
                plain.shutdown(socket.SHUT_WR)
                answer = remainder(plain)
                self.assertNotIn(b"secret", answer)
                plain.close()
                self.expect(control.reply(), "425")

    # ---------------------------------------------------------------- D8: bounce

    def test_D8_the_server_never_connects_out(self):
        control = self.session()
        with socket.create_server(("127.0.0.1", 0)) as target:
            port = target.getsockname()[1]
            for command in (f"PORT 127,0,0,1,{port >> 8},{port & 255}", f"EPRT |1|127.0.0.1|{port}|",
                            "PORT 127,0,0,1,0,22", "EPRT |1|127.0.0.1|22|",
                            "PORT 192,0,2,1,200,0", "EPRT |2|::1|2121|", "PORT", "PORT 999,0,0,1,0,0",
                            f"LPRT 4,4,127,0,0,1,2,{port >> 8},{port & 255}"):
                self.expect(control.command(command), "502", "500")
            for command in ("STOR bounced.bin", "LIST"):
                self.expect(control.command(command), "425")
            target.settimeout(0.5)
            self.assertRaises(TimeoutError, target.accept)

    # ---------------------------------------------------------------- D9: how many

    def test_D9_a_thousand_passive_commands_hold_one_port(self):
        before, control = self.holdings(), self.session()
        for i in range(PASSIVE_COMMANDS):
            control.passive("PASV" if i % 2 else "EPSV")
        self.assertEqual(len(self.listening_ports()), 1)
        self.assert_back_to(before)
        self.upload_over(control, connect(control.passive()), "thousandth.bin")

    def test_D9_passive_ports_are_not_predictable(self):
        control = self.session()
        ports = [control.passive()[1] for _ in range(40)]
        steps = {after - before for before, after in zip(ports, ports[1:])}
        self.assertGreater(len(steps), 10, ports)

    def test_D9_when_no_port_is_left_it_is_425_and_the_session_goes_on(self):
        first, last = map(int, self.server.passive_ranges[0].split("-"))
        sessions = [self.session() for _ in range(last - first + 2)]
        for control in sessions[:-1]:
            self.assertTrue(any(control.command("EPSV").startswith("229") for _ in range(50)))
        self.assertEqual(len(self.listening_ports()), last - first + 1)
        for command in ("EPSV", "PASV", "STOR exhausted.bin"):
            self.expect(sessions[-1].command(command), "425")
        for control in sessions[:-1]:
            control.close()
        self.wait_until(lambda: not self.listening_ports(), "all ports are free")
        self.upload_over(sessions[-1], connect(sessions[-1].passive()), "served.bin")
