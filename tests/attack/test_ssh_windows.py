"""Windows of strange sizes, peers that never read, and peers that never stop: bounded, and nobody else notices."""

import threading
import time

from attack.case import MIB, is_sanitized
from attack.ssh_case import SshCase, ssh_options
from attack.ssh_channel import (DATA, FOR_READING, INIT, NAME, OK, READ, REALPATH, STAT, VERSION, WRITE, Channel, Sftp,
                                open_request, packet)
from attack.ssh_wire import CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, DISCONNECT, string, u32, u64
from support.case import payload

# What one connection may make the server hold: its queues, libssh's buffers, and what an allocator keeps of them.
HELD_BYTES = 24 * MIB
FILE = payload(24 * MIB, seed="windows")
FLOOD_SECONDS = 4
# 0 gets no answer from libssh, and no channel.
ODD_PACKET_SIZES = (1, 2, 9, 10, 11, 12, 100, 2**31, 2**32 - 1)


class WindowCase(SshCase):
    """Peers that do not take their answers are given little time here."""

    server_options = ssh_options(data_stall="1500ms", min_upload_rate="100MiB/s")

    def setUp(self):
        super().setUp()
        self.bystander = self.sftp("other")
        self.before = self.holdings()
        self.most = 0

    def tearDown(self):
        self.assert_undisturbed_bystander()
        self.bystander.channel.peer.close()
        self.doCleanups()
        super().tearDown()

    def assert_undisturbed_bystander(self):
        self.assertEqual(self.bystander.put("bystander.bin", b"still served" * 1000), OK)

    def watch(self):
        self.most = max(self.most, self.resident_bytes() - self.before[1])

    def processor_seconds(self):
        with open(f"/proc/{self.server.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def put_file(self, name="window.bin"):
        self.assertEqual(self.sftp().put(name, FILE), OK)

    def assert_bounded(self, sent):
        """While `sent` runs in a thread, the server's memory is bounded and the other session goes on."""
        thread = threading.Thread(target=sent, daemon=True)
        thread.start()
        while thread.is_alive():
            self.watch()
            self.assert_undisturbed_bystander()
            thread.join(0.05)
        if not is_sanitized():
            self.assertLess(self.most, HELD_BYTES)

    def assert_hung_up(self, peer):
        """The connection ends, whatever still comes before."""
        try:
            while peer.socket.recv(1 << 20):
                pass
        except ConnectionError:
            pass


class OddSizes(WindowCase):
    def test_S21_odd_packet_sizes_are_served_or_refused_at_no_cost(self):
        for size in ODD_PACKET_SIZES:
            with self.subTest(size=size):
                spent = self.processor_seconds()
                peer = self.logged_in()
                outcome = self.served_with(peer, size)
                self.assertLess(self.processor_seconds() - spent, 2)
                if size >= 100:
                    self.assertEqual(outcome, "served")
                peer.close()
                self.assert_undisturbed_bystander()

    def served_with(self, peer, size):
        """What becomes of a session whose peer takes packets of `size` bytes."""
        peer.send(open_request(0, max_packet=size))
        try:
            answer = peer.expect(CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, DISCONNECT)[0]
            if answer != CHANNEL_OPEN_CONFIRMATION:
                return "refused"
            peer = self.logged_in()
            sftp = Sftp(peer, max_packet=size)
            kind, fields = sftp.ask(REALPATH, string("/"))
            self.assertEqual((kind, fields.u32()), (NAME, 1))
            # libssh takes ten from the size and wraps, so below that it sends what the window allows.
            if size > 10:
                self.assertLessEqual(max(sftp.channel.packet_sizes), size)
            return "served"
        except (EOFError, ConnectionError):
            return "hung up on"

    def test_S21_packet_size_of_zero_gets_no_channel_and_costs_nothing(self):
        """CVE-2026-59843: libssh filled packets of no bytes without end; now it does not answer."""
        peer = self.logged_in()
        spent = self.processor_seconds()
        self.assertEqual(peer.answers(open_request(0, max_packet=0)), [])
        self.assertLess(self.processor_seconds() - spent, 1)
        self.assertEqual(Sftp(peer, number=1).put("after-zero.bin", b"served"), OK)

    def test_S21_odd_windows_are_served(self):
        for window in (1, 2, 9, 1000, 2**32 - 1):
            with self.subTest(window=window):
                sftp = Sftp(self.logged_in(), start=False, window=window)
                sftp.channel.write(packet(INIT, u32(3)))
                self.assertEqual(self.take_with(sftp.channel, window)[4], VERSION)

    def take_with(self, channel, window):
        """The next SFTP packet, for which no more than `window` bytes are granted at a time."""
        left = window
        wanted = 4
        while len(channel.taken) < wanted:
            if left == 0:
                channel.grant(window)
                left = window
            before = len(channel.taken)
            channel.pump()
            left -= len(channel.taken) - before
            self.assertGreaterEqual(left, 0, "the server sent beyond the window")
            if len(channel.taken) >= 4:
                wanted = 4 + int.from_bytes(channel.taken[:4], "big")
        return bytes(channel.taken)

    def test_S21_window_that_overflows_is_harmless(self):
        sftp = self.sftp()
        for count in (2**31, 2**32 - 1, 2**32 - 1, 1):
            sftp.channel.grant(count)
        answers = sftp.channel.peer.answers()
        if None not in answers:
            self.assertIn(sftp.channel.peer.answers(sftp.channel.data(sftp.build(STAT, string("/"))[0])), ([], answers))


class NoReaders(WindowCase):
    def fill_with_requests(self, sftp, make_request, seconds=FLOOD_SECONDS):
        """Sends requests and reads nothing, until the server hangs up or time is over."""
        ended = time.monotonic() + seconds
        try:
            while time.monotonic() < ended:
                sftp.channel.peer.send(*[sftp.channel.data(make_request()) for _ in range(50)])
        except OSError:
            pass

    def test_S22_peer_that_never_opens_its_window_is_hung_up_on(self):
        sftp = Sftp(self.logged_in(), start=False, window=0)
        sftp.channel.write(packet(INIT, u32(3)))
        self.assert_bounded(lambda: self.fill_with_requests(sftp, lambda: sftp.build(STAT, string("/"))[0]))
        self.assert_hung_up(sftp.channel.peer)
        self.assert_back_to(self.before)

    def test_S22_window_that_opens_late_gets_whole_answers(self):
        self.put_file()
        sftp = Sftp(self.logged_in(), window=10_000)
        handle = sftp.open("window.bin", FOR_READING)
        request, number = sftp.build(READ, string(handle) + u64(0) + u32(200_000))
        sftp.channel.write(request)
        got = bytearray()
        sftp.channel.grant(1)
        while len(sftp.channel.taken) < 5000:
            sftp.channel.pump()
        time.sleep(0.3)
        sftp.channel.grant(2**30)
        kind, fields = sftp.reply(number)
        self.assertEqual(kind, DATA)
        got += fields.string()
        self.assertEqual(bytes(got), FILE[:len(got)])
        self.assertEqual(len(got), 200_000)

    def test_S22_download_that_is_not_read_is_bounded_and_hung_up_on(self):
        self.put_file()
        sftp = self.sftp(receive_bytes=4096)
        handle = sftp.open("window.bin", FOR_READING)
        state = {"at": 0}

        def next_read():
            state["at"] = (state["at"] + 32_768) % len(FILE)
            return sftp.build(READ, string(handle) + u64(state["at"]) + u32(32_768))[0]
        self.assert_bounded(lambda: self.fill_with_requests(sftp, next_read))
        self.assert_hung_up(sftp.channel.peer)
        self.assert_back_to(self.before)

    def test_S22_largest_answers_that_are_not_read_are_bounded(self):
        self.put_file()
        sftp = self.sftp(receive_bytes=4096)
        handle = sftp.open("window.bin", FOR_READING)
        self.assert_bounded(lambda: self.fill_with_requests(
            sftp, lambda: sftp.build(READ, string(handle) + u64(0) + u32(2**32 - 1))[0]))
        self.assert_hung_up(sftp.channel.peer)
        self.assert_back_to(self.before)

    def test_S22_a_dozen_peers_that_never_read_are_bounded_together(self):
        self.put_file()
        sessions = [self.sftp(receive_bytes=4096) for _ in range(12)]
        handles = [sftp.open("window.bin", FOR_READING) for sftp in sessions]
        for sftp, handle in zip(sessions, handles):
            request = sftp.build(READ, string(handle) + u64(0) + u32(2**32 - 1))[0]
            sftp.channel.peer.send(*[sftp.channel.data(request)] * 200)
        ended = time.monotonic() + FLOOD_SECONDS
        while time.monotonic() < ended:
            self.watch()
            self.assert_undisturbed_bystander()
        if not is_sanitized():
            self.assertLess(self.most, 12 * 4 * MIB + HELD_BYTES)
        for sftp in sessions:
            self.assert_hung_up(sftp.channel.peer)
        self.assert_back_to(self.before)


class Floods(WindowCase):
    def test_S23_peer_that_sends_far_beyond_its_window_is_held_in_bounded_memory(self):
        sftp = self.sftp()
        chunk = packet(WRITE, u32(1) + string(b"x" * 8) + u64(0) + string(bytes(30_000)))

        def send():
            try:
                for _ in range(2000):
                    sftp.channel.peer.send(sftp.channel.data(chunk))
            except OSError:
                pass
        self.assert_bounded(send)

    def test_S23_data_that_nobody_asked_for_is_not_kept_without_bound(self):
        """Without the subsystem nothing takes the data out again."""
        channel = Channel(self.logged_in())

        def send():
            try:
                for _ in range(2000):
                    channel.peer.send(channel.data(bytes(32_000)))
                channel.peer.rest()
            except (OSError, EOFError):
                pass
        self.assert_bounded(send)
        self.assert_hung_up(channel.peer)

    def test_S23_requests_without_end_are_served_in_bounded_memory(self):
        sftp = self.sftp()
        reading = threading.Thread(target=self.read_all, args=(sftp.channel.peer,), daemon=True)
        reading.start()

        def send():
            ended = time.monotonic() + FLOOD_SECONDS
            requests = b"".join(sftp.build(STAT, string("/nothing"))[0] for _ in range(500))
            try:
                while time.monotonic() < ended:
                    sftp.channel.peer.send(sftp.channel.data(requests[:32_000]))
            except OSError:
                pass
        self.assert_bounded(send)
        sftp.channel.peer.close()
        reading.join(10)

    @staticmethod
    def read_all(peer):
        try:
            while peer.socket.recv(1 << 16):
                pass
        except OSError:
            pass

    def test_S23_honest_use_of_the_whole_window_is_served(self):
        self.assertGreaterEqual(self.bystander.channel.window, 32_000)
        sftp = self.sftp()
        handle = sftp.open("whole-window.bin")
        requests = [sftp.build(WRITE, string(handle) + u64(at) + string(FILE[at:at + 30_000]))
                    for at in range(0, len(FILE), 30_000)]
        sftp.channel.write(b"".join(request for request, _ in requests))
        for _, number in requests:
            self.assertEqual(sftp.reply(number)[1].u32(), OK)
        self.assertEqual(sftp.close(handle), OK)
        self.assert_stored("whole-window.bin", FILE)


class SlowedDown(WindowCase):
    """What a peer sends beyond its window piles up where the server takes its time on purpose."""

    server_options = {**ssh_options(data_stall="1500ms"), "policy": {"upload_rate": "1MiB/s"}}

    def test_S23_peer_that_sends_far_beyond_its_window_is_hung_up_on(self):
        sftp = self.sftp()
        handle = sftp.open("beyond.bin")

        def send():
            try:
                for at in range(0, 2000 * 30_000, 30_000):
                    request, _ = sftp.build(WRITE, string(handle) + u64(at) + string(bytes(30_000)))
                    sftp.channel.peer.send(sftp.channel.data(request))
            except OSError:
                pass
        self.assert_bounded(send)
        self.assert_hung_up(sftp.channel.peer)
        self.server.wait_event("session.close", user="demo", reason="sends beyond its window")
        self.assert_not_published("beyond.bin")


class HalfPackets(WindowCase):
    server_options = ssh_options(data_stall="2s", min_upload_rate="100MiB/s")

    def test_X2_half_a_header_costs_nothing_and_is_hung_up_on(self):
        for half in (b"\0", b"\0\0\0", b"\0\0\0\x09\x03", packet(STAT, u32(1) + string("/"))[:-1]):
            with self.subTest(half):
                sftp = self.sftp()
                spent = self.processor_seconds()
                sftp.channel.write(half)
                self.assert_hung_up(sftp.channel.peer)
                self.assertLess(self.processor_seconds() - spent, 1)

    def test_X2_packet_that_comes_byte_by_byte_works(self):
        sftp = self.sftp()
        request, number = sftp.build(REALPATH, string("/a/../b"))
        for byte in request:
            sftp.channel.write(bytes([byte]))
        self.assertEqual(sftp.reply(number)[0], NAME)

    def test_X2_trickled_packet_does_not_extend_its_time(self):
        sftp = self.sftp()
        ended = time.monotonic() + 25
        try:
            for byte in packet(STAT, u32(1) + string(bytes(4000))):
                if time.monotonic() > ended:
                    break
                sftp.channel.write(bytes([byte]))
                time.sleep(0.05)
        except (OSError, EOFError):
            return
        self.fail("a packet that trickles is waited for without end")
