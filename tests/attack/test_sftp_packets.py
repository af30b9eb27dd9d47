"""SFTP packets that no client would send, over a real connection (X1, X3 to X15)."""

import os

from attack.ssh_case import SshCase, ssh_options
from attack.ssh_channel import (BAD_MESSAGE, CLOSE, EOF, EXTENDED, EXTENDED_GIVEN, FAILURE, FOR_READING, FSETSTAT,
                                FSTAT, INIT, MKDIR, MODE_GIVEN, NAME, NEW_FILE, NO_ATTRIBUTES, NO_SUCH_FILE, OK,
                                OP_UNSUPPORTED, OPEN, OPENDIR, OWNER_GIVEN, PERMISSION_DENIED, READ, READDIR, READLINK,
                                REALPATH, RENAME, SETSTAT, SIZE_GIVEN, STAT, SYMLINK, TIMES_GIVEN, WRITE, Sftp, packet)
from attack.ssh_wire import string, u32, u64

KIB, MIB = 1 << 10, 1 << 20
MAX_HANDLES = 128
REFUSED = {FAILURE, BAD_MESSAGE, NO_SUCH_FILE, PERMISSION_DENIED, OP_UNSUPPORTED}


class PacketCase(SshCase):
    def assert_hung_up(self, sftp):
        """The server ends the session and answers nothing more."""
        with self.assertRaises((EOFError, OSError)):
            sftp.packet()

    def assert_refused(self, sftp, kind, fields):
        self.assertIn(sftp.status(kind, fields), REFUSED)

    def stored_names(self):
        return {name for name in os.listdir(self.server.home()) if not name.startswith("alive-")}


class Framing(PacketCase):
    def test_X1_impossible_lengths_end_the_session_before_anything_is_allocated(self):
        for length in (0, 256 * KIB + 1, 1 << 28, (1 << 32) - 1):
            with self.subTest(length):
                sftp = self.sftp()
                before = self.resident_bytes()
                sftp.channel.write(u32(length) + bytes([STAT]) + u32(1))
                self.assert_hung_up(sftp)
                self.assertLess(self.resident_bytes() - before, 16 * MIB)

    def test_X1_packet_without_an_id_ends_the_session(self):
        sftp = self.sftp()
        sftp.channel.write(u32(1) + bytes([STAT]))
        self.assert_hung_up(sftp)

    def test_X3_second_init_ends_the_session(self):
        sftp = self.sftp()
        sftp.channel.write(packet(INIT, u32(3)))
        self.assert_hung_up(sftp)

    def test_X3_request_before_init_ends_the_session(self):
        sftp = Sftp(self.logged_in(), start=False)
        sftp.channel.write(packet(STAT, u32(1) + string("/")))
        self.assert_hung_up(sftp)

    def test_X3_versions_below_3_are_not_spoken_and_later_ones_get_3(self):
        for version in (0, 2):
            with self.subTest(version):
                sftp = Sftp(self.logged_in(), start=False)
                sftp.channel.write(packet(INIT, u32(version)))
                self.assert_hung_up(sftp)
        for version in (6, (1 << 32) - 1):
            with self.subTest(version):
                self.assertEqual(Sftp(self.logged_in(), start=False).init(version).u32(), 3)

    def test_X4_requests_cut_anywhere_are_bad_messages_and_the_session_goes_on(self):
        sftp = self.sftp()
        handle = sftp.open("cut.bin")
        whole = {OPEN: string("a") + u32(NEW_FILE) + NO_ATTRIBUTES, CLOSE: string(handle),
                 READ: string(handle) + u64(0) + u32(1), WRITE: string(handle) + u64(0) + string("x"),
                 FSETSTAT: string(handle) + u32(SIZE_GIVEN) + u64(1), RENAME: string("a") + string("b"),
                 EXTENDED: string("posix-rename@openssh.com") + string("a") + string("b")}
        for kind, fields in whole.items():
            for end in range(len(fields)):
                with self.subTest(kind, end=end):
                    self.assertIn(sftp.status(kind, fields[:end]), {BAD_MESSAGE, OP_UNSUPPORTED})
        self.assertEqual(sftp.close(handle), OK)

    def test_X4_bytes_behind_a_request_and_strings_that_lie_are_bad_messages(self):
        sftp = self.sftp()
        for fields in (string("/") + b"\0", u32(2) + b"/", u32((1 << 32) - 1) + b"/", b""):
            with self.subTest(fields):
                self.assertEqual(sftp.status(STAT, fields), BAD_MESSAGE)
        self.assertEqual(sftp.ask(REALPATH, string("/"))[0], NAME)

    def test_X4_unknown_types_are_unsupported(self):
        sftp = self.sftp()
        for kind in (0, 21, 50, 101, 105, 199, 201, 255):
            with self.subTest(kind):
                self.assertEqual(sftp.status(kind, string("x")), OP_UNSUPPORTED)

    def test_X11_repeated_ids_are_answered_in_order(self):
        sftp = self.sftp()
        sftp.channel.write(b"".join(sftp.build(REALPATH, string(f"/{number}"), 7)[0] for number in range(50)))
        for number in range(50):
            kind, fields = sftp.reply(7)
            self.assertEqual((kind, fields.u32(), fields.string()), (NAME, 1, f"/{number}".encode()))

    def test_X14_countless_attribute_pairs_are_a_bad_message_that_allocates_nothing(self):
        sftp = self.sftp()
        before = self.resident_bytes()
        for kind, head in ((SETSTAT, string("/")), (OPEN, string("a") + u32(NEW_FILE)), (MKDIR, string("a"))):
            with self.subTest(kind):
                self.assertEqual(sftp.status(kind, head + u32(EXTENDED_GIVEN) + u32((1 << 32) - 1)), BAD_MESSAGE)
        self.assertLess(self.resident_bytes() - before, 16 * MIB)


