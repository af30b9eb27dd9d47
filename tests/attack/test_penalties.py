"""Who fails to log in too often is refused for a while at every door, and nobody else is (S18)."""

import itertools
import signal
import threading

from attack.case import AttackCase, limits
from attack.control import Control, connect, remainder
from attack.ssh_peer import SshPeer
from attack.ssh_wire import USERAUTH_SUCCESS

DOORS = ("ftps", "ftps-implicit", "sftp")
# More than it takes, should a slow machine let some weight lapse in between.
MANY_FAILURES, MANY_VISITS = 8, 60
SEATS = 3

_sources = itertools.count(1)


def new_source():
    """An address of this machine that has done nothing yet."""
    number = next(_sources)
    return f"127.3.{number // 250}.{number % 250 + 1}"


class PenaltyCase(AttackCase):
    """The address that a good client comes from does nothing wrong."""

    def fail_over_ftps(self, source, user="demo"):
        control = self.control(source=source).start_tls()
        control.command(f"USER {user}")
        self.expect(control.command("PASS wrong"), "530")
        control.close()

    def fail_over_sftp(self, source, user="demo"):
        peer = SshPeer(self.server, source=source).request_service()
        self.addCleanup(peer.close)
        peer.send(peer.password_request(user, "wrong"))
        peer.receive()
        peer.close()

    def answer_in_clear(self, source, password, user="demo"):
        control = self.control(source=source)
        control.send(f"USER {user}\r\nPASS {password}\r\n".encode())
        answer = control.rest()
        control.close()
        return answer

    def is_refused(self, source):
        with connect(self.server.address(), source=source) as connection:
            return connection.recv(3) == b"421"

    def offend(self, source, offence, most=MANY_FAILURES):
        """Does it until the source is refused; how often that took."""
        for count in range(1, most + 1):
            before = self.ended(source)
            offence(source)
            self.wait_until(lambda: self.ended(source) > before, "the connection has ended")
            if self.is_refused(source):
                return count
        return self.fail(f"{source} is let in after {most} offences")

    def ended(self, source):
        """Connections from there that were served or refused."""
        return sum(event["event"] in ("session.close", "session.refused") and event["address"] == source
                   for event in self.server.events())

    def assert_refused_at_every_door(self, source):
        with connect(self.server.address(), source=source) as connection:
            self.assertEqual(remainder(connection),
                             b"421 Too many failed logins from your address, try again later.\r\n")
        for protocol in DOORS[1:]:
            with connect(self.server.address(protocol), source=source) as connection:
                self.assertEqual(remainder(connection), b"", protocol)


