"""Uploads that do not end as they should: cut, reset, tampered with, stalled, aborted, abandoned."""

import threading

from attack.case import MIB, AttackCase
from support.case import payload

DATA = payload(3 * MIB + 17, seed="truncation")
HALF = len(DATA) // 2
GARBAGE = bytes(range(256)) * 4096
ABANDONED_UPLOADS = 20


class Truncation(AttackCase):
    def begin(self, name, data=b"", command="STOR"):
        control = self.session()
        channel = control.data(f"{command} {name}")
        self.addCleanup(channel.close)
        if data:
            channel.sendall(data)
        return control, channel

    def assert_kept_back(self, control, name, codes=("426", "451")):
        self.expect(control.reply(), *codes)
        self.assert_not_published(name)
        self.server.wait_event("file.abandoned", path=f"/{name}")
        self.expect(control.command("NOOP"), "200")

    # ---------------------------------------------------------------- D6, D7: how a connection ends

    def test_D6_fin_without_close_notify_publishes_nothing(self):
        for name, sent in (("none.bin", b""), ("half.bin", DATA[:HALF]), ("all.bin", DATA)):
            with self.subTest(name):
                control, channel = self.begin(name, sent)
                channel.close()
                self.assert_kept_back(control, name)

    def test_D6_end_in_the_middle_of_a_record_publishes_nothing(self):
        control, channel = self.begin("record.bin", DATA[:HALF])
        channel.connection.sendall(channel.seal(DATA[:10_000])[:-5])
        channel.close()
        self.assert_kept_back(control, "record.bin")

    def test_D6_cut_upload_replaces_nothing(self):
        control = self.session()
        self.expect(control.store("kept.bin", b"the version before"), "226")
        channel = control.data("STOR kept.bin")
        channel.sendall(DATA)
        channel.close()
        self.expect(control.reply(), "426", "451")
        self.assert_stored("kept.bin", b"the version before")

    def test_D6_only_what_was_received_can_be_resumed(self):
        control, channel = self.begin("resumed.bin", DATA[:HALF])
        channel.close()
        self.expect(control.reply(), "426")
        size = int(control.command("SIZE resumed.bin").split()[1])
        self.assertLessEqual(size, HALF)
        control.command(f"REST {size}")
        self.expect(control.store("resumed.bin", DATA[size:]), "226")
        self.assert_stored("resumed.bin", DATA)

    def test_D7_reset_publishes_nothing(self):
        for name, sent in (("reset-half.bin", DATA[:HALF]), ("reset-all.bin", DATA)):
            with self.subTest(name):
                control, channel = self.begin(name, sent)
                channel.reset()
                self.assert_kept_back(control, name)

    def test_D7_bytes_behind_close_notify_are_not_stored(self):
        for extra in (b"in clear", b"\x17\x03\x03\x00\x10" + b"x" * 16, GARBAGE):
            with self.subTest(extra=extra[:8]):
                control, channel = self.begin("closed.bin", b"all of it")
                channel.close_notify()
                try:
                    channel.connection.sendall(extra)
                except ConnectionError:
                    pass
                channel.close()
                self.expect(control.reply(), "226", "426", "451")
                if (self.server.home() / "closed.bin").exists():
                    self.assert_stored("closed.bin", b"all of it")

    def test_D7_endless_bytes_behind_close_notify_do_not_stop_other_sessions(self):
        others = [self.session() for _ in range(4)]
        control, channel = self.begin("endless.bin", b"all of it")
        channel.close_notify()
        hung_up = threading.Event()
        pouring = threading.Thread(target=pour_until_hung_up, args=(channel, hung_up), daemon=True)
        pouring.start()
        self.expect(control.reply(), "226")
        for other in others * 2:
            self.expect(other.command("NOOP"), "200")
            self.assertFalse(hung_up.is_set(), "the others had to wait until the flood was cut off")
        self.assertTrue(hung_up.wait(30), "the flood is read for ever")
        pouring.join()

    def test_D7_tampered_record_publishes_nothing(self):
        for at in (0, 1, 3, 5, 400, -1):
            with self.subTest(at=at):
                control, channel = self.begin("tampered.bin", DATA[:HALF])
                sealed = bytearray(channel.seal(DATA[:1000]))
                sealed[at] ^= 0x01
                channel.connection.sendall(sealed)
                channel.connection.shutdown(1)
                self.assert_kept_back(control, "tampered.bin")

    def test_D7_replayed_record_publishes_nothing(self):
        control, channel = self.begin("replayed.bin")
        sealed = channel.seal(b"pay 100 to acme\n")
        channel.connection.sendall(sealed * 2)
        channel.connection.shutdown(1)
        self.assert_kept_back(control, "replayed.bin")

    # ---------------------------------------------------------------- D11: the control connection goes away

    def test_D11_upload_whose_control_connection_closes_is_not_published(self):
        for close in ("FIN", "RST"):
            with self.subTest(close):
                name = f"orphan-{close}.bin"
                control, channel = self.begin(name, DATA[:HALF])
                control.tls.reset() if close == "RST" else control.close()
                self.server.wait_event("file.abandoned", path=f"/{name}")
                self.assert_not_published(name)
                self.wait_until(lambda: not self.server.staged_sizes(), "nothing is staged")

    def test_D11_unanswered_upload_is_published_exactly_when_it_is_logged(self):
        for i in range(ABANDONED_UPLOADS):
            name = f"unanswered-{i}.bin"
            control, channel = self.begin(name, DATA[:200_000])
            channel.close_notify()
            control.close()
            fate = self.fate_of(f"/{name}")
            self.assertEqual((self.server.home() / name).exists(), fate == "file.received", fate)
            if fate == "file.received":
                self.assert_stored(name, DATA[:200_000])

    def fate_of(self, path):
        found = []

        def happened():
            found[:] = [e["event"] for e in self.server.events() if e.get("path") == path and
                        e["event"] in ("file.received", "file.abandoned")]
            return found
        self.wait_until(happened, f"the end of {path} is logged")
        self.assertEqual(len(found), 1, found)
        return found[0]

    # ---------------------------------------------------------------- F27: commands during a transfer

    def test_F27_abort_ends_an_upload_unpublished(self):
        for i, command in enumerate((b"ABOR\r\n", b"\xff\xf4\xff\xf2ABOR\r\n", b"abor\r\n")):
            with self.subTest(command=command):
                name = f"aborted-{i}.bin"
                control, _ = self.begin(name, DATA[:HALF])
                control.send(command)
                self.assert_aborted(control, name)

    def test_F27_abort_with_urgent_data_ends_an_upload_unpublished(self):
        control, _ = self.begin("urgent.bin", DATA[:HALF])
        sealed = control.tls.seal(b"\xff\xf4\xff\xf2ABOR\r\n")
        control.socket.sendall(sealed[:-1])
        control.socket.send(sealed[-1:], 1)  # MSG_OOB
        self.assert_aborted(control, "urgent.bin")

    def assert_aborted(self, control, name):
        self.expect(control.reply(), "426")
        self.expect(control.reply(), "225", "226")
        self.assert_not_published(name)
        self.expect(control.store(f"after-{name}", b"works"), "226")

    def test_F27_status_during_an_upload_is_answered_at_once(self):
        control, channel = self.begin("status.bin", DATA[:HALF])
        for _ in range(50):
            self.expect(control.command("STAT"), "211")
        channel.sendall(DATA[HALF:])
        channel.finish()
        self.expect(control.reply(), "226")
        self.assert_stored("status.bin", DATA)

    def test_F27_quit_waits_for_the_upload(self):
        control, channel = self.begin("quit.bin", DATA[:HALF])
        control.send(b"QUIT\r\n")
        channel.sendall(DATA[HALF:])
        channel.finish()
        self.expect(control.reply(), "226")
        self.refused(control, "221")
        self.assert_stored("quit.bin", DATA)

    def test_F27_commands_at_the_worst_moments_of_an_upload_are_survived(self):
        for burst in (b"ABOR\r\n" * 20, b"STAT\r\nABOR\r\nQUIT\r\n", b"STOR again.bin\r\nABOR\r\n",
                      b"EPSV\r\nEPSV\r\nABOR\r\nSTOR x\r\n",
                      b"USER other\r\nABOR\r\n", b"STAT\r\n" * 100 + b"ABOR\r\nQUIT\r\n", b"GET / HTTP/1.1\r\n",
                      b"\0" * 100 + b"\r\nABOR\r\n"):
            for moment in ("before 150", "before the handshake", "while bytes come", "with the last byte"):
                with self.subTest(burst=burst[:30], moment=moment):
                    self.interrupt(burst, moment)

    def interrupt(self, burst, moment):
        control = self.session()
        if moment == "before 150":
            control.passive()
            control.send(b"STOR burst.bin\r\n" + burst)
        elif moment == "before the handshake":
            control.passive()
            self.expect(control.command("STOR burst.bin"), "150")
            control.send(burst)
        else:
            channel = control.data("STOR burst.bin")
            self.addCleanup(channel.close)
            try:
                channel.sendall(DATA[:HALF])
                if moment == "with the last byte":
                    channel.close_notify()
                control.send(burst)
            except OSError:
                pass
        control.close()


def pour_until_hung_up(channel, hung_up):
    try:
        while True:
            channel.connection.sendall(GARBAGE)
    except OSError:
        hung_up.set()
