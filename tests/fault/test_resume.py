"""An upload that broke at either door is completed by any client at either door, by its owner alone (P14)."""

import shlex
import tempfile
from pathlib import Path

from attack.ssh_case import key_of
from attack.ssh_channel import FOR_WRITING
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, HELD_BACK, FtpsDoor, Refused, SftpDoor
from support.case import payload
from support.ftps_client import log_in
from support.ssh_client import generate_key, paramiko_sftp

DATA = payload(700_001, seed="resume")
CUTS = (1 + HELD_BACK, 280_000, len(DATA))  # the last one before the server was told that all is said


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
        """Breaks an upload after `count` bytes, all of which have arrived; how many of them are kept."""
        session = self.enter(door, user)
        upload = session.begin(name)
        upload.send(DATA[:count])
        upload.cut()
        session.close()
        self.server.wait_event("file.abandoned", path=f"/{name}", user=user)
        kept = count - HELD_BACK
        self.wait_until(lambda: len(self.partials().get(name, b"")) == kept, f"{kept} bytes of {name} are kept")
        self.assertFalse((self.server.home(folder or user) / name).exists())
        return kept

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
        cuts = [1 + HELD_BACK, 100_000, 300_000, 500_000, len(DATA)]
        there = 0
        for i, cut in enumerate(cuts):
            session = self.enter(DOORS[i % 2])
            upload = session.begin("turns.bin", offset=there)
            upload.send(DATA[there:cut])
            upload.cut()
            session.close()
            there = cut - HELD_BACK
            self.wait_until(lambda: len(self.partials().get("turns.bin", b"")) == there, f"{there} bytes are kept")
        self.enter(FtpsDoor).put("turns.bin", DATA[there:], offset=there)
        self.assert_received("/turns.bin", DATA, resumed=True)
        self.assert_stored("turns.bin", DATA)

    def test_P14_partial_of_somebody_else_does_not_exist(self):
        for begun in DOORS:
            name = f"private-{begun.protocol}.bin"
            kept = self.leave_partial(begun, name, 300_000, "owner", "shared")
            for door in DOORS:
                peer = self.enter(door, "peer")
                self.assertNotIn(name, peer.names("/"))
                for use in (peer.size, peer.get, peer.remove, lambda name: peer.rename(name, "mine.bin")):
                    self.assertRaises(Refused, use, name)
            self.assertRaises(Refused, self.enter(FtpsDoor, "peer").begin, name, offset=kept)
            self.assertRaises(Refused, self.enter(SftpDoor, "peer").open, name, FOR_WRITING)
            self.assertEqual(self.enter(SftpDoor, "owner").size(name), kept)

    def test_P14_somebody_else_who_appends_begins_at_nothing_and_the_owner_goes_on(self):
        for begun in DOORS:
            name = f"both-{begun.protocol}.bin"
            kept = self.leave_partial(begun, name, 300_000, "owner", "shared")
            self.enter(begun, "peer").put(name, b"by the peer", append=True)
            self.assert_stored(name, b"by the peer", "shared")
            self.enter(begun, "owner").put(name, DATA[kept:], offset=kept)
            self.assert_stored(name, DATA, "shared")

    def test_P14_offset_past_the_end_is_refused_and_the_partial_stays(self):
        for door in DOORS:
            name = f"past-{door.protocol}.bin"
            kept = self.leave_partial(door, name, 1000)
            self.assertRaises(Refused, self.enter(FtpsDoor).begin, name, offset=kept + 1)
            self.assertEqual(self.enter(door).size(name), kept)
            self.enter(door).put(name, DATA[kept:], offset=kept)
            self.assert_stored(name, DATA)

    def test_P14_who_goes_on_behind_the_end_of_a_partial_publishes_nothing(self):
        kept = self.leave_partial(SftpDoor, "behind.bin", 1000)
        session = self.enter(SftpDoor)
        upload = session.begin("behind.bin", offset=kept + 1)
        upload.send(DATA[kept + 1:])
        self.assertRaises(Refused, upload.finish)
        self.assert_not_published("behind.bin")
        session.put("behind.bin", DATA)

    def test_P14_upload_of_one_byte_that_breaks_begins_anew(self):
        for door in DOORS:
            name = f"one-{door.protocol}.bin"
            upload = self.enter(door).begin(name)
            upload.send(b"1")
            upload.cut()
            self.server.wait_event("file.abandoned", path=f"/{name}")
            session = self.enter(door)
            self.assertRaises(Refused, session.size, name)
            session.put(name, b"1")
            self.assert_stored(name, b"1")
