"""Channels: what is refused, and what peers with strange windows can do to the server (S19 to S25)."""

import os
import time

from attack.ssh_case import SshCase, ssh_options
from attack.ssh_channel import INIT, OK, STAT, WRITE, Channel, Sftp, open_request, packet
from attack.ssh_wire import (CHANNEL_CLOSE, CHANNEL_DATA, CHANNEL_EOF, CHANNEL_EXTENDED_DATA, CHANNEL_FAILURE,
                             CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, CHANNEL_REQUEST, CHANNEL_WINDOW_ADJUST,
                             DISCONNECT, GLOBAL_REQUEST, KEXINIT, REQUEST_FAILURE, UNIMPLEMENTED, boolean, string, u32,
                             u64)
from support.case import payload

OPENINGS = 100
REOPENINGS = 900
MAX_CHANNELS = 1000
REKEYS = 1000


def children(pid):
    """Processes that the server has started."""
    found = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as file:
            found += file.read().split()
    return found


class Refusals(SshCase):
    def assert_no_process(self):
        self.assertEqual(children(self.server.pid), [])

    def test_S19_commands_and_shells_get_words_and_no_process(self):
        for kind, fields in (("shell", b""), ("exec", string("id")), ("exec", string("scp -t /")),
                             ("exec", string("/usr/lib/sftp-server")), ("exec", string("x" * 30_000)),
                             ("subsystem", string("shell")), ("subsystem", string("")), ("subsystem", string("sftp "))):
            with self.subTest(kind, fields=fields[:30]):
                channel = Channel(self.logged_in())
                channel.peer.send(channel.request(kind, fields))
                channel.answer()
                self.assert_no_process()
                while not channel.closed:
                    channel.pump()
                self.assertIn(b"SFTP only", bytes(channel.errors))
                self.assertEqual(bytes(channel.taken), b"")

    def test_S19_terminals_and_forwarding_are_refused(self):
        channel = Channel(self.logged_in())
        for kind, fields in (("pty-req", string("xterm") + u32(80) + u32(24) + u64(0) + string("")),
                             ("x11-req", boolean(False) + string("MIT-MAGIC-COOKIE-1") + string("00") + u32(0)),
                             ("auth-agent-req@openssh.com", b""), ("env", string("LD_PRELOAD") + string("/x.so")),
                             ("window-change", u32(80) + u32(24) + u64(0)), ("break", u32(500)), ("nobody-knows", b"")):
            with self.subTest(kind):
                channel.peer.send(channel.request(kind, fields))
                self.assertFalse(channel.answer())
        # RFC 4254 section 6.9: asks for no answer.
        channel.peer.send(channel.request("signal", string("KILL"), want_reply=False))
        self.assert_no_process()
        self.assertTrue(channel.subsystem())

    def test_S19_second_subsystem_on_a_channel_is_refused(self):
        sftp = self.sftp()
        for kind, fields in (("subsystem", string("sftp")), ("shell", b""), ("exec", string("id"))):
            sftp.channel.peer.send(sftp.channel.request(kind, fields))
            self.assertFalse(sftp.channel.answer())
        self.assert_undisturbed(sftp)

    def test_S19_channels_that_are_no_sessions_are_refused(self):
        peer = self.logged_in()
        where = string("127.0.0.1") + u32(22) + string("127.0.0.1") + u32(1)
        for kind, fields in (("direct-tcpip", where), ("forwarded-tcpip", where), ("x11", string("x") + u32(1)),
                             ("direct-streamlocal@openssh.com", string("/run/x") + string("") + u32(0)),
                             ("tun@openssh.com", u32(1) + u32(0)), ("nobody-knows", b"")):
            with self.subTest(kind):
                peer.send(open_request(5, kind, fields=fields))
                peer.expect(CHANNEL_OPEN_FAILURE)
        self.assert_undisturbed(Sftp(peer))

    def test_S19_global_requests_are_refused(self):
        peer = self.logged_in()
        for kind, fields in (("tcpip-forward", string("0.0.0.0") + u32(0)),
                             ("cancel-tcpip-forward", string("0.0.0.0") + u32(22)),
                             ("streamlocal-forward@openssh.com", string("/tmp/x")),
                             ("hostkeys-prove-00@openssh.com", string("x")), ("nobody-knows", b"")):
            with self.subTest(kind):
                peer.send(bytes([GLOBAL_REQUEST]) + string(kind) + boolean(True) + fields)
                peer.expect(REQUEST_FAILURE)
        self.assert_undisturbed(Sftp(peer))


