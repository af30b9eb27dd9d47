"""
Connections that are cut while a file is sent: it is not published, and the owner goes on where it broke (D6, D7, X9).
What TLS makes of an end without close_notify is in attack/test_truncation.py.
"""

from attack.ssh_channel import CLOSE, WRITE, string
from attack.ssh_wire import CHANNEL_CLOSE, CHANNEL_EOF, DISCONNECT, u32, u64
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, HELD_BACK, FtpsDoor, SftpDoor
from support.case import payload

DATA = payload(900_000, seed="cut")
HALF = len(DATA) // 2  # more than the server collects before it writes
PIPELINED = 1000


class Cut(FaultCase):
    server_options = both_doors(durability="none")

    def assert_resumable(self, name, at_most, at_least=1 + HELD_BACK):
        """Nothing is published; the owner finds what arrived at both doors, but for its end, and completes the file there."""
        self.server.wait_event("file.abandoned", path=f"/{name}")
        self.assert_not_published(name)
        self.wait_until(lambda: name in self.partials(), f"a partial of {name}")
        kept = self.partials()[name]
        self.assertTrue(at_least <= len(kept) + HELD_BACK <= at_most, f"{len(kept)} bytes were kept")
        self.assertEqual(kept, DATA[:len(kept)])
        for door in DOORS:
            self.assertEqual(self.enter(door).size(name), len(kept))
        self.enter(SftpDoor).put(name, DATA[len(kept):], offset=len(kept))
        self.assert_stored(name, DATA)
        self.assertEqual(self.server.wait_event("file.received", path=f"/{name}")["resumed"], True)

    def test_connection_that_ends_at_half_or_before_the_end_is_said_leaves_a_partial(self):
        for how in ("FIN", "RST"):
            for sent in (HALF, len(DATA)):
                with self.subTest(how=how, sent=sent):
                    name = f"sftp-{how}-{sent}.bin"
                    upload = self.enter(SftpDoor).begin(name)
                    upload.send(DATA[:sent])
                    upload.cut(how)
                    self.assert_resumable(name, sent, at_least=sent)

    def test_control_connection_that_ends_takes_the_upload_with_it(self):
        for how in ("FIN", "RST"):
            for sent in (HALF, len(DATA)):
                with self.subTest(how=how, sent=sent):
                    name = f"ftps-{how}-{sent}.bin"
                    session = self.enter(FtpsDoor)
                    upload = session.begin(name)
                    upload.send(DATA[:sent])
                    self.wait_until(lambda: sum(self.server.staged_sizes()) > 0, "something has arrived")
                    session.cut(how)
                    self.assert_resumable(name, sent)
                    upload.channel.close()

    def test_data_connection_that_ends_without_close_notify_leaves_a_partial(self):
        for how in ("FIN", "RST"):
            with self.subTest(how=how):
                name = f"data-{how}.bin"
                upload = self.enter(FtpsDoor).begin(name)
                upload.send(DATA[:HALF])
                self.wait_until(lambda: sum(self.server.staged_sizes()) > 0, "something has arrived")
                self.assertIn(upload.cut(how)[:3], ("426", "451"))
                self.assert_resumable(name, HALF)

    def test_CLOSE_whose_last_byte_is_missing_publishes_nothing(self):
        session = self.enter(SftpDoor)
        upload = session.begin("torn.bin")
        upload.send(DATA)
        close, _ = session.sftp.build(CLOSE, string(upload.handle))
        session.sftp.channel.write(close[:-1])
        session.cut()
        self.assert_resumable("torn.bin", len(DATA), at_least=len(DATA))

    def test_WRITE_whose_last_byte_is_missing_counts_for_nothing(self):
        session = self.enter(SftpDoor)
        upload = session.begin("torn-write.bin")
        upload.send(DATA[:HALF])
        write, _ = session.sftp.build(WRITE, string(upload.handle) + u64(HALF) + string(DATA[HALF:HALF + 20_000]))
        session.sftp.channel.write(write[:-1])
        session.cut()
        self.assert_resumable("torn-write.bin", HALF, at_least=HALF)

    def test_X9_pipelined_writes_without_CLOSE_publish_nothing(self):
        session = self.enter(SftpDoor)
        upload = session.begin("pipelined.bin")
        step = len(DATA) // PIPELINED
        requests = [session.sftp.build(WRITE, string(upload.handle) + u64(at) + string(DATA[at:at + step]))
                    for at in range(0, len(DATA), step)]
        session.sftp.channel.write(b"".join(request for request, _ in requests))
        for _, number in requests:
            session.sftp.reply(number)
        session.cut("RST")
        self.assert_resumable("pipelined.bin", len(DATA), at_least=len(DATA))

    def test_polite_goodbyes_that_come_without_CLOSE_publish_nothing(self):
        goodbyes = {"EOF": lambda channel: channel.message(CHANNEL_EOF),
                    "CHANNEL_CLOSE": lambda channel: channel.message(CHANNEL_CLOSE),
                    "DISCONNECT": lambda _: bytes([DISCONNECT]) + u32(11) + string("bye") + string("")}
        for name, goodbye in goodbyes.items():
            with self.subTest(goodbye=name):
                session = self.enter(SftpDoor)
                upload = session.begin(f"{name}.bin")
                upload.send(DATA)
                session.peer.send(goodbye(session.sftp.channel))
                self.assert_resumable(f"{name}.bin", len(DATA), at_least=len(DATA))

    def test_cut_replaces_nothing(self):
        for door in DOORS:
            session = self.enter(door)
            session.put("kept.bin", b"the version before")
            session.begin("kept.bin").send(DATA)
            session.cut()
            self.server.wait_event("file.abandoned", path="/kept.bin", protocol=door.protocol)
            self.assert_stored("kept.bin", b"the version before")
            self.enter(door).remove("kept.bin")
            self.assertNotIn("kept.bin", self.partials())
