"""Nothing is acknowledged before it would survive a power cut: the order of the server's system calls (P10)."""

from attack.ssh_channel import CLOSE, EXTENDED, string
from fault.case import FaultCase, both_doors
from fault.doors import FtpsDoor, SftpDoor
from fault.system_calls import Trace
from support.case import payload

DATA = payload(300_000, seed="order")


class OrderCase(FaultCase):
    def trace(self, door, action):
        """
        The calls that `action(session)` causes, and the index of each one that sends to the client. The last of these
        is the acknowledgement: the client has asked for nothing since.
        """
        session = self.enter(door)
        socket = session.control.socket if door is FtpsDoor else session.peer.socket
        port = socket.getsockname()[1]
        with Trace(self.server.pid, self.work) as trace:
            action(session)
        sends = [i for i, call in enumerate(trace.calls) if call.is_on_socket(port)]
        self.assertTrue(sends, trace.calls)
        return trace.calls, sends

    def index(self, calls, what, is_wanted):
        """Of the only successful call that is wanted."""
        found = [i for i, call in enumerate(calls) if call.worked and is_wanted(call)]
        self.assertEqual(len(found), 1, f"{what}: {[calls[i] for i in found]} of {calls}")
        return found[0]

    def syncs(self, calls, path):
        return [i for i, call in enumerate(calls) if call.name in ("fsync", "fdatasync") and call.worked and
                call.is_on_file(path)]


class Order(OrderCase):
    """`durability = "fsync"`, the default."""

    def assert_upload_order(self, door, action):
        """Bytes, fsync of the file, its name, fsync of the directory, and then alone what the client waits for."""
        calls, sends = self.trace(door, action)
        staging, home = self.server.storage_root / ".sallyport", self.server.home()
        written = max(i for i, call in enumerate(calls) if call.name == "pwrite64" and call.is_on_file(staging))
        durable = self.syncs(calls, staging)[-1]
        named = self.index(calls, "rename", lambda call: call.name.startswith("rename") and f"<{home}>" in call.arguments)
        listed = self.syncs(calls, home)[-1]
        self.assertEqual(sorted([written, durable, named, listed, sends[-1]]), [written, durable, named, listed, sends[-1]],
                         calls)
        early = [calls[i] for i in sends[:-1] if i > durable]
        self.assertEqual(early, [], "the client was told something between the first fsync and the last")

    def test_P10_STOR(self):
        self.assert_upload_order(FtpsDoor, lambda session: session.put("stor.bin", DATA))

    def test_P10_STOR_over_an_existing_file(self):
        self.enter(FtpsDoor).put("again.bin", b"before")
        self.assert_upload_order(FtpsDoor, lambda session: session.put("again.bin", DATA))

    def test_P10_APPE(self):
        self.enter(FtpsDoor).put("appe.bin", b"before")
        self.assert_upload_order(FtpsDoor, lambda session: session.put("appe.bin", DATA, append=True))

    def test_P10_STOU(self):
        self.assert_upload_order(FtpsDoor, lambda session: session.put("stou.bin", DATA, verb="STOU"))

    def test_P10_CLOSE(self):
        self.assert_upload_order(SftpDoor, lambda session: session.put("close.bin", DATA))

    def test_P10_CLOSE_of_an_existing_file_that_was_changed(self):
        self.enter(SftpDoor).put("changed.bin", DATA)
        self.assert_upload_order(SftpDoor, lambda session: session.put("changed.bin", DATA, offset=1000))

    def test_P10_CLOSE_sends_nothing_before_the_answers_to_it(self):
        def pipelined(session):
            upload = session.begin("pipelined.bin")
            upload.send(DATA)
            close, number = session.sftp.build(CLOSE, string(upload.handle))
            session.sftp.channel.write(close)
            session.sftp.reply(number)
        self.assert_upload_order(SftpDoor, pipelined)

    def test_P10_fsync_extension_syncs_what_is_staged_before_its_answer(self):
        def sync(session):
            upload = session.begin("synced.bin")
            upload.send(DATA)
            session.do(EXTENDED, string("fsync@openssh.com") + string(upload.handle))
        calls, sends = self.trace(SftpDoor, sync)
        staging = self.server.storage_root / ".sallyport"
        written = max(i for i, call in enumerate(calls) if call.name == "pwrite64" and call.is_on_file(staging))
        self.assertTrue(written < self.syncs(calls, staging)[-1] < sends[-1], calls)

    def test_P10_partial_is_durable_before_its_owner_can_find_it(self):
        """Its size might survive a power cut where its bytes did not, and the owner would go on behind zeros."""
        staging = self.server.storage_root / ".sallyport"
        for door in (FtpsDoor, SftpDoor):
            with self.subTest(door=door.protocol):
                name = f"partial-{door.protocol}.bin"
                upload = self.enter(door).begin(name)
                upload.send(DATA)
                with Trace(self.server.pid, self.work) as trace:
                    upload.cut()
                    self.wait_until(lambda: name in self.partials(), "the partial is kept")
                calls = trace.calls
                kept = self.index(calls, "rename", lambda call: call.name.startswith("rename") and name in call.arguments)
                synced = self.syncs(calls, staging)
                self.assertTrue(synced and synced[-1] < kept, calls)

    def test_P10_directories_names_and_removals(self):
        folder = self.server.home() / "folder"
        steps = [("mkdirat", lambda session: session.mkdir("/folder"), [self.server.home()]),
                 ("renameat", lambda session: session.rename("/file.bin", "/folder/file.bin"), [folder, self.server.home()]),
                 ("unlinkat", lambda session: session.remove("/folder/file.bin"), [folder]),
                 ("unlinkat", lambda session: session.rmdir("/folder"), [self.server.home()])]
        for door in (FtpsDoor, SftpDoor):
            self.enter(door).put("file.bin", b"1")
            for name, step, folders in steps:
                with self.subTest(door=door.protocol, call=name):
                    calls, sends = self.trace(door, step)
                    done = self.index(calls, name, lambda call: call.name.startswith(name) and
                                      f"<{self.server.home()}" in call.arguments)
                    for parent in folders:
                        synced = [i for i in self.syncs(calls, f"{parent}>") if done < i < sends[-1]]
                        self.assertEqual(len(synced), 1, f"{parent}: {calls}")


class NoDurability(OrderCase):
    """`durability = "none"`, for scratch data."""

    server_options = both_doors(durability="none")

    def test_no_fsync_is_made(self):
        for door in (FtpsDoor, SftpDoor):
            def everything(session):
                session.put("scratch.bin", DATA)
                session.put("scratch.bin", DATA)
                session.mkdir("scratch")
                session.rename("scratch.bin", "scratch/moved.bin")
                session.remove("scratch/moved.bin")
                session.rmdir("scratch")
            with self.subTest(door=door.protocol):
                calls, _ = self.trace(door, everything)
                self.assertEqual([call for call in calls if "sync" in call.name], [])
                self.assertTrue(any(call.name == "renameat2" for call in calls))
