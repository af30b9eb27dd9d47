"""The image of docker/Dockerfile, built once for the tests of this folder, and containers of it."""

import ftplib
import itertools
import os
import re
import shutil
import socket
import ssl
import tempfile
import time
import unittest
from pathlib import Path

import paramiko

from container import podman
from support.ports import PortSlot
from support.sallyport import hash_password

IMAGE = "localhost/sallyport:test"
USER_ID = 10001
START_SECONDS = 60
CONFINED = ("--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp:rw,nosuid,nodev,noexec,size=16m", "--cap-drop=all",
            "--security-opt=no-new-privileges", "--memory=1g", "--pids-limit=256", "--network=slirp4netns")
USERS = """\
[policy.partners]
preset = "full"

[user.acme]
policy = "partners"
password = "{hash}"
"""

_numbers = itertools.count()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """Folders on this machine for one or more containers: state, files, users, and the shipped configuration."""

    def __init__(self, owner=USER_ID):
        self.folder = Path(tempfile.mkdtemp(prefix="sallyport-container-"))
        self.folder.chmod(0o755)
        self.state, self.files, self.users = (self.folder / name for name in ("state", "files", "users"))
        for folder in (self.state, self.files, self.users):
            folder.mkdir()
        os.chown(self.state, owner, owner)
        os.chown(self.files, owner, owner)
        (self.users / "users.toml").write_text(USERS.format(hash=hash_password("acme secret")))
        self._slot = PortSlot()
        self.passive, self.ftps, self.sftp = self._slot.take(20), free_port(), free_port()
        # Other ports than the shipped ones, which a client on this machine may happen to use.
        shipped = (podman.SOURCE / "docker" / "sallyport.toml").read_text()
        self.config = self.folder / "sallyport.toml"
        self.config.write_text(shipped.replace("50000-50099", self.passive))

    def remove(self):
        self._slot.close()
        shutil.rmtree(self.folder)

    def mounts(self):
        return ("-v", f"{self.state}:/var/lib/sallyport", "-v", f"{self.files}:/srv/sallyport",
                "-v", f"{self.users}:/etc/sallyport/users:ro", "-v", f"{self.config}:/etc/sallyport/sallyport.toml:ro",
                "-p", f"127.0.0.1:{self.ftps}:2121", "-p", f"127.0.0.1:{self.sftp}:2222",
                "-p", f"127.0.0.1:{self.passive}:{self.passive}")


class Container:
    """A running container; a context manager."""

    def __init__(self, site, *options):
        self.site, self.name = site, f"sallyport-test-{os.getpid()}-{next(_numbers)}"
        podman.podman("run", "-d", "--name", self.name, *CONFINED, *site.mounts(), *options, IMAGE)

    @classmethod
    def named(cls, site, name):
        """One that something else has started."""
        container = cls.__new__(cls)
        container.site, container.name = site, name
        return container

    def __enter__(self):
        return self

    def __exit__(self, *_):
        podman.podman("rm", "-f", "-t", 1, self.name, check=False)

    def logs(self):
        result = podman.podman("logs", self.name)
        return result.stdout + result.stderr

    @property
    def state(self):
        return podman.inspect("container", self.name)["State"]

    def wait_ready(self):
        return self.wait_event("server.ready")

    def wait_event(self, event):
        deadline = time.monotonic() + START_SECONDS
        while f'"{event}"' not in self.logs():
            if self.state["Status"] == "exited" or time.monotonic() > deadline:
                raise AssertionError(f"no {event}:\n{self.logs()}")
            time.sleep(0.1)
        return self

    def wait_exit(self):
        podman.podman("wait", self.name)
        return self.state["ExitCode"]

    def status(self, field):
        text = Path(f"/proc/{self.state['Pid']}/status").read_text()
        return re.search(rf"^{field}:\s+(.*)$", text, re.MULTILINE)[1].split()

    def ftps(self):
        context = ssl.create_default_context(cafile=str(self.site.state / "keys" / "tls" / "fullchain.pem"))
        context.check_hostname = False
        ftp = ftplib.FTP_TLS(context=context, timeout=30)
        ftp.connect("127.0.0.1", self.site.ftps)
        ftp.login("acme", "acme secret")
        ftp.prot_p()
        return ftp

    def sftp(self):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        client.connect("127.0.0.1", self.site.sftp, "acme", "acme secret", timeout=30, allow_agent=False,
                       look_for_keys=False)
        return client


@unittest.skipIf(podman.why_not(), podman.why_not())
class ContainerCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        podman.prepare()
        podman.build_server(IMAGE)

    def site(self, **options):
        site = Site(**options)
        self.addCleanup(site.remove)
        return site

    def run_image(self, *command):
        return podman.podman("run", "--rm", "--network=none", "--entrypoint", command[0], IMAGE, *command[1:]).stdout
