"""The image of docker/Dockerfile, built for real and run as an operator would: nobody's root, nothing writable."""

import json
import tempfile
import unittest
from pathlib import Path

from container import podman
from container.image import IMAGE, USER_ID, Container, ContainerCase
from support.case import payload

STOP_SECONDS = 20
MAX_IMAGE_BYTES = 200 << 20


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
