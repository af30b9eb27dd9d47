"""The Debian package of scripts/package: built, installed on a clean Debian 12, started by its systemd, removed, purged."""

import ftplib
import functools
import itertools
import os
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import paramiko

from container import podman
from container.image import free_port

NET_BIND_SERVICE = 10  # capabilities(7)
MACHINE = "localhost/sallyport-package:machine"
INSTALLED = "localhost/sallyport-package:installed"
BUILD_SECONDS = 1700
# As an administrator's machine: with systemd, and nothing left out of packages.
MACHINE_RECIPE = f"""\
FROM {podman.BASE}
RUN rm -f /etc/dpkg/dpkg.cfg.d/* && apt-get update -q \\
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends systemd systemd-sysv dbus
"""
INSTALLED_RECIPE = f"""\
FROM {MACHINE}
COPY sallyport.deb /
RUN apt-get update -q \\
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends /sallyport.deb
"""
# systemd's scale runs from 0, confined, to 10, free.
MAX_EXPOSURE = 2.0


@functools.lru_cache(maxsize=None)
def build_package():
    """What scripts/package makes, compiled with what ccache remembers of the build under test."""
    done = subprocess.run([podman.SOURCE / "scripts" / "package"], capture_output=True, text=True, timeout=BUILD_SECONDS)
    if done.returncode != 0:
        raise AssertionError(f"scripts/package: {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-6000:]}")
    return podman.SOURCE / done.stdout.split()[-1]


@functools.lru_cache(maxsize=None)
def build_image(tag, recipe, *files):
    """An image of files (name, path) and a recipe that says what becomes of them."""
    with tempfile.TemporaryDirectory(prefix="sallyport-package-") as folder:
        context = Path(folder)
        for name, path in files:
            shutil.copy(path, context / name)
        (context / "Dockerfile").write_text(recipe)
        podman.build(tag, context / "Dockerfile", context)


def trusting_all():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def sftp_of(machine):
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    client.connect("127.0.0.1", machine.sftp_port, "acme", "acme secret", timeout=30, allow_agent=False,
                   look_for_keys=False)
    return client


@unittest.skipIf(podman.why_not(), podman.why_not())
class PackageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        podman.prepare()
        cls.package = build_package()
        build_image(MACHINE, MACHINE_RECIPE)
        build_image(INSTALLED, INSTALLED_RECIPE, ("sallyport.deb", cls.package))

    def shell(self, script, image=INSTALLED):
        """Output of a shell script as root on a machine of its own, which is gone afterwards."""
        return podman.podman("run", "--rm", "--network=none", image, "sh", "-euc", script).stdout


class Package(PackageCase):
    def test_lintian_has_nothing_to_say(self):
        if shutil.which("lintian") is None:
            self.skipTest("lintian is not installed")
        done = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning,info", str(self.package)],
                              capture_output=True, text=True, timeout=podman.CALL_SECONDS)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_program_runs_with_the_libraries_that_the_package_asks_for(self):
        version = re.search(r"_(.+)_", self.package.name)[1]
        self.assertEqual(self.shell("sallyport --version"), f"sallyport {version}\n")
        self.assertNotIn("not found", self.shell("ldd /usr/bin/sallyport"))

    def test_user_can_do_nothing_but_run_the_server(self):
        name, _, uid, gid, _, home, shell = self.shell("getent passwd sallyport").strip().split(":")
        self.assertEqual((name, home, shell), ("sallyport", "/var/lib/sallyport", "/usr/sbin/nologin"))
        self.assertLess(int(uid), 1000, "no system user")
        self.assertEqual(self.shell("getent shadow sallyport").split(":")[1][0], "!")
        self.assertEqual(self.shell("id -Gn sallyport"), "sallyport\n")
        self.assertEqual(self.shell("getent group sallyport").split(":")[2], gid)

    def test_secrets_are_the_server_s_alone_and_the_configuration_is_root_s(self):
        expected = {
            "/etc/sallyport": "root:sallyport 750", "/etc/sallyport/users": "root:sallyport 750",
            "/etc/sallyport/sallyport.toml": "root:root 644",
            "/srv/sallyport": "sallyport:sallyport 750", "/var/lib/sallyport": "sallyport:sallyport 750",
            "/var/lib/sallyport/keys/tls/privkey.pem": "sallyport:sallyport 600",
            "/var/lib/sallyport/keys/ssh/ed25519": "sallyport:sallyport 600",
            "/var/lib/sallyport/keys/ssh/rsa": "sallyport:sallyport 600",
            "/usr/bin/sallyport": "root:root 755", "/lib/systemd/system/sallyport.service": "root:root 644",
        }
        listed = self.shell(f"stat -c '%n %U:%G %a' {' '.join(expected)}")
        self.assertEqual(dict(line.split(" ", 1) for line in listed.splitlines()), expected)

    def test_example_configuration_has_no_mistakes(self):
        self.shell("runuser -u sallyport -- sallyport check /etc/sallyport/sallyport.toml")

    def test_manual_and_documents_are_there(self):
        self.shell("test -s /usr/share/man/man1/sallyport.1.gz; cd /usr/share/doc/sallyport; "
                   "test -s copyright; test -s changelog.gz; test -s configuration.md; test -s deployment.md; "
                   "test -s examples/users.toml.example")

    def test_every_file_is_what_the_package_says(self):
        self.assertEqual(self.shell("dpkg --verify sallyport"), "")

    def test_installing_again_changes_no_key(self):
        self.shell("cd /var/lib/sallyport/keys; sha256sum tls/* ssh/* > /tmp/before; dpkg -i /sallyport.deb; "
                   "sha256sum -c /tmp/before")


