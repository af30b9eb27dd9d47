"""An upload that broke at either door is completed by any client at either door, by its owner alone (P14)."""

import shlex
import tempfile
from pathlib import Path

from attack.ssh_case import key_of
from attack.ssh_channel import FOR_WRITING
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, FtpsDoor, Refused, SftpDoor
from support.case import payload
from support.ftps_client import log_in
from support.ssh_client import generate_key, paramiko_sftp

DATA = payload(700_001, seed="resume")
CUTS = (1, 280_000, len(DATA) - 1)


class Clients:
    """Real clients that complete an upload of `source` as `name`."""

    def sftp_options(self):
        _, port = self.server.address("sftp")
        settings = {"Port": port, "UserKnownHostsFile": self.server.known_hosts, "GlobalKnownHostsFile": "/dev/null",
                    "StrictHostKeyChecking": "yes", "IdentityFile": self.key, "IdentitiesOnly": "yes", "BatchMode": "yes"}
        return ["-F", "/dev/null"] + [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def curl(self, source, name):
        host, port = self.server.address("ftps")
        self.client("curl", "-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--user",
                    f"demo:{self.server.password('demo')}", "-C", "-", "-T", source, f"ftp://{host}:{port}/{name}")

    def lftp(self, source, name):
        host, port = self.server.address("ftps")
        self.run_lftp(f"set ftp:ssl-force yes; set ssl:ca-file {self.server.ca_file}; "
                      f"open -u 'demo,{self.server.password('demo')}' ftp://{host}:{port}; put -c {source} -o {name}")

    def lftp_sftp(self, source, name):
        host, port = self.server.address("sftp")
        ssh = "ssh -a -x " + " ".join(map(shlex.quote, map(str, self.sftp_options())))
        self.run_lftp(f"set sftp:connect-program \"{ssh}\"; open -u demo, sftp://{host}:{port}; put -c {source} -o {name}")

    def run_lftp(self, commands):
        self.client("lftp", "--norc", "-c", f"set cmd:fail-exit yes; set net:max-retries 1; {commands}")

    def openssh(self, source, name):
        batch = self.file("batch", f"reput {source} {name}\n".encode())
        self.client("sftp", *self.sftp_options(), "-b", batch, f"demo@{self.server.address('sftp')[0]}")

    def ftplib_rest(self, source, name):
        with log_in(self.server) as ftp, open(source, "rb") as file:
            ftp.voidcmd("TYPE I")
            file.seek(ftp.size(name))
            ftp.storbinary(f"STOR {name}", file, rest=file.tell())

    def ftplib_appe(self, source, name):
        with log_in(self.server) as ftp, open(source, "rb") as file:
            ftp.voidcmd("TYPE I")
            file.seek(ftp.size(name))
            ftp.storbinary(f"APPE {name}", file)

    def paramiko_seek(self, source, name):
        with paramiko_sftp(self.server) as sftp, sftp.open(name, "r+b") as file:
            there = sftp.stat(name).st_size
            file.seek(there)
            file.write(Path(source).read_bytes()[there:])

    def paramiko_append(self, source, name):
        with paramiko_sftp(self.server) as sftp:
            rest = Path(source).read_bytes()[sftp.stat(name).st_size:]
            with sftp.open(name, "ab") as file:
                file.write(rest)

    ALL = (curl, lftp, lftp_sftp, openssh, ftplib_rest, ftplib_appe, paramiko_seek, paramiko_append)


class Resume(FaultCase, Clients):
    requires = ("curl", "lftp", "sftp")

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-key-")
        cls.addClassCleanup(folder.cleanup)
        cls.key = Path(folder.name) / "ed25519"
        keys = [key_of("demo").line, generate_key(cls.key, "ed25519")]
        shared = {"home": "shared"}
        cls.server_options = both_doors(users={"demo": {"ssh_keys": keys}, "other": {}, "owner": shared, "peer": shared})
        super().setUpClass()

    def leave_partial(self, door, name, count, user="demo", folder=None):
        """Breaks an upload after `count` bytes, all of which have arrived."""
        session = self.enter(door, user)
        upload = session.begin(name)
        upload.send(DATA[:count])
        upload.cut()
        session.close()
        self.server.wait_event("file.abandoned", path=f"/{name}", user=user)
        self.wait_until(lambda: len(self.partials().get(name, b"")) == count, f"{count} bytes of {name} are kept")
        self.assertFalse((self.server.home(folder or user) / name).exists())

    def test_P14_every_client_completes_what_either_door_has_broken(self):
        source = self.file("source.bin", DATA)
        for door in DOORS:
            for client in self.ALL:
                for cut in CUTS:
                    with self.subTest(begun=door.protocol, client=client.__name__, cut=cut):
                        name = f"{door.protocol}-{client.__name__}-{cut}.bin"
                        self.leave_partial(door, name, cut)
                        client(self, source, name)
                        self.assert_stored(name, DATA)
                        self.assert_received(f"/{name}", DATA, resumed=True)
                        self.assertNotIn(name, self.partials())

    def test_P14_upload_that_breaks_at_each_door_in_turn_is_completed(self):
        cuts = [1, 100_000, 300_000, 500_000, len(DATA) - 1]
        there = 0
        for i, cut in enumerate(cuts):
            session = self.enter(DOORS[i % 2])
            upload = session.begin("turns.bin", offset=there)
            upload.send(DATA[there:cut])
            upload.cut()
            session.close()
            self.wait_until(lambda: len(self.partials().get("turns.bin", b"")) == cut, f"{cut} bytes are kept")
            there = cut
        self.enter(FtpsDoor).put("turns.bin", DATA[there:], offset=there)
        self.assert_received("/turns.bin", DATA, resumed=True)
        self.assert_stored("turns.bin", DATA)

    def test_P14_partial_of_somebody_else_does_not_exist(self):
        for begun in DOORS:
            name = f"private-{begun.protocol}.bin"
            self.leave_partial(begun, name, 300_000, "owner", "shared")
            for door in DOORS:
                peer = self.enter(door, "peer")
                self.assertNotIn(name, peer.names("/"))
                for use in (peer.size, peer.get, peer.remove, lambda name: peer.rename(name, "mine.bin")):
                    self.assertRaises(Refused, use, name)
            self.assertRaises(Refused, self.enter(FtpsDoor, "peer").begin, name, offset=300_000)
            self.assertRaises(Refused, self.enter(SftpDoor, "peer").open, name, FOR_WRITING)
            self.assertEqual(self.enter(SftpDoor, "owner").size(name), 300_000)

    def test_P14_somebody_else_who_appends_begins_at_nothing_and_the_owner_goes_on(self):
        for begun in DOORS:
            name = f"both-{begun.protocol}.bin"
            self.leave_partial(begun, name, 300_000, "owner", "shared")
            self.enter(begun, "peer").put(name, b"by the peer", append=True)
            self.assert_stored(name, b"by the peer", "shared")
            self.enter(begun, "owner").put(name, DATA[300_000:], offset=300_000)
            self.assert_stored(name, DATA, "shared")

    def test_P14_offset_past_the_end_is_refused_and_the_partial_stays(self):
        for door in DOORS:
            name = f"past-{door.protocol}.bin"
            self.leave_partial(door, name, 1000)
            self.assertRaises(Refused, self.enter(FtpsDoor).begin, name, offset=1001)
            self.assertEqual(self.enter(door).size(name), 1000)
            self.enter(door).put(name, DATA[1000:], offset=1000)
            self.assert_stored(name, DATA)
