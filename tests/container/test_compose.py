"""docker/compose.yaml: says what the image and its configuration say, and runs, with Debian's podman-compose."""

import os
import re
import shutil
import subprocess
import tomllib
import unittest

import yaml

from container import podman
from container.image import IMAGE, Container, ContainerCase
from support.case import payload

COMPOSE = podman.SOURCE / "docker" / "compose.yaml"
DOCKERFILE = podman.SOURCE / "docker" / "Dockerfile"
CONFIGURATION = podman.SOURCE / "docker" / "sallyport.toml"
UP_SECONDS = 120
# podman-compose of Debian 12 gives every service a bridge, which changes the machine's firewall.
WITHOUT_BRIDGE = """\
#!/bin/bash
[ "$1" = network ] && exit 0
arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --net) arguments+=(--network=slirp4netns); shift 2 ;;
        --network-alias) shift 2 ;;
        *) arguments+=("$1"); shift ;;
    esac
done
exec podman "${arguments[@]}"
"""


def service():
    return yaml.safe_load(COMPOSE.read_text())["services"]["sallyport"]


class Agreement(unittest.TestCase):
    def setUp(self):
        self.service = service()
        self.configuration = tomllib.loads(CONFIGURATION.read_text())

    def test_ports_of_the_listeners_are_published_and_exposed(self):
        wanted = {listener["address"].rsplit(":", 1)[1] for listener in self.configuration["listener"]}
        passive = {listener["passive_ports"] for listener in self.configuration["listener"] if "passive_ports" in listener}
        published = dict(reversed(port.split(":")) for port in self.service["ports"])
        self.assertEqual(set(published), wanted | passive)
        for ports in passive:
            self.assertEqual(published[ports], ports, "clients are told these numbers")
        exposed = re.search(r"^EXPOSE (.+)$", DOCKERFILE.read_text(), re.MULTILINE)[1].split()
        self.assertEqual(set(exposed), wanted | passive)

    def test_volumes_hold_what_the_configuration_names(self):
        targets = {volume.split(":")[1] for volume in self.service["volumes"]}
        declared = re.search(r"^VOLUME (\[.+\])$", DOCKERFILE.read_text(), re.MULTILINE)[1]
        self.assertEqual(targets, {*yaml.safe_load(declared), "/etc/sallyport/users"})
        self.assertEqual(self.configuration["storage"]["root"], "/srv/sallyport")
        for path in (self.configuration["server"]["state_dir"], self.configuration["tls"]["key"],
                     *self.configuration["ssh"]["host_keys"]):
            self.assertTrue(path.startswith("/var/lib/sallyport/"), path)
        named = {volume.split(":")[0] for volume in self.service["volumes"]} - {"./users"}
        self.assertEqual(set(yaml.safe_load(COMPOSE.read_text())["volumes"]), named)

    def test_variables_are_those_that_something_reads(self):
        readers = CONFIGURATION.read_text() + (podman.SOURCE / "docker" / "entrypoint").read_text()
        self.assertEqual(set(self.service["environment"]), set(re.findall(r"SALLYPORT_[A-Z_]+", readers)))

    def test_container_can_change_nothing_but_its_volumes(self):
        self.assertTrue(self.service["read_only"])
        self.assertEqual(self.service["cap_drop"], ["ALL"])
        self.assertEqual(self.service["security_opt"], ["no-new-privileges:true"])
        self.assertNotIn("privileged", self.service)


@unittest.skipIf(shutil.which("podman-compose") is None, "podman-compose is not installed")
class Running(ContainerCase):
    """As docs/deployment.md says, but for ports of the machine that are taken, and its bridges, which are left alone."""

    def setUp(self):
        self.deployed = self.site()
        self.file, self.project = self.deployed.folder / "compose.yaml", f"sallyport-test-{os.getpid()}"
        self.file.write_text(self.adapted(COMPOSE.read_text()))
        self.podman = self.deployed.folder / "podman"
        self.podman.write_text(WITHOUT_BRIDGE)
        self.podman.chmod(0o755)
        podman.podman("tag", IMAGE, "localhost/sallyport")
        self.addCleanup(self.compose, "down", "-v")
        self.compose("up", "-d", "--no-build", timeout=UP_SECONDS)
        self.container = Container.named(self.deployed, f"{self.project}_sallyport_1").wait_ready()

    def adapted(self, text):
        site = self.deployed
        for before, after in (('"21:2121"', f'"127.0.0.1:{site.ftps}:2121"'), ('"22:2222"', f'"127.0.0.1:{site.sftp}:2222"'),
                              ("50000-50099:50000-50099", f"127.0.0.1:{site.passive}:{site.passive}"),
                              ("./users:", f"{site.config}:/etc/sallyport/sallyport.toml:ro\n      - ./users:"),
                              ("203.0.113.7", "127.0.0.1")):
            self.assertEqual(text.count(before), 1, before)
            text = text.replace(before, after)
        # The context of the build, which --no-build does without.
        return text.replace("context: ..", f"context: {podman.SOURCE}")

    def compose(self, *arguments, **options):
        done = subprocess.run(["podman-compose", "--podman-path", self.podman, "-p", self.project, "-f", self.file,
                               *arguments], capture_output=True, text=True, **{"timeout": podman.CALL_SECONDS, **options})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_files_arrive_in_named_volumes_and_outlive_the_container(self):
        data = payload(100_000)
        with self.container.sftp() as client, client.open_sftp() as sftp:
            with sftp.open("kept.bin", "w") as file:
                file.write(data)
        key = self.key()
        self.compose("down")
        self.compose("up", "-d", "--no-build", timeout=UP_SECONDS)
        self.container.wait_ready()
        self.assertEqual(self.key(), key)
        with self.container.sftp() as client, client.open_sftp() as sftp, sftp.open("kept.bin") as file:
            self.assertEqual(file.read(), data)

    def key(self):
        with self.container.sftp() as client:
            return client.get_transport().get_remote_server_key()

    def test_server_answers_inside_and_reloads_users(self):
        self.assertIn("ready", self.compose("exec", "-T", "sallyport", "sallyport", "status", "--config",
                                            "/etc/sallyport/sallyport.toml"))
        podman.podman("kill", "-s", "HUP", self.container.name)
        self.container.wait_event("config.reloaded")


if __name__ == "__main__":
    unittest.main()