class Handles(PacketCase):
    def test_X5_handles_that_are_none_are_refused(self):
        sftp, other = self.sftp(), self.sftp("other")
        valid, closed = sftp.open("valid.bin"), sftp.open("closed.bin")
        self.assertEqual(sftp.close(closed), OK)
        # Each session counts for itself: the third of another one is none here.
        foreign = [other.open(f"foreign-{number}.bin") for number in range(3)][2]
        number = int.from_bytes(valid, "big")
        bent = [(number + step).to_bytes(len(valid) + 1, "big")[-len(valid):] for step in (1, -1, 1 << 32)]
        for handle in (b"", b"\0" * 3, b"\0" * 5, b"x" * 1000, b"\xff" * len(valid), b"\0" * len(valid), valid + b"\0",
                       closed, foreign, *bent):
            with self.subTest(handle):
                self.assertEqual(sftp.status(READ, string(handle) + u64(0) + u32(1)), FAILURE)
                self.assertEqual(sftp.status(WRITE, string(handle) + u64(0) + string("x")), FAILURE)
                self.assertEqual(sftp.status(FSTAT, string(handle)), FAILURE)
                self.assertEqual(sftp.status(READDIR, string(handle)), FAILURE)
                self.assertEqual(sftp.status(CLOSE, string(handle)), FAILURE)
        self.assertEqual(sftp.close(valid), OK)

    def test_X6_handles_are_limited_and_end_with_their_session(self):
        before = self.settled_holdings()
        sftp = self.sftp()
        for number in range(MAX_HANDLES):
            sftp.open(f"many-{number}.bin")
        for number in range(1000):
            self.assertEqual(sftp.status(OPEN, string(f"more-{number}") + u32(NEW_FILE) + NO_ATTRIBUTES), FAILURE)
        self.assertEqual(sftp.status(OPENDIR, string("/")), FAILURE)
        sftp.channel.peer.close()
        self.wait_for_quiet()
        self.assert_back_to(before)
        self.assertFalse([name for name in self.stored_names() if name.startswith(("many-", "more-"))])

    def test_X7_reading_what_is_open_for_writing_is_refused_and_lengths_are_clipped(self):
        sftp = self.sftp()
        handle = sftp.open("only-written.bin")
        before = self.resident_bytes()
        self.assertEqual(sftp.read(handle, 0, (1 << 32) - 1), PERMISSION_DENIED)
        self.assertEqual(sftp.close(handle), OK)
        self.assertEqual(sftp.put("short.bin", b"four"), OK)
        handle = sftp.open("short.bin", FOR_READING)
        self.assertEqual(sftp.read(handle, 0, (1 << 32) - 1), b"four")
        self.assertEqual(sftp.read(handle, (1 << 64) - 1, 1), EOF)
        self.assertEqual(sftp.write(handle, 0, b"x"), PERMISSION_DENIED)
        self.assertLess(self.resident_bytes() - before, 16 * MIB)
        self.assert_stored("short.bin", b"four")