class Unit(PackageCase):
    def test_systemd_finds_no_mistake_in_the_unit(self):
        done = podman.podman("run", "--rm", "--network=none", INSTALLED, "systemd-analyze", "verify", "--man=no",
                             "/lib/systemd/system/sallyport.service")
        self.assertEqual(done.stdout + done.stderr, "")

    def test_unit_exposes_little(self):
        report = self.shell("systemd-analyze security --offline=true --no-pager sallyport.service")
        exposure = float(re.search(r"Overall exposure level for sallyport.service: ([\d.]+)", report)[1])
        self.assertLessEqual(exposure, MAX_EXPOSURE, report)
        documented = (podman.SOURCE / "docs" / "deployment.md").read_text()
        self.assertIn(f"exposure level of {exposure}", documented)


class Machine:
    """A container whose first process is systemd; a context manager."""

    _numbers = itertools.count()

    def __init__(self):
        self.name, self.sftp_port = f"sallyport-machine-{os.getpid()}-{next(self._numbers)}", free_port()
        self.ftps_port = free_port()
        podman.podman("run", "-d", "--name", self.name, "--systemd=always", "--privileged", "--network=slirp4netns",
                      "-p", f"127.0.0.1:{self.ftps_port}:21", "-p", f"127.0.0.1:{self.sftp_port}:2222", INSTALLED,
                      "/lib/systemd/systemd")

    def __enter__(self):
        # Its exit status tells of units that have failed, which are the image's business.
        self.run("systemctl is-system-running --wait", check=False)
        return self

    def __exit__(self, *_):
        podman.podman("rm", "-f", "-t", 1, self.name, check=False)

    def run(self, command, check=True, **options):
        """Output of a shell command of root's."""
        return podman.podman("exec", "-i", self.name, "bash", "-c", f"set -o pipefail; {command}", check=check,
                             **options).stdout

    def state(self, *properties):
        shown = self.run(f"systemctl show sallyport --property={','.join(properties)}")
        return dict(line.split("=", 1) for line in shown.splitlines())

    def wait_state(self, **wanted):
        deadline = time.monotonic() + podman.CALL_SECONDS
        while (state := self.state(*wanted)) != wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"{state}, not {wanted}\n{self.run('journalctl -u sallyport -o cat --no-pager')}")
            time.sleep(0.2)


