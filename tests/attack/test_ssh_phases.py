"""Every message at every time: only what belongs there is heard, and nobody gets in by it (S1, S2, S26)."""

from attack.ssh_case import SshCase, ssh_options
from attack.ssh_channel import open_request
from attack.ssh_wire import (CHANNEL_CLOSE, CHANNEL_DATA, CHANNEL_EOF, CHANNEL_FAILURE, CHANNEL_OPEN,
                             CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, CHANNEL_REQUEST, CHANNEL_WINDOW_ADJUST,
                             DEBUG, DISCONNECT, GLOBAL_REQUEST, IGNORE, KEX_ECDH_INIT, KEXINIT, REQUEST_FAILURE,
                             REQUEST_SUCCESS, SERVICE_ACCEPT, SERVICE_REQUEST, UNASSIGNED, UNIMPLEMENTED,
                             USERAUTH_FAILURE, USERAUTH_REQUEST, USERAUTH_SUCCESS, boolean, string, u32)

# As many packets as a client may send without asking for anything, and more.
FLOOD = 20_000
IN_ONE_WRITE = 500


def message(number):
    """A message of this number with fields that make sense where that is possible."""
    fields = {
        DISCONNECT: u32(11) + string("") + string(""),
        IGNORE: string("x"),
        UNIMPLEMENTED: u32(0),
        DEBUG: boolean(False) + string("x") + string(""),
        SERVICE_REQUEST: string("ssh-connection"),
        SERVICE_ACCEPT: string("ssh-userauth"),
        KEX_ECDH_INIT: string(bytes(range(32))),
        USERAUTH_REQUEST: string("demo") + string("ssh-connection") + string("none"),
        USERAUTH_FAILURE: string("password") + boolean(False),
        GLOBAL_REQUEST: string("keepalive@openssh.com") + boolean(True),
        CHANNEL_OPEN: open_request(9)[1:],
        CHANNEL_OPEN_CONFIRMATION: u32(0) + u32(0) + u32(1 << 20) + u32(1 << 15),
        CHANNEL_WINDOW_ADJUST: u32(0) + u32(1),
        CHANNEL_DATA: u32(0) + string("x"),
        CHANNEL_EOF: u32(0),
        CHANNEL_CLOSE: u32(0),
        CHANNEL_REQUEST: u32(0) + string("subsystem") + boolean(True) + string("sftp"),
    }
    return bytes([number]) + fields.get(number, u32(0) * 8)


UNKNOWN_GLOBAL_REQUEST = bytes([GLOBAL_REQUEST]) + string("nobody-knows@example.com") + boolean(True)
# What ends a channel: its exit status, EOF and CLOSE.
GOODBYE = {CHANNEL_REQUEST, CHANNEL_EOF, CHANNEL_CLOSE}
# Numbers that end or renew the connection by what they mean are sent with others elsewhere.
NUMBERS = [number for number in range(256) if number not in (DISCONNECT, KEXINIT)]


