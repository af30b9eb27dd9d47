"""Many half-open connections at once: they end by their deadlines, caps hold, and nothing is kept."""

import select
import threading
import time

from attack import client_hello as hello
from attack.case import AttackCase, limits
from attack.control import Control, connect, remainder

HALF_HANDSHAKES = 1000
CONNECTIONS_CAP = 12
PER_ADDRESS_CAP = 6
LOGINS_AT_ONCE = 40
SHORT_SESSIONS = 300


class Floods(AttackCase):
    server_options = {"protocols": ("ftps", "ftps-implicit"), **limits(connections=1200, per_address=1200,
                                                                       handshake="4s", login_grace="8s")}

    def hold(self, count, first):
        """`count` connections to the implicit port that have sent `first`."""
        held = []
        self.addCleanup(lambda: [connection.close() for connection in held])
        for _ in range(count):
            connection = connect(self.server.address("ftps-implicit"))
            held.append(connection)
            connection.sendall(first)
        return held

    def assert_all_hung_up(self, held):
        poll = select.poll()
        for connection in held:
            poll.register(connection, select.POLLIN)
        waiting = {connection.fileno() for connection in held}
        deadline = time.monotonic() + 60
        while waiting and time.monotonic() < deadline:
            for descriptor, _ in poll.poll(1000):
                poll.unregister(descriptor)
                waiting.discard(descriptor)
        self.assertEqual(len(waiting), 0, f"{len(waiting)} connections are still open")

    def test_F21_a_thousand_half_handshakes_stop_nobody_and_leave_nothing(self):
        self.flood_with_half_handshakes()
        before = self.holdings()
        self.flood_with_half_handshakes()
        self.assert_back_to(before)

    def flood_with_half_handshakes(self):
        held = self.hold(HALF_HANDSHAKES, hello.client_hello()[:40])
        self.assert_alive()
        self.assert_all_hung_up(held)
        self.doCleanups()
        self.wait_until(lambda: self.open_sessions() == 0, "all sessions have ended")

    def test_F21_silent_connections_end_too(self):
        before = self.holdings()
        held = self.hold(100, b"")
        clear = [self.control() for _ in range(20)]
        upgraded = [self.control() for _ in range(20)]
        for control in upgraded:
            self.expect(control.command("AUTH TLS"), "234")
        self.assert_all_hung_up(held + [control.socket for control in clear + upgraded])
        self.assert_back_to(before)

    def test_F21_trickled_handshake_ends_at_its_limit(self):
        connection = connect(self.server.address("ftps-implicit"))
        self.addCleanup(connection.close)
        try:
            for byte in hello.client_hello(extensions=hello.usual_extensions() + hello.extension(21, b"\0" * 1000)):
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        except OSError:
            return
        self.fail("a handshake at ten bytes a second is waited for without end")

    def test_F21_handshake_that_stops_half_way_ends(self):
        connection = connect(self.server.address("ftps-implicit"))
        self.addCleanup(connection.close)
        connection.sendall(hello.client_hello())
        self.assertTrue(remainder(connection))

    def test_F21_sessions_that_come_and_go_leave_nothing(self):
        def come_and_go(count):
            for i in range(count):
                control = Control(self.server)
                if i % 3:
                    control.start_tls()
                if i % 3 == 2:
                    control.tls.reset()
                control.close()
        come_and_go(SHORT_SESSIONS)
        self.wait_until(lambda: self.open_sessions() == 0, "all sessions have ended")
        before = self.holdings()
        come_and_go(SHORT_SESSIONS)
        self.assert_back_to(before)

    def open_sessions(self):
        return self.warnings("session.open") - self.warnings("session.close")

    def test_F21_wrong_passwords_at_once_stop_nobody(self):
        def attempt():
            control = Control(self.server).start_tls()
            control.command("USER demo")
            answers.append(control.command("PASS wrong"))
            control.close()
        answers = []
        before = self.holdings()
        threads = [threading.Thread(target=attempt) for _ in range(LOGINS_AT_ONCE)]
        for thread in threads:
            thread.start()
        self.assert_alive()
        for thread in threads:
            thread.join(60)
        self.assertEqual({answer[:3] for answer in answers}, {"530"})
        self.assertEqual(len(answers), LOGINS_AT_ONCE)
        self.assert_back_to(before)


class Caps(AttackCase):
    server_options = limits(connections=CONNECTIONS_CAP, per_address=PER_ADDRESS_CAP, login_grace="4s")

    def test_F21_connections_beyond_the_cap_get_421_and_places_come_back(self):
        held = [self.control() for _ in range(PER_ADDRESS_CAP)]
        for _ in range(20):
            with connect(self.server.address()) as connection:
                self.assertEqual(remainder(connection)[:4], b"421 ")
        for control in held:
            control.close()
        self.wait_until(self.is_served, "a place is free again")

    def test_F21_one_address_at_its_cap_leaves_places_for_others(self):
        for _ in range(PER_ADDRESS_CAP):
            self.control()
        with connect(self.server.address(), source="127.0.0.7") as connection:
            self.assertEqual(connection.recv(4), b"220 ")

    def test_F21_places_held_in_silence_come_back_at_the_time_limit(self):
        held = [self.control() for _ in range(PER_ADDRESS_CAP)]
        self.assertFalse(self.is_served())
        self.wait_until(self.is_served, "a place is free again")
        self.assertEqual(len(held), PER_ADDRESS_CAP)

    def is_served(self):
        with connect(self.server.address()) as connection:
            return connection.recv(4) == b"220 "

    def tearDown(self):
        self.doCleanups()
        self.wait_until(self.is_served, "a place is free again")
        super().tearDown()
