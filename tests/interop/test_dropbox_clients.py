"""
A dropbox for clients that look at what they have just sent: they see their own upload of this session, can finish and
take it back, and see nothing of anybody else.
"""

import contextlib
import ftplib
import io
import json
from pathlib import Path

import paramiko

from support.case import payload
from support.ftps_client import log_in
from support.npm import require_packages
from support.ssh_client import SshCase, paramiko_sftp

HERE = Path(__file__).resolve().parent
SIZE = 200_000
THEN = 1_600_000_000
NO_SUCH_FILE = 2


class DropboxCase(SshCase):
    server_options = {"protocols": ("ftps", "sftp"),
                      "policy": {"preset": "dropbox", "transient_names": ["*.filepart", "*.part", "*.tmp"]}}

    def setUp(self):
        super().setUp()
        home = self.server.home()
        home.mkdir(exist_ok=True)
        (home / "others.txt").write_bytes(b"somebody else's")
        self.data = payload(SIZE)

    def tearDown(self):
        self.assertEqual((self.server.home() / "others.txt").read_bytes(), b"somebody else's")

    def sftp_session(self):
        return self.enterContext(paramiko_sftp(self.server, key_filename=str(self.key)))

    def ftps_session(self):
        ftp = log_in(self.server)
        self.addCleanup(ftp.close)
        return ftp


class WinScp(DropboxCase):
    """The requests of WinSCP, in its order: part file, target deleted first, rename, time and mode."""

    def upload(self, sftp, name):
        with self.assertRaises(FileNotFoundError):
            sftp.stat(name)
        with sftp.open(f"{name}.filepart", "wx") as file:
            file.write(self.data)
        # A missing target must be told as missing: on any other failure it gives up.
        with self.assertRaises(FileNotFoundError):
            sftp.remove(name)
        sftp.rename(f"{name}.filepart", name)
        sftp.utime(name, (THEN, THEN))
        sftp.chmod(name, 0o640)

    def test_file_arrives_under_its_name_and_is_announced_once(self):
        sftp = self.sftp_session()
        self.upload(sftp, "winscp.bin")
        self.assert_stored("winscp.bin", self.data)
        self.assert_received("/winscp.bin", self.data)
        self.assertEqual(self.server.events("file.received")[-1]["path"], "/winscp.bin")
        self.assertEqual((sftp.stat("winscp.bin").st_size, sftp.stat("winscp.bin").st_mtime), (SIZE, THEN))
        self.assertEqual(sftp.listdir("/"), ["winscp.bin"])

    def test_same_session_may_send_it_again(self):
        sftp = self.sftp_session()
        self.upload(sftp, "again.bin")
        self.data = payload(SIZE, seed="again")
        with sftp.open("again.bin.filepart", "wx") as file:
            file.write(self.data)
        sftp.remove("again.bin")
        sftp.rename("again.bin.filepart", "again.bin")
        self.assert_stored("again.bin", self.data)

    def test_name_of_somebody_else_looks_free_and_is_not_taken(self):
        sftp = self.sftp_session()
        with sftp.open("others.txt.filepart", "wx") as file:
            file.write(self.data)
        with self.assertRaises(FileNotFoundError):
            sftp.remove("others.txt")
        with self.assertRaises(OSError):
            sftp.rename("others.txt.filepart", "others.txt")

    def test_next_session_sees_nothing(self):
        self.upload(self.sftp_session(), "earlier.bin")
        sftp = self.sftp_session()
        self.assertEqual(sftp.listdir("/"), [])
        with self.assertRaises(FileNotFoundError):
            sftp.stat("earlier.bin")
        with self.assertRaises(OSError):
            sftp.open("earlier.bin", "rb")


class WinScpOverFtps(DropboxCase):
    def test_part_file_is_renamed_and_gets_its_time(self):
        ftp = self.ftps_session()
        self.assertRaisesRegex(ftplib.error_perm, "^550", ftp.sendcmd, "SIZE ftps.bin")
        ftp.storbinary("STOR ftps.bin.filepart", io.BytesIO(self.data))
        self.assertRaisesRegex(ftplib.error_perm, "^550", ftp.delete, "ftps.bin")
        ftp.rename("ftps.bin.filepart", "ftps.bin")
        ftp.sendcmd("MFMT 20200913122640 ftps.bin")
        self.assertEqual(ftp.size("ftps.bin"), SIZE)
        self.assertEqual(ftp.sendcmd("MDTM ftps.bin"), "213 20200913122640")
        self.assertEqual([name for name, facts in ftp.mlsd() if facts["type"] == "file"], ["ftps.bin"])
        self.assertEqual(ftp.nlst(), ["ftps.bin"])
        self.assert_received("/ftps.bin", self.data)

    def test_digest_of_what_was_sent_is_told_and_no_other(self):
        ftp = self.ftps_session()
        ftp.storbinary("STOR digest.bin", io.BytesIO(self.data))
        self.assertEqual(ftp.sendcmd("XSHA256 digest.bin")[:3], "250")
        self.assertRaisesRegex(ftplib.error_perm, "^550", ftp.sendcmd, "XSHA256 others.txt")