class Openings(SshCase):
    def test_S20_of_a_hundred_channels_one_is_opened(self):
        peer = self.logged_in()
        peer.send(*[open_request(i) for i in range(OPENINGS)])
        answers = [peer.expect(CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE)[0] for _ in range(OPENINGS)]
        self.assertEqual(answers.count(CHANNEL_OPEN_CONFIRMATION), 1)

    def test_S20_refused_channels_without_end_are_ended(self):
        peer = self.logged_in()
        Channel(peer)
        try:
            for i in range(400):
                peer.send(*[open_request(i * 100 + j) for j in range(100)])
            peer.rest()
        except (ConnectionError, EOFError):
            pass

    def reopen(self, times):
        peer = self.logged_in()
        for i in range(times):
            sftp = Sftp(peer, number=i)
            sftp.channel.close()
        return peer

    def test_S20_channels_opened_and_closed_leave_nothing(self):
        before = None
        for _ in range(3):
            self.reopen(REOPENINGS).close()
            self.wait_for_quiet()
            before = before or self.holdings()
        self.assert_back_to(before)

    def test_S20_channels_without_end_are_ended(self):
        peer = self.reopen(MAX_CHANNELS)
        peer.send(open_request(7))
        self.assert_ends(peer, CHANNEL_OPEN_FAILURE)

    def test_S20_requests_for_channels_that_are_none_are_harmless(self):
        for offset in (1, 7, 2**31, 2**32 - 1):
            with self.subTest(offset=offset):
                sftp = self.sftp()
                right = sftp.channel.server_number
                sftp.channel.server_number = (right + offset) % 2**32
                for message in (CHANNEL_WINDOW_ADJUST, CHANNEL_DATA, CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE,
                                CHANNEL_REQUEST, CHANNEL_FAILURE, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE):
                    fields = string("subsystem") + boolean(True) + string("sftp") if message == CHANNEL_REQUEST else \
                        u32(1) + string("x")
                    answers = sftp.channel.peer.answers(sftp.channel.message(message, fields))
                    if None in answers:
                        break  # hung up on, which is as well
                else:
                    sftp.channel.server_number = right
                    self.assertEqual(sftp.put("harmless.bin", b"still served"), OK)


class Ends(SshCase):
    """What comes after the end of a channel finds nothing that has been freed (CVE-2026-59850)."""

    def after(self, *messages):
        sftp = self.sftp()
        handle = sftp.open("after-the-end.bin")
        request, _ = sftp.build(WRITE, string(handle) + u64(0) + string(b"late"))
        known = {"EOF": sftp.channel.message(CHANNEL_EOF), "CLOSE": sftp.channel.message(CHANNEL_CLOSE),
                 "DATA": sftp.channel.data(request),
                 "EXTENDED_DATA": sftp.channel.message(CHANNEL_EXTENDED_DATA, u32(1) + string(request)),
                 "REQUEST": sftp.channel.request("subsystem", string("sftp")),
                 "ADJUST": sftp.channel.message(CHANNEL_WINDOW_ADJUST, u32(1000)), "OPEN": open_request(8)}
        sftp.channel.peer.send(*[known[name] for name in messages])
        return sftp.channel.peer

    def test_S24_whatever_comes_after_the_end_is_harmless(self):
        for first in ("EOF", "CLOSE"):
            for then in ("DATA", "EXTENDED_DATA", "EOF", "CLOSE", "REQUEST", "ADJUST", "OPEN"):
                for last in ("DATA", "CLOSE"):
                    with self.subTest(first, then=then, last=last):
                        peer = self.after(first, then, then, last, last)
                        answers = peer.answers()
                        kinds = {answer[0] for answer in answers if answer}
                        self.assertLessEqual(kinds, {DISCONNECT, UNIMPLEMENTED, CHANNEL_EOF, CHANNEL_CLOSE,
                                                     CHANNEL_REQUEST, CHANNEL_FAILURE, CHANNEL_WINDOW_ADJUST,
                                                     CHANNEL_DATA, CHANNEL_OPEN_FAILURE, CHANNEL_OPEN_CONFIRMATION})
                        self.assert_not_published("after-the-end.bin")
                        peer.close()

    def test_S24_data_before_the_subsystem_is_no_request(self):
        peer = self.logged_in()
        channel = Channel(peer)
        channel.write(packet(INIT, u32(3)))
        self.assertEqual([answer for answer in peer.answers() if answer[0] == CHANNEL_DATA], [])
        self.assertTrue(channel.subsystem())

    def test_S24_extended_data_is_no_request(self):
        sftp = self.sftp()
        request, _ = sftp.build(STAT, string("/"))
        peer = sftp.channel.peer
        answers = peer.answers(sftp.channel.message(CHANNEL_EXTENDED_DATA, u32(1) + string(request)))
        self.assertEqual([answer for answer in answers if answer[0] == CHANNEL_DATA], [])
        self.assert_undisturbed(sftp)

    def test_S24_data_whose_length_is_a_lie_is_harmless(self):
        for length in (5, 2**31, 2**32 - 1):
            with self.subTest(length=length):
                sftp = self.sftp()
                peer = sftp.channel.peer
                answers = peer.answers(sftp.channel.message(CHANNEL_DATA, u32(length) + b"four"))
                self.assertEqual([answer for answer in answers if answer and answer[0] == CHANNEL_DATA], [])


