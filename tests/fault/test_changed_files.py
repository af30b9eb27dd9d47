"""A file that another program changes meanwhile never passes for what it was, or for whole (P14)."""

import contextlib
import os
import ssl
import threading

from attack import ssh_channel
from attack.control import connect
from attack.ssh_channel import EXTENDED_REPLY, FAILURE, FOR_READING
from attack.ssh_wire import u32, u64
from attack.tls_pipe import TlsPipe
from fault.case import FaultCase
from fault.doors import DOORS, READ_BYTES, FtpsDoor, Refused, SftpDoor, string
from support.case import payload, sha256
from support.ftps_client import client_context

MIB = 1 << 20
OLD, NEW = payload(300_000, seed="old"), payload(300_000, seed="new")
# More than sockets and buffers hold of a download that nobody reads, and more than is digested at once.
LARGE = 64 * MIB
WHOLE = string("sha256") + u64(0) + u64(0) + u32(0)


def rewrite(path):
    """Other bytes, as many, in the same file."""
    with open(path, "r+b") as file:
        file.write(NEW)


def replace(path):
    """Another file, as editors and `rsync` do it."""
    other = path.with_name("other")
    other.write_bytes(NEW)
    other.rename(path)


def replace_with_attributes(path):
    """As `cp -a` and `rsync -X` do it, who bring the digest of what they do not bring."""
    other = path.with_name("other")
    other.write_bytes(NEW)
    for name in os.listxattr(path):
        os.setxattr(other, name, os.getxattr(path, name))
    other.rename(path)


def append(path):
    with open(path, "ab") as file:
        file.write(NEW)


def cut(path):
    os.truncate(path, 1000)


CHANGES = (rewrite, replace, replace_with_attributes, append, cut)


def digests(session, name):
    """What the door says of the file, each way that it can be asked."""
    if session.protocol == "ftps":
        return {session.expect("250", f"XSHA256 {name}").split()[1], session.expect("213", f"HASH {name}").split()[3]}
    return {digest_at(session, "check-file-name", name)}


def digest_at(session, request, file):
    answer = session.expect(EXTENDED_REPLY, ssh_channel.EXTENDED, string(request) + string(file) + WHOLE)
    answer.string()
    return answer.rest().hex()


