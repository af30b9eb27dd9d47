"""Banners, weak algorithms, Terrapin, wrong guesses, and clients that stop half way (S3, S5, S7, S8, S10)."""

import time

from attack.control import connect, remainder
from attack.ssh_case import SshCase, ssh_options
from attack.ssh_ciphers import CIPHERS, MACS
from attack.ssh_peer import KEX
from attack.ssh_wire import (DEBUG, EXT_INFO, IGNORE, KEX_ECDH_INIT, KEXINIT, NEWKEYS, SERVICE_ACCEPT,
                             SERVICE_REQUEST, UNASSIGNED, UNIMPLEMENTED, Fields, boolean, string, u32)

WRONG_GUESSES = 100
# Where a packet can be slipped into a key exchange.
PLACES = ("before KEXINIT", "after KEXINIT", "after ECDH_INIT", "before NEWKEYS")
SLIPPED_IN = {
    "IGNORE": bytes([IGNORE]) + string("x"),
    "DEBUG": bytes([DEBUG]) + boolean(False) + string("x") + string(""),
    "UNIMPLEMENTED": bytes([UNIMPLEMENTED]) + u32(0),
    "EXT_INFO": bytes([EXT_INFO]) + u32(0),
    "an unknown packet": bytes([UNASSIGNED]),
    "an empty packet": b"",
}


def lists_of(kexinit):
    """The name lists of a KEXINIT, in the order of RFC 4253 section 7.1."""
    fields = Fields(kexinit[17:])
    return [fields.string().decode().split(",") for _ in range(10)]


