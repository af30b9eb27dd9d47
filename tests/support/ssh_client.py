"""What tests of the SFTP door share: keys, the options of OpenSSH's programs, paramiko sessions."""

import contextlib
import subprocess
import tempfile
from pathlib import Path

import paramiko

from support.case import ServerCase
from support.sallyport import PASSWORDS

TIMEOUT_SECONDS = 60


def generate_key(file, kind, bits=None):
    """A new private key in `file`, its public one beside it; the line of the public one."""
    size = ["-b", str(bits)] if bits else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "", "-f", str(file)], check=True,
                   stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS)
    return Path(f"{file}.pub").read_text().strip()


@contextlib.contextmanager
def paramiko_client(server, *, user="demo", **options):
    """A logged-in paramiko.SSHClient that knows the server's keys; by password unless `options` say otherwise."""
    host, port = server.address("sftp")
    options = {"password": server.password(user)} if not options else options
    with paramiko.SSHClient() as client:
        client.load_host_keys(str(server.known_hosts))
        client.connect(host, port, username=user, look_for_keys=False, allow_agent=False, timeout=TIMEOUT_SECONDS,
                       auth_timeout=TIMEOUT_SECONDS, banner_timeout=TIMEOUT_SECONDS, **options)
        yield client


@contextlib.contextmanager
def paramiko_sftp(server, **options):
    """A paramiko.SFTPClient of paramiko_client()."""
    with paramiko_client(server, **options) as client, client.open_sftp() as sftp:
        sftp.get_channel().settimeout(TIMEOUT_SECONDS)
        yield sftp


class SshCase(ServerCase):
    """A server with the SFTP door, whose user `demo` has a password and the Ed25519 key in `key`."""

    server_options = {}

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-key-")
        cls.addClassCleanup(folder.cleanup)
        cls.key = Path(folder.name) / "ed25519"
        demo = {"password": PASSWORDS["demo"], "ssh_keys": [generate_key(cls.key, "ed25519")]}
        options = {"protocols": ("sftp",), **cls.server_options}
        cls.server_options = {**options, "users": {"demo": demo, **options.get("users", {})}}
        super().setUpClass()

    def openssh_options(self, key=None):
        """For ssh, sftp and scp alike: this server's keys, our key, and nothing of the machine's configuration."""
        _, port = self.server.address("sftp")
        settings = {"Port": port, "UserKnownHostsFile": self.server.known_hosts, "GlobalKnownHostsFile": "/dev/null",
                    "StrictHostKeyChecking": "yes", "IdentityFile": key or self.key, "IdentitiesOnly": "yes",
                    "BatchMode": "yes", "ConnectTimeout": TIMEOUT_SECONDS}
        return ["-F", "/dev/null"] + [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]

    def target(self, path=None, user="demo"):
        """demo@127.0.0.1 for OpenSSH's programs, with `path` as scp takes it."""
        login = f"{user}@{self.server.address('sftp')[0]}"
        return login if path is None else f"{login}:{path}"

    def sftp(self, *commands, flags=(), **options):
        """OpenSSH's sftp on a batch; what it printed."""
        batch = self.file("batch.sftp", "".join(f"{command}\n" for command in commands).encode())
        return self.client("sftp", *self.openssh_options(), *flags, "-b", batch, self.target(), **options)

    def scp(self, *arguments, **options):
        return self.client("scp", *self.openssh_options(), *arguments, **options)

    def ssh(self, *arguments, **options):
        return self.client("ssh", *self.openssh_options(), *arguments, **options)