class Phases(SshCase):
    # So long that no test here passes because the server lost its patience.
    server_options = ssh_options(handshake="2m", login_grace="2m")

    def greeted(self):
        return self.peer().greet()

    def offered(self):
        """Lists are exchanged, keys are not."""
        peer = self.greeted()
        peer.send(peer.kexinit())
        peer.expect_kex(KEXINIT)
        return peer

    def asked_for_login(self):
        return self.peer().request_service()

    def keyed(self):
        return self.peer().exchange_keys()

    def assert_allowed(self, answers, allowed):
        kinds = {answer[0] for answer in answers if answer}
        self.assertLessEqual(kinds, {DISCONNECT, UNIMPLEMENTED, *allowed}, answers)

    def test_S2_before_the_keys_there_are_no_other_answers_than_KEXINIT(self):
        for arrive in (self.greeted, self.offered):
            for number in NUMBERS:
                with self.subTest(arrive.__name__, number=number):
                    peer = arrive()
                    if (arrive, number) != (self.offered, KEX_ECDH_INIT):
                        self.assert_allowed(peer.answers(message(number)), {KEXINIT})
                    peer.close()

    def test_S2_before_the_login_there_are_no_other_answers_than_failures(self):
        logins = self.warnings("auth.ok")
        for arrive in (self.keyed, self.asked_for_login):
            for number in NUMBERS:
                with self.subTest(arrive.__name__, number=number):
                    peer = arrive()
                    last = peer.auth_request("demo", "none")
                    self.assert_allowed(peer.answers_before([message(number)], last, USERAUTH_FAILURE), set())
                    peer.close()
        self.assertEqual(self.warnings("auth.ok"), logins)

    def test_S2_after_the_login_there_are_no_answers_but_to_what_belongs_there(self):
        allowed = {GLOBAL_REQUEST: {REQUEST_SUCCESS}, CHANNEL_OPEN: {CHANNEL_OPEN_CONFIRMATION},
                   SERVICE_REQUEST: {SERVICE_ACCEPT}}
        for number in NUMBERS:
            with self.subTest(number=number):
                peer = self.logged_in()
                answers = peer.answers_before([message(number)], UNKNOWN_GLOBAL_REQUEST, REQUEST_FAILURE)
                self.assert_allowed(answers, allowed.get(number, set()))
                peer.close()

    def test_S2_with_a_channel_open_there_are_no_answers_but_to_what_belongs_there(self):
        allowed = {GLOBAL_REQUEST: {REQUEST_SUCCESS}, SERVICE_REQUEST: {SERVICE_ACCEPT},
                   CHANNEL_OPEN: {CHANNEL_OPEN_FAILURE}, CHANNEL_REQUEST: {CHANNEL_FAILURE},
                   CHANNEL_CLOSE: GOODBYE, CHANNEL_EOF: GOODBYE}
        for number in NUMBERS:
            with self.subTest(number=number):
                peer = self.sftp().channel.peer
                answers = peer.answers_before([message(number)], UNKNOWN_GLOBAL_REQUEST, REQUEST_FAILURE)
                self.assert_allowed(answers, allowed.get(number, set()))
                peer.close()

    def test_S1_success_that_the_client_says_logs_nobody_in(self):
        logins = self.warnings("auth.ok")
        for arrive in (self.keyed, self.asked_for_login):
            with self.subTest(arrive.__name__):
                peer = arrive()
                try:
                    peer.send(bytes([USERAUTH_SUCCESS]), open_request(0))
                except OSError:
                    pass
                self.assert_ends(peer, UNIMPLEMENTED)
        self.assertEqual(self.warnings("auth.ok"), logins)

    def test_S2_channel_before_the_login_is_not_opened(self):
        for arrive in (self.keyed, self.asked_for_login):
            with self.subTest(arrive.__name__):
                peer = arrive()
                try:
                    peer.send(open_request(0), message(CHANNEL_REQUEST), message(CHANNEL_DATA))
                except OSError:
                    pass
                self.assert_ends(peer, UNIMPLEMENTED)

    def test_S2_second_login_changes_nothing(self):
        sftp = self.sftp("demo")
        peer = sftp.channel.peer
        answers = peer.answers(peer.password_request("other", self.server.password("other")))
        self.assertLessEqual({answer[0] for answer in answers if answer}, {DISCONNECT, UNIMPLEMENTED})
        if None not in answers:
            self.assert_undisturbed(sftp)


class Floods(SshCase):
    """Packets that ask for nothing, without end."""

    server_options = ssh_options(handshake="2m", login_grace="2m")
    FLOODS = {"IGNORE": bytes([IGNORE]) + string("x"),
              "DEBUG": bytes([DEBUG]) + boolean(False) + string("x") + string(""),
              "UNIMPLEMENTED": bytes([UNIMPLEMENTED]) + u32(0),
              "unknown": bytes([UNASSIGNED]),
              "global requests": message(GLOBAL_REQUEST),
              "global requests without answer": bytes([GLOBAL_REQUEST]) + string("x") + boolean(False),
              "window": message(CHANNEL_WINDOW_ADJUST)}

    def flood(self, peer, payload):
        """True when the server hangs up."""
        try:
            for _ in range(FLOOD // IN_ONE_WRITE):
                peer.send(*[payload] * IN_ONE_WRITE)
            peer.rest()
        except (OSError, EOFError) as end:
            return not isinstance(end, TimeoutError)
        return True

    def test_S26_floods_of_somebody_logged_in_are_ended_and_leave_nothing(self):
        bystander = self.sftp("other")
        before = self.holdings()
        for name, payload in self.FLOODS.items():
            with self.subTest(name):
                self.assertTrue(self.flood(self.sftp().channel.peer, payload), "the flood goes on without end")
                self.assertEqual(bystander.put("bystander.bin", b"still served"), 0)
        self.assert_back_to(before)

    def test_S26_floods_before_the_login_are_ended(self):
        for name, payload in self.FLOODS.items():
            with self.subTest(name):
                peer = self.peer().request_service()
                self.assertTrue(self.flood(peer, payload), "the flood goes on without end")

    def test_S26_keep_alives_of_a_busy_client_are_answered(self):
        sftp = self.sftp()
        for i in range(50):
            answers = sftp.channel.peer.answers(*[message(GLOBAL_REQUEST)] * 100)
            self.assertEqual([answer[0] for answer in answers], [REQUEST_SUCCESS] * 100)
            self.assertEqual(sftp.put(f"busy-{i % 3}.bin", b"busy"), 0)