class Negotiation(SshCase):
    # So long that no test here passes because the server lost its patience.
    server_options = ssh_options(handshake="2m", login_grace="2m")

    def test_S3_server_announces_strict_key_exchange(self):
        peer = self.peer().exchange_keys()
        self.assertIn("kex-strict-s-v00@openssh.com", lists_of(peer.server_kexinit)[0])

    def exchange_with(self, slipped, place, strict):
        """A first key exchange with one more packet in it, and what answers a request afterwards."""
        peer = self.peer(strict=strict).greet()
        self.slip(peer, slipped, place, PLACES[0])
        peer.kexinit_sent = peer.kexinit()
        peer.send(peer.kexinit_sent)
        self.slip(peer, slipped, place, PLACES[1])
        peer.server_kexinit = peer.expect_kex(KEXINIT)
        peer.send_ecdh_init()
        self.slip(peer, slipped, place, PLACES[2])
        peer.take_reply()
        self.slip(peer, slipped, place, PLACES[3])
        peer.send(bytes([NEWKEYS]))
        peer.expect_kex(NEWKEYS)
        peer.use_new_keys()
        peer.send(bytes([SERVICE_REQUEST]) + string("ssh-userauth"))
        return peer

    @staticmethod
    def slip(peer, slipped, place, here):
        if place == here:
            peer.send(slipped)

    def test_S3_packet_slipped_into_a_strict_key_exchange_ends_it(self):
        for name, slipped in SLIPPED_IN.items():
            for place in PLACES:
                with self.subTest(name, place=place):
                    try:
                        peer = self.exchange_with(slipped, place, strict=True)
                    except (EOFError, ConnectionError):
                        continue  # ended at once, which is as well
                    self.assert_ends(peer, UNIMPLEMENTED)

    def test_S3_client_without_strict_key_exchange_may_send_IGNORE(self):
        for place in PLACES:
            with self.subTest(place):
                peer = self.exchange_with(SLIPPED_IN["IGNORE"], place, strict=False)
                self.assertEqual(peer.expect(SERVICE_ACCEPT)[0], SERVICE_ACCEPT)

    def test_S5_server_offers_nothing_weak(self):
        lists = lists_of(self.peer().exchange_keys().server_kexinit)
        kex = {"curve25519-sha256", "curve25519-sha256@libssh.org", "kex-strict-s-v00@openssh.com"}
        self.assertLessEqual(set(lists[0]), kex)
        self.assertEqual(set(lists[1]), {"ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"})
        for ciphers in lists[2:4]:
            self.assertEqual(tuple(ciphers), CIPHERS)
        for macs in lists[4:6]:
            self.assertEqual(tuple(macs), MACS)
        for compression in lists[6:8]:
            self.assertEqual(compression, ["none"])

    def test_S5_weak_algorithms_are_not_negotiated(self):
        weak = {
            "kex": ("diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group14-sha256",
                    "diffie-hellman-group16-sha512", "diffie-hellman-group-exchange-sha1",
                    "diffie-hellman-group-exchange-sha256", "ecdh-sha2-nistp256", ""),
            "host_keys": ("ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ssh-ed25519-cert-v01@openssh.com", ""),
            "ciphers": ("3des-cbc", "aes128-cbc", "aes256-cbc", "blowfish-cbc", "arcfour", "none", ""),
            "compression": ("zlib", "zlib@openssh.com", ""),
        }
        for kind, names in weak.items():
            for name in names:
                with self.subTest(kind, name=name):
                    self.assert_not_negotiated(self.peer(), **{kind: name})
        for mac in ("hmac-sha1", "hmac-md5", "hmac-sha1-etm@openssh.com", "hmac-sha2-256", "umac-64@openssh.com", ""):
            with self.subTest("macs", name=mac):
                self.assert_not_negotiated(self.peer(), ciphers="aes256-ctr", macs=mac)

    def assert_not_negotiated(self, peer, **lists):
        peer.greet()
        peer.send(peer.kexinit(**lists))
        self.assert_ends(peer, KEXINIT)

    def test_S5_weak_algorithm_beside_a_good_one_is_not_chosen(self):
        peer = self.peer()
        peer.greet().exchange_keys(peer.kexinit(ciphers="3des-cbc,aes128-cbc,aes256-gcm@openssh.com",
                                                compression="zlib,none"))
        self.assertEqual(peer.request_service().answers(), [])

    def guess_wrongly(self):
        """Announces a guess that is wrong, sends it, and then the right one (RFC 4253 section 7)."""
        peer = self.peer().greet()
        kex = f"diffie-hellman-group14-sha256,{KEX},kex-strict-c-v00@openssh.com"
        peer.kexinit_sent = peer.kexinit(kex=kex, follows=True)
        peer.send(peer.kexinit_sent, bytes([KEX_ECDH_INIT]) + string(bytes(256)))
        peer.server_kexinit = peer.expect_kex(KEXINIT)
        peer.send_ecdh_init()
        peer.finish_key_exchange()
        return peer

    def test_S7_wrong_guess_is_overlooked(self):
        self.assertEqual(self.guess_wrongly().request_service().answers(), [])

    def test_S7_wrong_guesses_leave_nothing(self):
        def guesses():
            for _ in range(WRONG_GUESSES):
                self.guess_wrongly().close()
        guesses()
        before = self.settled_holdings()
        guesses()
        self.wait_for_quiet()
        self.assert_back_to(before)

    def test_S7_second_wrong_guess_ends_the_connection(self):
        peer = self.peer().greet()
        kex = f"diffie-hellman-group14-sha256,{KEX},kex-strict-c-v00@openssh.com"
        guess = bytes([KEX_ECDH_INIT]) + string(bytes(256))
        peer.send(peer.kexinit(kex=kex, follows=True), guess, guess)
        self.assert_ends(peer, KEXINIT)

    def test_S9_key_exchange_with_a_point_that_is_none_ends_the_connection(self):
        for name, point in {"empty": b"", "short": bytes(31), "long": bytes(33), "zero": bytes(32),
                            "of order one": bytes([1]) + bytes(31), "huge": bytes(200_000)}.items():
            with self.subTest(name):
                peer = self.peer().greet()
                peer.send(peer.kexinit())
                peer.expect_kex(KEXINIT)
                peer.send(bytes([KEX_ECDH_INIT]) + string(point))
                self.assert_ends(peer)