class Offsets(PacketCase):
    server_options = {**ssh_options(), "policy": {"max_file_size": "1MiB"}}

    def test_X8_far_offsets_are_refused_and_make_no_sparse_bomb(self):
        for offset in ((1 << 64) - 1, (1 << 63) - 1, 1 << 62, 1 << 40, MIB):
            with self.subTest(offset):
                sftp = self.sftp()
                handle = sftp.open(f"far-{offset}.bin")
                self.assertEqual(sftp.write(handle, offset, b"x"), FAILURE)
                self.assertEqual(sftp.close(handle), FAILURE)
        self.assertFalse([name for name in self.stored_names() if name.startswith("far-")])

    def test_X8_sizes_that_are_set_are_limited_too(self):
        sftp = self.sftp()
        handle = sftp.open("grown.bin")
        self.assertEqual(sftp.status(FSETSTAT, string(handle) + u32(SIZE_GIVEN) + u64(1 << 62)), FAILURE)
        self.assertEqual(sftp.put("small.bin", b"abc"), OK)
        self.assertEqual(sftp.status(SETSTAT, string("small.bin") + u32(SIZE_GIVEN) + u64(1 << 62)), FAILURE)
        self.assert_stored("small.bin", b"abc")

    def test_X8_overlapping_and_empty_writes_in_any_order_are_stored_as_the_last_one_says(self):
        sftp = self.sftp()
        handle = sftp.open("mosaic.bin")
        for offset, data in ((6, b"ghi"), (0, b"abcd"), (2, b"CDEF"), (100, b""), (3, b"d")):
            self.assertEqual(sftp.write(handle, offset, data), OK)
        self.assertEqual(sftp.close(handle), OK)
        self.assert_stored("mosaic.bin", b"abCdEFghi")


class Endings(PacketCase):
    def test_X9_upload_that_is_not_closed_is_not_published(self):
        sftp = self.sftp()
        handle = sftp.open("unclosed.bin")
        sftp.channel.write(b"".join(sftp.build(WRITE, string(handle) + u64(KIB * number) + string(bytes(KIB)))[0]
                                    for number in range(1000)))
        sftp.channel.peer.close()
        self.wait_for_quiet()
        self.assertNotIn("unclosed.bin", self.stored_names())

    def test_X12_what_clients_may_not_set_is_not_set(self):
        sftp = self.sftp()
        self.assertEqual(sftp.put("plain.bin", b"x"), OK)
        path = self.server.home() / "plain.bin"
        sftp.status(SETSTAT, string("plain.bin") + u32(MODE_GIVEN) + u32(0o106755))
        sftp.status(SETSTAT, string("plain.bin") + u32(OWNER_GIVEN) + u32(4711) + u32(4711))
        sftp.status(SETSTAT, string("plain.bin") + u32(TIMES_GIVEN) + u32((1 << 32) - 1) + u32((1 << 32) - 1))
        status = path.stat()
        self.assertEqual(status.st_mode & 0o7000, 0)
        self.assertEqual((status.st_uid, status.st_gid), (os.getuid(), os.getgid()))

    def test_X13_links_are_unsupported(self):
        sftp = self.sftp()
        self.assertEqual(sftp.put("target.bin", b"x"), OK)
        for kind, fields in ((SYMLINK, string("/etc/passwd") + string("link")), (READLINK, string("target.bin")),
                             (EXTENDED, string("hardlink@openssh.com") + string("target.bin") + string("link")),
                             (EXTENDED, string("nobody@example.com") + string("x"))):
            with self.subTest(kind, fields=fields):
                self.assertEqual(sftp.status(kind, fields), OP_UNSUPPORTED)
        self.assertNotIn("link", self.stored_names())

    def test_X15_renames_replace_nothing_unless_asked_and_never_a_folder(self):
        sftp = self.sftp()
        self.assertEqual(sftp.put("one.bin", b"1"), OK)
        self.assertEqual(sftp.put("two.bin", b"2"), OK)
        self.assertEqual(sftp.status(MKDIR, string("folder") + NO_ATTRIBUTES), OK)
        posix_rename = string("posix-rename@openssh.com")
        self.assert_refused(sftp, RENAME, string("one.bin") + string("two.bin"))
        self.assert_refused(sftp, RENAME, string("one.bin") + string("folder"))
        self.assert_refused(sftp, EXTENDED, posix_rename + string("one.bin") + string("folder"))
        self.assert_refused(sftp, EXTENDED, posix_rename + string("folder") + string("one.bin"))
        self.assert_refused(sftp, RENAME, string("folder") + string("folder/within"))
        for way_out in ("../../stolen.bin", "/.sallyport/stolen.bin", "folder/nowhere/one.bin"):
            with self.subTest(way_out):
                sftp.status(RENAME, string("one.bin") + string(way_out))
                self.assertFalse((self.server.storage_root / "stolen.bin").exists())
                self.assertFalse((self.server.storage_root / ".sallyport" / "stolen.bin").exists())
                sftp.status(RENAME, string("stolen.bin") + string("one.bin"))
                sftp.status(RENAME, string(".sallyport/stolen.bin") + string("one.bin"))
        self.assert_stored("one.bin", b"1")
        self.assertEqual(sftp.status(EXTENDED, posix_rename + string("one.bin") + string("two.bin")), OK)
        self.assert_stored("two.bin", b"1")
