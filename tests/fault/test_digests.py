"""Digests of uploads are made while the bytes stream, kept with the file, and told at both doors without reading it."""

import hashlib
import os
import struct
import zlib

from attack.ssh_channel import EXTENDED, EXTENDED_REPLY, string
from attack.ssh_wire import u32, u64
from fault.block_device import MIB, BlockDevice, enter_namespace
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, FtpsDoor, SftpDoor
from support.case import payload, sha256

ATTRIBUTE = "user.sallyport.sha256"
RECORD = struct.Struct("=qq32s")  # size, time of change in nanoseconds, digest
DATA = payload(300_000, seed="digests")
OTHER = bytes([DATA[0] ^ 1]) + DATA[1:]
HASHES = {"SHA-256": "sha256", "SHA-512": "sha512", "SHA-1": "sha1", "MD5": "md5"}
OLD_VERBS = {"XMD5": "md5", "XSHA1": "sha1", "XSHA256": "sha256", "XSHA512": "sha512"}


def crc32(data):
    return f"{zlib.crc32(data):08x}"


class Digests(FaultCase):
    """On ext4, which keeps attributes."""

    @classmethod
    def setUpClass(cls):
        enter_namespace()
        cls.device = BlockDevice(64 * MIB)
        cls.addClassCleanup(cls.device.close)
        cls.server_options = both_doors(storage={"root": str(cls.device.mount_point)})
        super().setUpClass()

    def ask(self, command, code):
        """The words of the answer behind its code."""
        answer = self.enter(FtpsDoor).expect(code, command)
        return answer.split()[1:]

    def checked(self, algorithm, path, first=0, length=0):
        """What check-file-name answers."""
        session = self.enter(SftpDoor)
        fields = string("check-file-name") + string(path) + string(algorithm) + u64(first) + u64(length) + u32(0)
        answer = session.expect(EXTENDED_REPLY, EXTENDED, fields)
        name = answer.string()
        self.assertEqual(answer.string() if name == b"check-file" else name, algorithm.encode())
        return answer.rest().hex()

    def assert_told(self, path, data):
        """As every verb and request that tells digests."""
        for name, algorithm in HASHES.items():
            session = self.enter(FtpsDoor)
            session.expect("200", f"OPTS HASH {name}")
            self.assertIn(hashlib.new(algorithm, data).hexdigest(), session.expect("213", f"HASH {path}"))
        for verb, algorithm in OLD_VERBS.items():
            self.assertEqual(self.ask(f"{verb} {path}", "250"), [hashlib.new(algorithm, data).hexdigest()])
        self.assertEqual(self.ask(f"XCRC {path}", "250"), [crc32(data)])
        self.assertEqual(self.ask(f'XSHA256 "{path}" 1000 2000', "250"), [sha256(data[1000:2000])])
        for algorithm in ("sha256", "sha512", "md5"):
            self.assertEqual(self.checked(algorithm, path), hashlib.new(algorithm, data).hexdigest())
        self.assertEqual(self.checked("sha256", path, 1000, 1000), sha256(data[1000:2000]))

    def assert_kept(self, path, data):
        """With the file."""
        stored = self.server.home() / path
        size, changed, digest = RECORD.unpack(os.getxattr(stored, ATTRIBUTE))
        self.assertEqual((size, changed, digest.hex()), (len(data), stored.stat().st_mtime_ns, sha256(data)))

    def test_every_upload_keeps_its_digest_and_tells_it(self):
        for door in DOORS:
            with self.subTest(door.protocol):
                path = f"{door.protocol}.bin"
                self.enter(door).put(path, DATA)
                self.assert_kept(path, DATA)
                self.assert_told(path, DATA)

    def test_appended_changed_and_renamed_files_have_theirs(self):
        session = self.enter(SftpDoor)
        session.put("appended.bin", DATA)
        self.enter(FtpsDoor).put("appended.bin", b"more", append=True)
        self.assert_kept("appended.bin", DATA + b"more")
        session.put("changed.bin", DATA)
        session.put("changed.bin", b"changed", offset=1000)
        self.assert_kept("changed.bin", DATA[:1000] + b"changed" + DATA[1007:])
        session.rename("changed.bin", "renamed.bin")
        self.assert_kept("renamed.bin", DATA[:1000] + b"changed" + DATA[1007:])

    def test_kept_digest_is_told_without_reading_the_file_until_that_changes(self):
        self.enter(FtpsDoor).put("kept.bin", DATA)
        path = self.server.home() / "kept.bin"
        times = path.stat().st_atime_ns, path.stat().st_mtime_ns
        with open(path, "r+b") as file:
            file.write(OTHER[:1])
        os.utime(path, ns=times)
        self.assert_told_at_both_doors(sha256(DATA), "the file was read")
        self.assertEqual(self.ask("XMD5 kept.bin", "250"), [hashlib.md5(OTHER).hexdigest()])
        os.utime(path, ns=(times[0], times[1] + 1))
        self.assert_told_at_both_doors(sha256(OTHER), "the file has changed")

    def assert_told_at_both_doors(self, digest, why):
        self.assertEqual(self.ask("XSHA256 kept.bin", "250"), [digest], why)
        self.assertIn(digest, self.ask("HASH kept.bin", "213"), why)
        self.assertEqual(self.checked("sha256", "kept.bin"), digest, why)

    def test_upload_that_is_not_complete_has_none(self):
        session = self.enter(FtpsDoor)
        upload = session.begin("partial.bin")
        upload.send(DATA[:1000])
        session.cut()
        self.server.wait_event("file.abandoned", path="/partial.bin")
        for command in ("HASH partial.bin", "XSHA256 partial.bin"):
            self.ask(command, "450")
        for path in (self.server.storage_root / ".sallyport" / "partials").rglob("*"):
            self.assertNotIn(ATTRIBUTE, os.listxattr(path))