class ChangedFiles(FaultCase):
    def path(self, name):
        return self.server.home() / name

    def put(self, session, name, data=OLD):
        session.put(name, data)
        self.server.wait_event("file.received", path=f"/{name}")
        return self.path(name)

    def large(self, name):
        """A file that some program has left in the home: zeros, but no hole, which would take no time to copy."""
        path = self.path(name)
        path.write_bytes(bytes(LARGE))
        self.addCleanup(path.unlink, missing_ok=True)
        return path

    def test_P14_digest_is_that_of_the_bytes_that_are_there_now(self):
        for door in DOORS:
            for change in CHANGES:
                with self.subTest(door=door.protocol, change=change.__name__):
                    session, name = self.enter(door), f"{door.protocol}-{change.__name__}"
                    path = self.put(session, name)
                    self.assertEqual(digests(session, name), {sha256(OLD)})
                    change(path)
                    self.assertEqual(digests(session, name), {sha256(path.read_bytes())})

    @contextlib.contextmanager
    def restless(self, name):
        """A large file to which some program writes all the time."""
        path, over = self.large(name), threading.Event()

        def work():
            with open(path, "r+b", buffering=0) as file:
                while not over.wait(0.001):
                    os.pwrite(file.fileno(), os.urandom(8), LARGE // 2)
        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield path
        finally:
            over.set()
            worker.join()

    def test_P14_digest_of_a_file_that_changes_while_it_is_read_is_refused(self):
        with self.restless("restless") as path:
            for door in DOORS:
                self.assertRaises(Refused, digests, self.enter(door), path.name)
        for door in DOORS:
            self.assertEqual(digests(self.enter(door), path.name), {sha256(path.read_bytes())})

    def test_P14_nothing_is_added_to_a_file_that_changes_while_it_is_copied(self):
        with self.restless("copied") as path:
            for door in DOORS:
                self.assertRaises(Refused, self.enter(door).begin, path.name, append=True)
            self.assert_nothing_staged()
            self.assertEqual(path.stat().st_size, LARGE)

    def test_P14_handle_has_no_digest_of_bytes_that_it_was_not_opened_for(self):
        for change in CHANGES:
            session = self.enter(SftpDoor)
            path = self.put(session, f"handle-{change.__name__}")
            handle = session.open(path.name, FOR_READING)
            for request in ("check-file", "check-file-handle"):
                self.assertTrue(digest_at(session, request, handle).endswith(sha256(OLD)))
            change(path)
            for request in ("check-file", "check-file-handle"):
                with self.subTest(change=change.__name__, request=request):
                    with self.assertRaises(Refused) as refused:
                        digest_at(session, request, handle)
                    self.assertEqual(refused.exception.code, FAILURE)

    def start_download(self, session, name):
        """A RETR of which nothing has been read yet, by a client to which an end without close_notify is none."""
        context = client_context(self.server)
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        connection = connect(session.control.passive(), receive_bytes=READ_BYTES)
        self.addCleanup(connection.close)
        session.expect("150", f"RETR {name}")
        return TlsPipe(connection, context).handshake()

    def test_P14_download_of_a_file_that_is_cut_meanwhile_is_no_whole_one(self):
        path, session = self.large("shorter"), self.enter(FtpsDoor)
        channel = self.start_download(session, path.name)
        got = len(channel.recv(READ_BYTES))
        os.truncate(path, MIB)
        with self.assertRaises(OSError):
            while more := channel.recv(READ_BYTES):
                got += len(more)
        self.assertLess(got, LARGE)
        self.expect(session.control.reply(), "451")
        self.server.wait_event("file.unsent", path=f"/{path.name}")
        self.assertNotIn(f"/{path.name}", [event["path"] for event in self.server.events("file.sent")])

    def test_P14_download_of_a_file_that_is_replaced_meanwhile_is_the_one_that_was_opened(self):
        path, session = self.large("replaced"), self.enter(FtpsDoor)
        channel = self.start_download(session, path.name)
        sftp = self.enter(SftpDoor)
        handle = sftp.open(path.name, FOR_READING)
        replace(path)
        got = 0
        while more := channel.recv(1 << 16):
            self.assertEqual(more.count(0), len(more))
            got += len(more)
        channel.close_notify()
        channel.close()
        self.expect(session.control.reply(), "226")
        self.assertEqual(got, LARGE)
        read = string(handle) + u64(LARGE - 1000) + u32(READ_BYTES)
        self.assertEqual(sftp.expect(ssh_channel.DATA, ssh_channel.READ, read).string(), bytes(1000))

    def test_P14_what_is_added_to_a_changed_file_is_announced_with_the_digest_of_both(self):
        more = payload(5_000, seed="more")
        for door in DOORS:
            for change in CHANGES:
                with self.subTest(door=door.protocol, change=change.__name__):
                    session, name = self.enter(door), f"more-{door.protocol}-{change.__name__}"
                    path = self.put(session, name)
                    change(path)
                    whole = path.read_bytes() + more
                    session.put(name, more, append=True)
                    self.assert_received(f"/{name}", whole)
                    self.assertEqual(path.read_bytes(), whole)
                    self.assertEqual(digests(session, name), {sha256(whole)})

    def test_P14_offset_that_a_file_does_not_reach_any_more_is_refused(self):
        session = self.enter(FtpsDoor)
        path = self.put(session, "shrunk")
        cut(path)
        self.assertRaises(Refused, session.begin, path.name, offset=len(OLD))
        self.assertEqual(path.read_bytes(), OLD[:1000])

    def test_P14_upload_that_goes_on_wins_whole_over_a_file_that_has_come_meanwhile(self):
        for door in DOORS:
            name = f"taken-{door.protocol}"
            session = self.enter(door)
            upload = session.begin(name)
            upload.send(OLD[:200_001])
            upload.cut()
            session.close()
            self.wait_until(lambda: len(self.partials().get(name, b"")) == 200_000, "the partial is kept")
            self.path(name).write_bytes(NEW)
            self.enter(door).put(name, OLD[200_000:], offset=200_000)
            self.assert_received(f"/{name}", OLD, resumed=True)
            self.assert_stored(name, OLD)