class Penalties(PenaltyCase):
    server_options = {"protocols": DOORS, **limits(penalty_exempt=[], login_grace="30s")}

    def test_S18_wrong_passwords_are_refused_at_every_door(self):
        for fail in (self.fail_over_ftps, self.fail_over_sftp):
            with self.subTest(fail.__name__):
                source = new_source()
                self.assertGreater(self.offend(source, fail), 2)
                self.assert_refused_at_every_door(source)

    def test_S18_failures_at_both_doors_add_up(self):
        source, both = new_source(), itertools.cycle((self.fail_over_ftps, self.fail_over_sftp))
        self.offend(source, lambda address: next(both)(address))
        self.assert_refused_at_every_door(source)

    def test_S18_the_same_user_logs_in_from_another_address_and_goes_on_from_the_same(self):
        source = new_source()
        earlier = self.session(source=source)
        self.offend(source, self.fail_over_ftps)
        self.assert_refused_at_every_door(source)
        self.session(source=new_source()).close()
        peer = SshPeer(self.server, source=new_source()).request_service()
        self.addCleanup(peer.close)
        peer.send(peer.password_request("demo", self.server.password("demo")))
        self.assertEqual(peer.receive()[0], USERAUTH_SUCCESS)
        self.expect(earlier.store("s18.bin", b"still here"), "226")
        self.assert_stored("s18.bin", b"still here")

    def test_S18_names_of_nobody_are_counted_like_those_of_users(self):
        counts = {self.offend(new_source(), lambda source, name=name: self.fail_over_ftps(source, name))
                  for name in ("demo", "nobody-of-that-name")}
        self.assertLessEqual(max(counts) - min(counts), 1)

    def test_S18_refusal_is_an_event_once_and_does_not_fill_the_log(self):
        source = new_source()
        self.offend(source, self.fail_over_ftps)
        for _ in range(20):
            self.assertTrue(self.is_refused(source))
        self.server.wait_event("penalty.start", source=source)
        events = [event for event in self.server.events() if event.get("address") == source]
        begun = [event for event in events if event["event"] == "penalty.start"]
        self.assertEqual(len(begun), 1)
        self.assertEqual((begun[0]["source"], begun[0]["reason"]), (source, "wrong credentials"))
        self.assertGreaterEqual(begun[0]["seconds"], 15)
        loud = [event for event in events if event["event"] == "session.refused" and event["level"] != "debug"]
        self.assertEqual(loud, [])

    def test_visits_without_a_try_are_counted_a_little(self):
        for protocol in DOORS:
            with self.subTest(protocol):
                source = new_source()
                count = self.offend(source, lambda address: connect(self.server.address(protocol), address).close(),
                                    MANY_VISITS)
                self.assertGreater(count, 5)
                self.assert_refused_at_every_door(source)

    def test_logins_that_succeed_are_not_counted(self):
        source = new_source()
        for _ in range(MANY_VISITS // 2):
            self.session(source=source).close()
        self.assertFalse(self.is_refused(source))

    def test_F1_passwords_in_clear_are_counted_right_or_wrong(self):
        for password in (self.server.password("demo"), "wrong"):
            source = new_source()
            count = self.offend(source, lambda address: self.answer_in_clear(address, password))
            self.assertGreater(count, 2)
            self.assert_refused_at_every_door(source)


class OutOfTime(PenaltyCase):
    server_options = {"protocols": DOORS, **limits(penalty_exempt=[], login_grace="2s")}

    def test_running_out_of_time_is_counted_most(self):
        for protocol in ("ftps", "sftp"):
            with self.subTest(protocol):
                count = self.offend(new_source(), lambda address: self.linger(protocol, address))
                self.assertLessEqual(count, 3)

    def linger(self, protocol, source):
        for connection in [connect(self.server.address(protocol), source) for _ in range(2)]:
            with connection:
                remainder(connection)


class Exemptions(PenaltyCase):
    server_options = {"protocols": DOORS, **limits(penalty_exempt=["127.3.0.0/16"])}

    def test_exempt_addresses_are_not_penalised(self):
        source = new_source()
        for _ in range(MANY_FAILURES):
            self.fail_over_ftps(source)
        self.assertFalse(self.is_refused(source))
        self.assertEqual(self.server.events("penalty.start"), [])

    def test_exemption_taken_away_by_a_reload_counts_from_then_on(self):
        text = self.server.config_path.read_text()
        self.addCleanup(self.reload, text)
        self.reload(text.replace('"127.3.0.0/16"', '"127.99.0.0/16"'))
        self.offend(new_source(), self.fail_over_ftps)

    def reload(self, text):
        before = self.warnings("config.reloaded")
        self.server.config_path.write_text(text)
        self.server.signal(signal.SIGHUP)
        self.wait_warning("config.reloaded", before)


class Newcomers(PenaltyCase):
    """At most so many connections of one address are on their way to a login."""

    server_options = {"protocols": DOORS, **limits(unauthenticated_per_address=SEATS)}

    def test_F21_silent_connections_of_one_address_keep_further_ones_of_it_out(self):
        source = new_source()
        held = [self.control(source=source) for _ in range(SEATS)]
        refused = {protocol: connect(self.server.address(protocol), source=source) for protocol in DOORS}
        self.control(source=new_source())
        for protocol, connection in refused.items():
            with connection:
                self.assertEqual(remainder(connection)[:4], b"421 " if protocol == "ftps" else b"", protocol)
        held[0].close()
        self.control(source=source)

    def test_F21_who_has_logged_in_does_not_count(self):
        source = new_source()
        held = [self.session(source=source) for _ in range(SEATS * 4)]
        self.assertEqual(len(held), SEATS * 4)

    def test_F21_parallel_connections_of_one_client_are_served_in_turn(self):
        source, replies = new_source(), []

        def log_in():
            control = Control(self.server, source=source)
            self.addCleanup(control.close)
            control.log_in()
            replies.append(control.command("NOOP")[:3])
        threads = [threading.Thread(target=log_in) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(replies, ["200"] * 8)


class EarlyDrop(PenaltyCase):
    server_options = {"protocols": DOORS, **limits(unauthenticated="6:100:6", unauthenticated_per_address=SEATS)}

    def test_F21_full_anteroom_turns_new_ones_away_until_somebody_has_logged_in(self):
        first, second = new_source(), new_source()
        held = [self.control(source=source) for source in (first, second) for _ in range(SEATS)]
        self.assertTrue(self.is_refused(new_source()))
        held[0].log_in()
        self.assertFalse(self.is_refused(new_source()))
        for control in held:
            control.close()
        self.wait_until(lambda: not self.is_refused(new_source()), "a seat is free again")