class Service(PackageCase):
    """The commands of docs/deployment.md as they are written there, and what systemd makes of the unit."""

    def deployed(self):
        machine = Machine()
        self.addCleanup(machine.__exit__)
        machine.__enter__()
        for command in self.documented_commands():
            machine.run(command, input="acme secret\n")
        machine.wait_state(ActiveState="active")
        return machine

    def documented_commands(self):
        text = (podman.SOURCE / "docs" / "deployment.md").read_text()
        block = re.search(r"```sh\n(sallyport hash-password \|.*?)```", text, re.DOTALL)[1]
        commands = [line.split("  #")[0].strip() for line in block.splitlines()]
        self.assertEqual(commands[-1], "journalctl -u sallyport -o cat -f")
        return [*commands[:-1], "journalctl -u sallyport -o cat"]

    def test_nothing_runs_until_it_is_asked_to(self):
        with Machine() as machine:
            self.assertEqual(machine.run("systemctl is-enabled sallyport", check=False), "disabled\n")
            self.assertEqual(machine.state("ActiveState"), {"ActiveState": "inactive"})

    def test_documented_commands_lead_to_a_server_that_takes_files(self):
        machine = self.deployed()
        with sftp_of(machine) as client, client.open_sftp() as sftp, sftp.open("statement.csv", "w") as file:
            file.write(b"1;2;3\n")
        self.assertEqual(machine.run("cat /srv/sallyport/acme/statement.csv"), "1;2;3\n")
        self.assertEqual(machine.run("stat -c '%U:%G %a' /srv/sallyport/acme/statement.csv"), "sallyport:sallyport 640\n")
        with ftplib.FTP_TLS(context=trusting_all(), timeout=30) as ftp:
            ftp.connect("127.0.0.1", machine.ftps_port)
            ftp.login("acme", "acme secret")
            self.assertEqual(ftp.pwd(), "/")

    def test_process_is_confined_by_systemd_and_by_itself(self):
        machine = self.deployed()
        pid = machine.state("MainPID")["MainPID"]
        status = dict(line.split(":\t", 1) for line in machine.run(f"cat /proc/{pid}/status").splitlines() if ":\t" in line)
        self.assertNotIn("0", status["Uid"].split())
        self.assertEqual([int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")], [0] * 4)
        self.assertEqual(int(status["CapBnd"], 16), 1 << NET_BIND_SERVICE)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))

    def test_server_that_dies_is_started_again_and_one_that_is_stopped_is_not(self):
        machine = self.deployed()
        before = machine.state("MainPID")
        machine.run("systemctl kill -s KILL sallyport")
        machine.wait_state(ActiveState="active", SubState="running", NRestarts="1")
        self.assertNotEqual(machine.state("MainPID"), before)
        machine.run("systemctl stop sallyport")
        self.assertEqual(machine.state("ActiveState", "Result"), {"ActiveState": "inactive", "Result": "success"})

    def test_configuration_with_a_mistake_is_not_loaded(self):
        machine = self.deployed()
        machine.run("echo '[user.acme' > /etc/sallyport/users/broken.toml; ! systemctl reload sallyport")
        self.assertEqual(machine.state("ActiveState"), {"ActiveState": "active"})
        sftp_of(machine).close()

    def test_storage_root_elsewhere_needs_the_documented_line(self):
        machine = self.deployed()
        text = (podman.SOURCE / "docs" / "deployment.md").read_text()
        lines = re.search(r"^systemctl edit sallyport +(#.*\n(?: +#.*\n)+)", text, re.MULTILINE)[1].splitlines()
        section, paths = (line.strip(" #") for line in lines)
        folder = paths.removeprefix("ReadWritePaths=")
        machine.run(f"install -d -o sallyport -g sallyport {folder}; "
                    f"sed -i 's|^root = .*|root = \"{folder}\"|' /etc/sallyport/sallyport.toml")
        machine.run("systemctl restart sallyport", check=False)
        self.assertIn("Read-only file system", machine.run("journalctl -u sallyport -o cat"))
        machine.run("mkdir /etc/systemd/system/sallyport.service.d; cat > /etc/systemd/system/sallyport.service.d/override.conf; "
                    "systemctl daemon-reload; systemctl restart sallyport", input=f"{section}\n{paths}\n")
        with sftp_of(machine) as client, client.open_sftp() as sftp:
            sftp.open("statement.csv", "w").close()
        self.assertEqual(machine.run(f"ls {folder}/acme"), "statement.csv\n")

    def test_removal_ends_the_server(self):
        machine = self.deployed()
        machine.run("dpkg -r sallyport")
        self.assertEqual(machine.run("pidof sallyport", check=False), "")
        self.assertEqual(machine.run("systemctl --failed --no-legend --plain | grep sallyport", check=False), "")


class Removal(PackageCase):
    """Debian policy 6.8 and 10.7.3: configuration outlives removal, not purging. What was received outlives both."""

    RECEIVED = "install -o sallyport -D /dev/null /srv/sallyport/acme/statement.csv; "

    def test_removal_keeps_configuration_keys_and_files(self):
        self.shell(self.RECEIVED + "touch /etc/sallyport/users/acme.toml; dpkg -r sallyport; ! test -e /usr/bin/sallyport; "
                   "! test -e /lib/systemd/system/sallyport.service; test -e /etc/sallyport/sallyport.toml; "
                   "test -e /etc/sallyport/users/acme.toml; test -e /var/lib/sallyport/keys/tls/privkey.pem; "
                   "test -e /srv/sallyport/acme/statement.csv")

    def test_purge_keeps_what_was_received_and_nothing_else(self):
        self.shell(self.RECEIVED + "dpkg -P sallyport; ! test -e /var/lib/sallyport; ! test -e /etc/sallyport; "
                   "! test -e /usr/share/doc/sallyport; test -e /srv/sallyport/acme/statement.csv; "
                   "test \"$(stat -c %U /srv/sallyport/acme/statement.csv)\" = sallyport")

    def test_what_was_received_belongs_to_the_server_again_after_a_new_installation(self):
        self.shell(self.RECEIVED + "dpkg -P sallyport; dpkg -i /sallyport.deb; "
                   "runuser -u sallyport -- test -w /srv/sallyport/acme/statement.csv")


if __name__ == "__main__":
    unittest.main()
