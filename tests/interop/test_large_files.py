"""Files and offsets that need more than 32 bits (P16). All of them have holes, so that they take no room."""

import hashlib
import io
import os
import unittest

from support.case import payload
from support.doors import Sftp
from support.ftps_client import log_in
from support.ssh_client import SshCase, paramiko_sftp

SIZE = (5 << 30) + 1
HEAD, TAIL = payload(70_000, seed="head"), payload(100_000, seed="tail")
BROKEN_AT = (4 << 30) + 12_345
ZEROS = bytes(16 << 20)


def digest_of(head, size, tail):
    """Of `size` bytes: `head`, zeros, `tail`."""
    digest, left = hashlib.sha256(head), size - len(head) - len(tail)
    while left > 0:
        digest.update(memoryview(ZEROS)[:left])
        left -= len(ZEROS)
    digest.update(tail)
    return digest.hexdigest()


class LargeFiles(SshCase):
    requires = ("curl", "sftp")
    server_options = {"protocols": ("ftps", "sftp"), "durability": "none"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        space = os.statvfs(cls.server.storage_root)
        if space.f_bavail * space.f_frsize < 2 * SIZE:
            raise unittest.SkipTest("the server refuses holes for which there is no room")

    def assert_large(self, name, size, head, tail):
        """It is stored and was announced with the right digest; the digest."""
        with open(self.server.home() / name, "rb") as stored:
            self.assertEqual(os.fstat(stored.fileno()).st_size, size)
            self.assertEqual(stored.read(len(head)), head)
            stored.seek(-len(tail), os.SEEK_END)
            self.assertEqual(stored.read(), tail)
        sha256 = digest_of(head, size, tail)
        self.server.wait_event("file.received", path=f"/{name}", size=size, sha256=sha256)
        return sha256

    def test_P16_both_doors_tell_and_send_what_is_beyond_4_gib(self):
        with paramiko_sftp(self.server) as sftp:
            with sftp.open("large.bin", "wb") as file:
                file.write(HEAD)
                file.seek(SIZE - len(TAIL))
                file.write(TAIL)
            sha256 = self.assert_large("large.bin", SIZE, HEAD, TAIL)
            self.assertEqual(sftp.stat("large.bin").st_size, SIZE)
            self.assertEqual([entry.st_size for entry in sftp.listdir_attr("/")], [SIZE])
            with sftp.open("large.bin", "rb") as file:
                file.seek(SIZE - len(TAIL))
                self.assertEqual(file.read(), TAIL)
        with log_in(self.server) as ftp:
            ftp.voidcmd("TYPE I")
            self.assertEqual(ftp.size("large.bin"), SIZE)
            self.assertIn(f"size={SIZE};", ftp.sendcmd("MLST large.bin").lower())
            self.assertEqual(dict(ftp.mlsd("/"))["large.bin"]["size"], str(SIZE))
            lines = []
            ftp.retrlines("LIST", lines.append)
            self.assertEqual([line.split()[4] for line in lines], [str(SIZE)])
            self.assertIn(sha256, ftp.sendcmd("HASH large.bin").lower())
            received = io.BytesIO()
            ftp.retrbinary("RETR large.bin", received.write, rest=SIZE - len(TAIL))
            self.assertEqual(received.getvalue(), TAIL)
            ftp.delete("large.bin")

    # ---------------------------------------------------------------- clients that go on

    def ftplib(self, source, name):
        with log_in(self.server) as ftp, open(source, "rb") as file:
            ftp.voidcmd("TYPE I")
            file.seek(ftp.size(name))
            ftp.storbinary(f"STOR {name}", file, rest=file.tell())

    def curl(self, source, name):
        host, port = self.server.address("ftps")
        self.client("curl", "-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--user",
                    f"demo:{self.server.password('demo')}", "-C", "-", "-T", source, f"ftp://{host}:{port}/{name}")

    def openssh(self, source, name):
        self.sftp(f"reput {source} {name}")

    def test_P16_uploads_that_broke_beyond_4_gib_go_on_there(self):
        head = b"1"
        source = self.file("source.bin", head)
        os.truncate(source, BROKEN_AT)
        with open(source, "ab") as file:
            file.write(TAIL)
        for client in (self.ftplib, self.curl, self.openssh):
            with self.subTest(client=client.__name__):
                name = f"{client.__name__}.bin"
                self.leave_partial(name, head)
                client(source, name)
                self.assert_large(name, BROKEN_AT + len(TAIL), head, TAIL)

    def leave_partial(self, name, head):
        """Breaks an upload off after few bytes, and then makes of the partial what it had become after many."""
        Sftp(self.server, "demo").begin(f"/{name}", head + b"?")
        self.server.wait_event("file.abandoned", path=f"/{name}")
        folder = self.server.storage_root / ".sallyport" / "partials"
        self.wait_until(lambda: list(folder.rglob(name)), "the partial is kept")
        partial, = folder.rglob(name)
        self.assertEqual(partial.read_bytes(), head)
        os.truncate(partial, BROKEN_AT)