class Scripts(DropboxCase):
    requires = ("curl", "lftp", "sftp")

    def test_paramiko_confirms_the_size(self):
        with contextlib.closing(self.sftp_session()) as sftp:
            told = sftp.put(str(self.file("up.bin", self.data)), "paramiko.bin", confirm=True)
            self.assertEqual(told.st_size, SIZE)
            with self.assertRaises(OSError) as refusal:
                sftp.stat("others.txt")
            self.assertEqual(refusal.exception.errno, NO_SUCH_FILE)

    def test_openssh_sends_and_lists(self):
        self.file("up.bin", self.data)
        listed = self.sftp("put -p up.bin openssh.bin", "ls -l")
        self.assertIn("openssh.bin", listed)
        self.assertNotIn("others.txt", listed)
        self.assert_stored("openssh.bin", self.data)
        self.scp(self.file("up2.bin", self.data), self.target("scp.bin"))
        self.assert_stored("scp.bin", self.data)

    def test_curl_over_ftps(self):
        host, port = self.server.address("ftps")
        common = ("curl", "-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--user",
                  f"demo:{self.server.password('demo')}")
        url = f"ftp://{host}:{port}"
        # Sent, renamed and looked at in one session.
        said = self.client(*common, "-v", "-T", self.file("up.bin", self.data), "-Q", "-RNFR curl.bin.part", "-Q",
                           "-RNTO curl.bin", "-Q", "-SIZE curl.bin", f"{url}/curl.bin.part")
        self.assertIn(f"213 {SIZE}", said)
        self.assert_received("/curl.bin", self.data)
        self.client(*common, "-C", "-", "-T", self.file("new.bin", self.data), f"{url}/resumable.bin")
        self.assert_stored("resumable.bin", self.data)
        self.assertEqual(self.client(*common, f"{url}/"), "")
        self.client(*common, f"{url}/others.txt", status=78)

    def test_lftp_over_ftps(self):
        host, port = self.server.address("ftps")
        self.file("up.bin", self.data)
        lines = ["set cmd:fail-exit yes", "set net:max-retries 1", "set net:timeout 20", "set ftp:ssl-force yes",
                 "set ftp:ssl-protect-data yes", f"set ssl:ca-file {self.server.ca_file}",
                 f"open -u 'demo,{self.server.password('demo')}' ftp://{host}:{port}",
                 "put up.bin -o lftp.bin", "set xfer:use-temp-file yes", "set xfer:temp-file-name *.tmp",
                 "put up.bin -o lftp2.bin", "cls -1", "bye"]
        listed = self.client("lftp", "--norc", "-f", self.file("commands.lftp", "\n".join(lines).encode()))
        self.assertEqual(sorted(listed.split()), ["lftp.bin", "lftp2.bin"])
        self.assert_received("/lftp2.bin", self.data)


class Node(DropboxCase):
    requires = ("node", "npm")

    def test_ssh2_sftp_client_sends_and_looks(self):
        require_packages(HERE)
        host, port = self.server.address("sftp")
        self.file("up.bin", self.data)
        settings = {"host": host, "port": port, "username": "demo", "key": str(self.key),
                    "hostKey": self.server.known_hosts.read_text().splitlines()[0].split()[2]}
        found = json.loads(self.client("node", HERE / "ssh2_sftp_client.mjs", "dropbox", json.dumps(settings))
                           .splitlines()[-1])
        self.assertEqual(found, {"size": SIZE, "names": ["node.bin", "node.csv"], "others": False})
        self.assert_received("/node.bin", self.data)
        self.assert_received("/node.csv", b"12345")


class SameNameTwice(DropboxCase):
    def test_paramiko_opens_for_writing_what_others_have_and_is_refused(self):
        sftp = self.sftp_session()
        with self.assertRaises(OSError):
            sftp.put(str(self.file("up.bin", self.data)), "others.txt")
        with self.assertRaises((OSError, paramiko.SSHException)):
            sftp.open("others.txt", "r+")
