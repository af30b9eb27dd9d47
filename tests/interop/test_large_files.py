"""Files beyond 4 GiB, where numbers of 32 bits end: sizes and offsets are right at either door (P16)."""

import io
import shutil

from support.case import payload
from support.ftps_client import log_in
from support.ssh_client import SshCase, paramiko_sftp

GIB = 1 << 30
# A hole on the disk with something at its end costs nothing.
SIZE = 5 * GIB + 7
END = payload(100_007, seed="behind four gibibytes")


class LargeFiles(SshCase):
    server_options = {"protocols": ("ftps", "sftp"), "durability": "none", "policy": {"max_file_size": "1TiB"},
                      "storage": {"digest": "none"}}
    requires = ("curl", "sftp")

    def setUp(self):
        super().setUp()
        self.path = self.server.home() / "large.bin"
        self.path.parent.mkdir(exist_ok=True)
        with open(self.path, "wb") as file:
            file.truncate(SIZE - len(END))
            file.seek(0, io.SEEK_END)
            file.write(END)
        self.addCleanup(self.path.unlink)

    def curl(self, *arguments):
        host, port = self.server.address("ftps")
        return self.client("curl", "-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--user",
                           f"demo:{self.server.password('demo')}", *arguments, f"ftp://{host}:{port}/large.bin")

    def partial_copy(self, name="back.bin"):
        """What a client has that has received all but the end."""
        with open(self.work / name, "wb") as file:
            file.truncate(SIZE - len(END))
        return self.work / name

    def assert_end(self, path):
        with open(path, "rb") as file:
            self.assertEqual(file.seek(0, io.SEEK_END), SIZE)
            file.seek(-len(END), io.SEEK_END)
            self.assertEqual(file.read(), END)

    def test_appending_copies_no_holes(self):
        """Where the copy that is appended to filled them, it took a minute and five gibibytes."""
        if shutil.disk_usage(self.server.home()).free < 2 * SIZE:
            self.skipTest("the server asks for as much room as if there were no holes")
        with log_in(self.server) as ftp, paramiko_sftp(self.server, key_filename=str(self.key)) as sftp:
            ftp.storbinary("APPE large.bin", io.BytesIO(b"by FTPS"))
            with sftp.open("large.bin", "ab") as file:
                file.write(b"by SFTP")
        with open(self.path, "rb") as file:
            file.seek(SIZE - len(END))
            self.assertEqual(file.read(), END + b"by FTPS" + b"by SFTP")
        self.assertLess(self.path.stat().st_blocks * 512, 2 * len(END))

    def test_sizes_are_told_in_full(self):
        with log_in(self.server) as ftp, paramiko_sftp(self.server, key_filename=str(self.key)) as sftp:
            ftp.voidcmd("TYPE I")
            self.assertEqual(ftp.size("large.bin"), SIZE)
            self.assertEqual({name: facts.get("size") for name, facts in ftp.mlsd()}["large.bin"], str(SIZE))
            lines = []
            ftp.dir(lines.append)
            self.assertIn(f" {SIZE} ", lines[0])
            self.assertEqual(sftp.stat("large.bin").st_size, SIZE)
            self.assertEqual(sftp.listdir_attr()[0].st_size, SIZE)

    def test_the_end_is_read_from_its_offset(self):
        with log_in(self.server) as ftp, paramiko_sftp(self.server, key_filename=str(self.key)) as sftp:
            received = io.BytesIO()
            ftp.retrbinary("RETR large.bin", received.write, rest=SIZE - len(END))
            self.assertEqual(received.getvalue(), END)
            with sftp.open("large.bin", "rb") as file:
                file.seek(SIZE - len(END))
                self.assertEqual(file.read(), END)

    def test_interrupted_downloads_go_on_behind_four_gibibytes(self):
        self.partial_copy()
        self.curl("-C", "-", "-o", "back.bin")
        self.assert_end(self.work / "back.bin")
        self.partial_copy()
        self.sftp("reget large.bin back.bin")
        self.assert_end(self.work / "back.bin")
