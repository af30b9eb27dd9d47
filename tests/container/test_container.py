"""The image of docker/Dockerfile, built for real and run as an operator would: nobody's root, nothing writable."""

import ftplib
import itertools
import json
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
from support.case import payload
from support.ports import PortSlot
from support.sallyport import hash_password

IMAGE = "localhost/sallyport:test"
USER_ID = 10001
START_SECONDS = 60
STOP_SECONDS = 20
MAX_IMAGE_BYTES = 200 << 20
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
        deadline = time.monotonic() + START_SECONDS
        while '"server.ready"' not in self.logs():
            if self.state["Status"] == "exited" or time.monotonic() > deadline:
                raise AssertionError(f"the container did not get ready:\n{self.logs()}")
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
        podman.build(IMAGE)

    def site(self, **options):
        site = Site(**options)
        self.addCleanup(site.remove)
        return site

    def run_image(self, *command):
        return podman.podman("run", "--rm", "--network=none", "--entrypoint", command[0], IMAGE, *command[1:]).stdout


class Image(ContainerCase):
    def test_it_is_small_and_nobodys_root(self):
        image = podman.inspect("image", IMAGE)
        self.assertLess(image["Size"], MAX_IMAGE_BYTES)
        self.assertEqual(image["User"], f"{USER_ID}:{USER_ID}")

    def test_libraries_are_those_of_the_security_suite(self):
        for package, least in (("libssh-4", "0.10.6-0+deb12u3"), ("libssl3", "3.0.22")):
            version = self.run_image("dpkg-query", "-W", "-f=${Version}", package)
            self.run_image("dpkg", "--compare-versions", version, "ge", least)

    def test_every_library_is_there_and_no_compiler(self):
        self.assertNotIn("not found", self.run_image("ldd", "/usr/bin/sallyport"))
        self.assertEqual(self.run_image("sh", "-c", "command -v g++ cmake ccache || true"), "")

    def test_commands_run_without_a_server(self):
        hashed = podman.podman("run", "-i", "--rm", "--network=none", IMAGE, "hash-password", input="secret\n").stdout
        self.assertTrue(hashed.startswith("$argon2id$"), hashed)


class Running(ContainerCase):
    def test_files_arrive_by_both_doors_and_outlive_a_restart(self):
        site, data = self.site(), payload(3_000_000)
        with Container(site).wait_ready() as container:
            self.assertIn("First start", container.logs())
            with container.ftps() as ftp, open(self.file_of(data), "rb") as source:
                ftp.storbinary("STOR by-ftps.bin", source)
            with container.sftp() as client, client.open_sftp() as sftp:
                sftp.put(self.file_of(data), "by-sftp.bin")
                key = client.get_transport().get_remote_server_key()
            self.assertEqual(self.stop(container), 0)
        with Container(site).wait_ready() as container:
            self.assertNotIn("First start", container.logs())
            with container.sftp() as client, client.open_sftp() as sftp:
                self.assertEqual(client.get_transport().get_remote_server_key(), key)
                self.assertEqual(sorted(sftp.listdir()), ["by-ftps.bin", "by-sftp.bin"])
                with sftp.open("by-ftps.bin") as file:
                    self.assertEqual(file.read(), data)
            self.assertEqual((site.files / "acme" / "by-sftp.bin").read_bytes(), data)

    def file_of(self, data):
        file = tempfile.NamedTemporaryFile(prefix="sallyport-payload-")
        self.addCleanup(file.close)
        file.write(data)
        file.flush()
        return file.name

    def stop(self, container):
        podman.podman("stop", "-t", STOP_SECONDS, container.name)
        return container.state["ExitCode"]

    def test_process_can_do_next_to_nothing(self):
        with Container(self.site()).wait_ready() as container:
            self.assertEqual(container.status("Uid"), [str(USER_ID)] * 4)
            for capabilities in ("CapPrm", "CapEff", "CapBnd"):
                self.assertEqual(int(container.status(capabilities)[0], 16), 0)
            self.assertEqual(container.status("NoNewPrivs"), ["1"])
            self.assertEqual(container.status("Seccomp"), ["2"])
            mounts = Path(f"/proc/{container.state['Pid']}/mounts").read_text()
            self.assertRegex(mounts, r"(?m)^\S+ / \S+ ro[, ]")

    def test_health_check_asks_the_server(self):
        with Container(self.site()).wait_ready() as container:
            podman.podman("healthcheck", "run", container.name)

    def test_announced_address_comes_from_the_environment(self):
        with Container(self.site(), "-e", "SALLYPORT_PUBLIC_ADDRESS=203.0.113.7").wait_ready() as container:
            with container.ftps() as ftp:
                self.assertIn("(203,0,113,7,", ftp.sendcmd("PASV"))

    def test_any_user_works_who_owns_the_folders(self):
        with Container(self.site(owner=54321), "--user", "54321:54321").wait_ready() as container:
            self.assertEqual(container.status("Uid")[0], "54321")
            container.ftps().quit()

    def test_user_who_does_not_own_the_folders_is_told_what_to_do(self):
        with Container(self.site(), "--user", "54321:54321") as container:
            self.assertEqual(container.wait_exit(), 1)
            self.assertIn("chown 54321:54321", container.logs())

    def test_every_line_of_the_log_is_an_event(self):
        with Container(self.site()).wait_ready() as container:
            events = [json.loads(line) for line in container.logs().splitlines() if line.startswith("{")]
            self.assertEqual(events[0]["event"], "server.start")