class Renewals(SshCase):
    server_options = ssh_options(data_stall="1500ms", min_upload_rate="100MiB/s", idle="6s")

    def test_S25_keys_that_are_renewed_within_an_upload_harm_nothing(self):
        data = payload(8 << 20, seed="rekey")
        sftp = self.sftp()
        handle = sftp.open("renewed.bin")
        for at in range(0, len(data), 32_000):
            self.assertEqual(sftp.write(handle, at, data[at:at + 32_000]), OK)
            if at % 320_000 == 0:
                sftp.channel.peer.exchange_keys()
        self.assertEqual(sftp.close(handle), OK)
        self.assert_stored("renewed.bin", data)

    def test_S25_keys_that_are_renewed_without_end_leave_nothing(self):
        bystander = self.sftp("other")
        sftp = self.sftp()
        sftp.channel.peer.exchange_keys()
        before = self.holdings()
        for _ in range(REKEYS):
            sftp.channel.peer.exchange_keys()
        self.assert_undisturbed(sftp)
        self.assertEqual(bystander.put("bystander.bin", b"still served"), OK)
        self.assert_back_to(before)

    def test_S25_renewal_that_stops_ends_the_connection(self):
        for steps in ("KEXINIT", "KEXINIT and data"):
            with self.subTest(steps):
                sftp = self.sftp()
                peer = sftp.channel.peer
                peer.send(peer.kexinit())
                self.assertTrue(self.ends_within(sftp, 20, steps.endswith("data")), "a renewal is waited for for ever")

    def ends_within(self, sftp, seconds, busy):
        """Whether the server hangs up on one that sends requests, when `busy`, or nothing."""
        before = self.resident_bytes()
        ended = time.monotonic() + seconds
        peer = sftp.channel.peer
        peer.socket.settimeout(0.05)
        while time.monotonic() < ended:
            try:
                if busy:
                    peer.send(sftp.channel.data(sftp.build(STAT, string("/"))[0]))
                self.assertLess(self.resident_bytes() - before, 32 << 20)
                if not peer.socket.recv(65536):
                    return True
            except TimeoutError:
                continue
            except ConnectionError:
                return True
        return False

    def test_S25_second_KEXINIT_within_a_renewal_ends_the_connection(self):
        peer = self.sftp().channel.peer
        peer.send(peer.kexinit(), peer.kexinit())
        self.assert_ends(peer, KEXINIT, UNIMPLEMENTED)

    def test_S25_renewal_to_weak_algorithms_ends_the_connection(self):
        for lists in ({"kex": "diffie-hellman-group14-sha256"}, {"ciphers": "aes128-cbc"}, {"host_keys": "ssh-rsa"}):
            with self.subTest(lists):
                peer = self.sftp().channel.peer
                peer.send(peer.kexinit(**lists))
                self.assert_ends(peer, KEXINIT)
