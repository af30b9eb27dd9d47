"""Bits that flip on the way, and packets of impossible lengths: nothing of them is accepted (S4, S9)."""

import os

from attack.ssh_case import SshCase, ssh_options
from attack.ssh_channel import WRITE
from attack.ssh_ciphers import CIPHERS, MACS
from attack.ssh_wire import CHANNEL_WINDOW_ADJUST, IGNORE, KEXINIT, SERVICE_REQUEST, UNIMPLEMENTED, string, u64

FLIPS = 64
# What a flipped length may make the server wait for, and more.
FILLER = 300 * 1024
LONGEST_PACKET = 256 * 1024
COMBINATIONS = [(cipher, MACS[0]) for cipher in CIPHERS] + [(cipher, MACS[1]) for cipher in CIPHERS if "ctr" in cipher]


def flipped(data, bit):
    damaged = bytearray(data)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


class Integrity(SshCase):
    def damaged_upload(self, cipher, mac, flip):
        """An upload whose one WRITE is damaged on the way: bit number `flip` of FLIPS, spread over the packet."""
        sftp = self.sftp(cipher=cipher, mac=mac)
        peer, name = sftp.channel.peer, f"{cipher}-{flip}.bin"
        handle = sftp.open(name)
        request, _ = sftp.build(WRITE, string(handle) + u64(0) + string(b"authentic" * 20))
        wire = peer.seal(sftp.channel.data(request))
        try:
            peer.send_raw(flipped(wire, flip * (len(wire) * 8 - 1) // (FLIPS - 1)) + os.urandom(FILLER))
        except OSError:
            pass  # hung up on before it was sent
        return sftp, name

    def test_S4_no_flipped_bit_is_accepted_by_any_cipher_or_mac(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                for flip in range(FLIPS):
                    sftp, name = self.damaged_upload(cipher, mac, flip)
                    self.assert_ends(sftp.channel.peer, CHANNEL_WINDOW_ADJUST)
                    self.assertEqual(self.server.wait_event("file.abandoned", path=f"/{name}")["size"], 0)
                    self.assert_not_published(name)
                    sftp.channel.peer.close()

    def test_S4_what_was_not_damaged_would_have_been_accepted(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                self.assert_undisturbed(self.sftp(cipher=cipher, mac=mac))

    def test_S4_packet_that_comes_twice_is_not_accepted(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                wire = peer.seal(bytes([IGNORE]) + string(b"again"))
                peer.send_raw(wire + wire + os.urandom(LONGEST_PACKET + 64))
                self.assert_ends(peer)

    def test_S4_lost_packet_is_noticed(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                peer.seal(bytes([IGNORE]) + string(b"lost"))
                peer.send(bytes([SERVICE_REQUEST]) + string("ssh-userauth"))
                peer.send_raw(os.urandom(LONGEST_PACKET + 64))
                self.assert_ends(peer)


class LengthCase(SshCase):
    # So long that no test here passes because the server lost its patience.
    server_options = ssh_options(handshake="2m", login_grace="2m")
    IMPOSSIBLE = (0, 1, 4, 11, LONGEST_PACKET + 1, 2**31, 2**32 - 1)

    def impossible(self, peer, length):
        """A packet of this declared length, as much of it as is worth sending, with a right MAC."""
        body = (bytes([10]) + bytes([IGNORE]) + os.urandom(1 << 10))[:min(length, 1 << 10)]
        return peer.seal_body(body, length)

    def assert_refused(self, peer, wire, *allowed):
        before = self.resident_bytes()
        try:
            peer.send_raw(wire)
        except OSError:
            pass
        self.assert_ends(peer, *allowed)
        self.assertLess(self.resident_bytes() - before, 32 << 20)


class Lengths(LengthCase):
    def test_S9_impossible_lengths_after_the_keys_end_the_connection(self):
        for cipher, mac in COMBINATIONS:
            for length in self.IMPOSSIBLE:
                with self.subTest(cipher, mac=mac, length=length):
                    peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                    self.assert_refused(peer, self.impossible(peer, length))

    def test_S9_impossible_lengths_of_somebody_logged_in_end_the_connection(self):
        for cipher, mac in COMBINATIONS:
            for length in self.IMPOSSIBLE:
                with self.subTest(cipher, mac=mac, length=length):
                    peer = self.logged_in(cipher=cipher, mac=mac)
                    self.assert_refused(peer, self.impossible(peer, length))

    def test_S9_padding_that_is_longer_than_its_packet_ends_the_connection(self):
        for cipher, mac in COMBINATIONS:
            for padding, size in ((255, 16), (16, 16), (64, 32)):
                with self.subTest(cipher, mac=mac, padding=padding, size=size):
                    peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                    self.assert_refused(peer, peer.seal_body(bytes([padding]) + os.urandom(size - 1)))
                    peer = self.peer(cipher=cipher, mac=mac).greet()
                    size += peer.sealer.BLOCK_BYTES - 4
                    self.assert_refused(peer, peer.seal_body(bytes([255]) + os.urandom(size - 1)), KEXINIT)

    def test_S9_padding_that_is_too_short_hides_nothing(self):
        """The library that reads packets lets it pass, so what counts is that the payload is what it was."""
        for cipher, mac in COMBINATIONS:
            for padding in range(4):
                with self.subTest(cipher, mac=mac, padding=padding):
                    peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                    payload = bytes([IGNORE]) + string(bytes(2 * peer.sealer.BLOCK_BYTES - 6 - padding))
                    peer.send_raw(peer.seal_body(bytes([padding]) + payload + bytes(padding)))
                    self.assertEqual(peer.answers(), [])

    def test_S9_lengths_that_are_no_whole_blocks_end_the_connection(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                payload = bytes([IGNORE]) + string(bytes(18))
                self.assert_refused(peer, peer.seal_body(bytes([4]) + payload + bytes(5)))

    def test_S9_empty_payload_means_nothing(self):
        for cipher, mac in COMBINATIONS:
            with self.subTest(cipher, mac=mac):
                peer = self.peer(cipher=cipher, mac=mac).exchange_keys()
                peer.send_raw(peer.seal(b""))
                self.assertLessEqual({answer[0] for answer in peer.answers() if answer}, {UNIMPLEMENTED})

    def test_S9_longest_packets_within_the_limit_are_served(self):
        sftp = self.sftp()
        before = sftp.channel.peer.sent
        sftp.channel.peer.send(bytes([IGNORE]) + string(bytes(200 * 1024)))
        self.assertEqual(sftp.channel.peer.sent, before + 1)
        self.assert_undisturbed(sftp)


class LengthsInClear(LengthCase):
    # Some lengths leave the library waiting for more, which then has to end in time.
    server_options = ssh_options(handshake="1500ms")

    def test_S9_impossible_lengths_before_the_keys_end_the_connection(self):
        for length in self.IMPOSSIBLE:
            with self.subTest(length=length):
                peer = self.peer().greet()
                self.assert_refused(peer, self.impossible(peer, length), KEXINIT, UNIMPLEMENTED)

    def test_S9_impossible_lengths_within_the_key_exchange_end_the_connection(self):
        for length in self.IMPOSSIBLE:
            with self.subTest(length=length):
                peer = self.peer().greet()
                peer.send(peer.kexinit())
                self.assert_refused(peer, self.impossible(peer, length), KEXINIT, UNIMPLEMENTED)