class Banners(SshCase):
    # As above.
    server_options = ssh_options(login_grace="2m", handshake="2m")

    def assert_hung_up(self, said):
        """Nothing comes of these bytes but the server's own greeting, and then it hangs up."""
        with connect(self.server.address("sftp")) as connection:
            try:
                connection.sendall(said)
            except OSError:
                pass
            self.assertLess(len(remainder(connection)), 2048)

    def test_S8_banners_that_are_none_are_hung_up_on(self):
        for name, said in {
            "too long": b"SSH-2.0-" + b"x" * 300 + b"\r\n",
            "without end": b"SSH-2.0-" + b"x" * 100_000,
            "version 1.5": b"SSH-1.5-old\r\n",
            "version 1.99 that is none": b"SSH-1\r\n",
            "HTTP": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "SMTP": b"EHLO x\r\n",
            "FTP": b"USER demo\r\nPASS demo secret\r\n",
            "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(200),
            "NUL": b"SSH-2.0-a\0b\r\n" + bytes(100),
            "binary": bytes(range(256)) * 4,
        }.items():
            with self.subTest(name):
                self.assert_hung_up(said)

    def test_S8_ten_megabytes_without_a_line_end_are_not_kept(self):
        before = self.settled_holdings()
        self.assert_hung_up(b"x" * (10 << 20))
        self.wait_for_quiet()
        self.assert_back_to(before)

    def test_S8_endless_banner_lines_are_hung_up_on(self):
        self.assert_hung_up(b"not yet\r\n" * 100_000)


class Silence(SshCase):
    server_options = ssh_options(login_grace="3s", handshake="1500ms", per_address=12)
    HELD = 11

    def test_S8_banner_that_trickles_does_not_extend_the_time(self):
        with connect(self.server.address("sftp")) as connection:
            ended = time.monotonic() + 30
            try:
                while time.monotonic() < ended:
                    connection.sendall(b"S")
                    time.sleep(0.1)
            except OSError:
                return
        self.fail("a trickled banner is waited for without end")

    def stop_after(self, what):
        peer = self.peer()
        if what == "KEXINIT":
            peer.greet().send(peer.kexinit())
        elif what == "ECDH_INIT":
            peer.greet().send(peer.kexinit())
            peer.expect_kex(KEXINIT)
            peer.send_ecdh_init()
        elif what == "NEWKEYS":
            peer.exchange_keys()
        elif what == "SERVICE_ACCEPT":
            peer.request_service()
        elif what == "banner":
            peer.greet()
        return peer

    def test_S10_client_that_stops_is_hung_up_on_wherever_it_stops(self):
        held = {what: self.stop_after(what)
                for what in ("nothing", "banner", "KEXINIT", "ECDH_INIT", "NEWKEYS", "SERVICE_ACCEPT")}
        for what, peer in held.items():
            with self.subTest(what):
                # Bytes, not packets: whatever phase it is in, only the end counts.
                remainder(peer.socket)

    def test_S10_places_of_those_who_stop_come_back(self):
        before = self.settled_holdings()
        held = [self.stop_after(what) for what in ["KEXINIT", "SERVICE_ACCEPT"] * (self.HELD // 2)]
        for peer in held:
            remainder(peer.socket)
        self.wait_for_quiet()
        self.assert_back_to(before)

    def test_S10_packets_do_not_extend_the_time_to_log_in(self):
        peer = self.peer().request_service()
        ended = time.monotonic() + 30
        try:
            while time.monotonic() < ended:
                peer.send(bytes([IGNORE]) + string("x"))
                time.sleep(0.05)
        except OSError:
            return
        self.fail("IGNORE keeps a session without login open")

    def test_S10_trickled_packet_does_not_extend_the_time_to_log_in(self):
        peer = self.peer().exchange_keys()
        ended = time.monotonic() + 30
        try:
            for byte in peer.seal(bytes([IGNORE]) + string(bytes(2000))):
                self.assertLess(time.monotonic(), ended)
                peer.send_raw(bytes([byte]))
                time.sleep(0.05)
        except OSError:
            return
        self.fail("a packet that trickles keeps a session without login open")
