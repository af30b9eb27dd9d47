"""Folders of 100,000 files: every client lists each of them once, and the server neither collects them nor waits."""

import os
import shlex
import subprocess
from pathlib import Path

from support.case import payload
from support.ftps_client import log_in
from support.ssh_client import SshCase, paramiko_sftp

COUNT = 100_000
# Long enough that all names together are more than the server may take for a listing.
NAMES = [f"{number:06}-{'a-rather-long-name-' * 5}.csv" for number in range(COUNT)]
MOST_MEMORY = 8 << 20  # bytes that the server may grow by while it lists
UNREAD_BYTES = 4096


class LargeFolders(SshCase):
    requires = ("lftp", "sftp", "ssh")
    server_options = {"protocols": ("ftps", "sftp")}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.server.home() / "many"
        cls.folder.mkdir(parents=True)
        for name in NAMES:
            os.close(os.open(cls.folder / name, os.O_WRONLY | os.O_CREAT, 0o640))

    def assert_all(self, names):
        names = sorted(names)
        self.assertEqual(len(names), COUNT)
        self.assertTrue(names == NAMES, "names are wrong")

    def memory(self):
        """Bytes that the server holds, and the most that it has held since the last call."""
        proc = Path(f"/proc/{self.server.pid}")
        fields = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
        try:
            (proc / "clear_refs").write_text("5")
        except PermissionError:
            self.skipTest("only root may look into a server that forbids core files")
        return [int(fields[name].split()[0]) << 10 for name in ("VmRSS", "VmHWM")]

    def assert_grew_little(self, before):
        _, most = self.memory()
        print(f"grew by {(most - before) >> 10} KiB at most", flush=True)
        self.assertLess(most - before, MOST_MEMORY)

    # ---------------------------------------------------------------- clients

    def lftp(self, url, settings):
        said = self.client("lftp", "--norc", "-c", f"set cmd:fail-exit yes; set net:max-retries 1; {settings}; "
                           f"open {url}; nlist many", stderr=subprocess.DEVNULL)
        names = [line.removeprefix("many/") for line in said.splitlines()]
        return [name for name in names if name.rstrip("/") not in (".", "..")]

    def test_lftp_lists_all_over_ftps(self):
        host, port = self.server.address("ftps")
        self.assert_all(self.lftp(f"-u 'demo,{self.server.password('demo')}' ftp://{host}:{port}",
                                  f"set ftp:ssl-force yes; set ssl:ca-file {self.server.ca_file}"))

    def test_lftp_lists_all_over_sftp(self):
        host, port = self.server.address("sftp")
        ssh = "ssh -a -x " + " ".join(shlex.quote(word) for word in map(str, self.openssh_options()))
        self.assert_all(self.lftp(f"-u demo, sftp://{host}:{port}", f'set sftp:connect-program "{ssh}"'))

    def test_openssh_lists_all(self):
        # ssh makes its standard error non-blocking: were that sftp's output, too, sftp would lose lines of it.
        said = self.sftp("ls -1 many", stderr=subprocess.DEVNULL)
        self.assert_all(line.removeprefix("many/") for line in said.splitlines() if line.startswith("many/"))

    # ---------------------------------------------------------------- what it takes

    def test_listing_over_ftps_takes_no_memory_and_holds_up_nobody(self):
        data = payload(100_000)
        with log_in(self.server) as lists, log_in(self.server) as works:
            before, _ = self.memory()
            lists.voidcmd("TYPE A")
            listing = lists.transfercmd("MLSD many")
            received = bytearray(listing.recv(UNREAD_BYTES))
            works.storbinary("STOR meanwhile.bin", self.file("meanwhile.bin", data).open("rb"))
            works.voidcmd("NOOP")
            while more := listing.recv(65536):
                received += more
            listing.unwrap()
            listing.close()
            lists.voidresp()
            self.assert_grew_little(before)
        self.assert_stored("meanwhile.bin", data)
        entries = [line.split(" ", 1) for line in received.decode().splitlines()]
        self.assert_all(name for facts, name in entries if "type=file" in facts.lower())

    def test_listing_over_sftp_takes_no_memory_and_holds_up_nobody(self):
        data = payload(100_000)
        with paramiko_sftp(self.server) as lists, log_in(self.server) as works:
            before, _ = self.memory()
            listing = lists.listdir_iter("many")
            names = [next(listing).filename]
            works.storbinary("STOR meanwhile-2.bin", self.file("meanwhile.bin", data).open("rb"))
            works.voidcmd("NOOP")
            names += [entry.filename for entry in listing]
            self.assert_grew_little(before)
        self.assert_stored("meanwhile-2.bin", data)
        self.assert_all(names)
