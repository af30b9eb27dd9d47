"""OpenSSH's ssh asking for what is not served: each request is refused at once, and the client can show why."""

import os
import socket
import subprocess

from support.ssh_client import SshCase

REFUSAL = "This server speaks SFTP only"


class Refusals(SshCase):
    requires = ("ssh", "scp")

    def ssh_split(self, *arguments, status):
        """Runs ssh; its standard output and what it wrote to standard error."""
        errors = self.work / "stderr"
        with open(errors, "wb") as stderr:
            output = self.ssh(*arguments, status=status, timeout=20, stderr=stderr)
        return output, errors.read_text()

    def assert_turned_away(self, *arguments):
        output, errors = self.ssh_split(*arguments, status=1)
        self.assertEqual(output, "")
        self.assertIn(REFUSAL, errors)

    def test_command_is_refused_on_standard_error(self):
        self.assert_turned_away(self.target(), "ls")

    def test_shell_is_refused_on_standard_error(self):
        self.assert_turned_away(self.target())

    def test_person_at_a_terminal_is_refused_it_and_told_why(self):
        master, terminal = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, terminal)
        said = self.ssh(self.target(), status=1, timeout=20, stdin=terminal)
        self.assertIn("PTY allocation request failed on channel 0", said)
        self.assertIn(REFUSAL, said)

    def test_terminal_that_is_insisted_on_is_refused(self):
        self.assertIn("PTY allocation request failed", self.ssh("-tt", self.target(), status=255, timeout=20))

    def test_other_subsystem_is_refused_on_standard_error(self):
        self.assert_turned_away("-s", self.target(), "netconf")

    def test_environment_is_ignored_and_sftp_goes_on(self):
        said = self.sftp("pwd", flags=("-o", "SetEnv=LD_PRELOAD=/tmp/x.so"))
        self.assertIn("Remote working directory: /", said)

    def test_old_scp_protocol_is_refused_on_standard_error(self):
        self.file("source.bin", b"12345")
        said = self.scp("-O", "source.bin", self.target("old.bin"), status=1)
        self.assertIn(REFUSAL, said)
        self.assertFalse((self.server.home() / "old.bin").exists())

    def test_agent_is_not_forwarded(self):
        agent = subprocess.run(["ssh-agent", "-s"], check=True, capture_output=True, text=True, timeout=20).stdout
        variables = dict(word.strip().split("=") for word in agent.split(";") if "=" in word)
        self.addCleanup(subprocess.run, ["ssh-agent", "-k"], env=variables | self._environment(), check=True,
                        stdout=subprocess.DEVNULL, timeout=20)
        said = self.ssh("-vv", "-A", self.target(), status=1, env=self._environment() | variables)
        self.assertIn("Requesting authentication agent forwarding", said)
        self.assertIn(REFUSAL, said)
        self.assertNotIn("client_request_agent", said)

    def test_graphics_are_not_forwarded(self):
        environment = {**self._environment(), "DISPLAY": "127.0.0.1:99"}
        said = self.ssh("-vv", "-Y", self.target(), status=1, env=environment)
        self.assertIn("X11 forwarding request failed on channel 0", said)
        self.assertIn(REFUSAL, said)


class Forwarding(SshCase):
    requires = ("ssh",)

    def setUp(self):
        super().setUp()
        self.secret = socket.create_server(("127.0.0.1", 0))
        self.secret.settimeout(0.5)
        self.addCleanup(self.secret.close)

    def assert_nobody_came(self):
        self.assertRaises(TimeoutError, self.secret.accept)

    def test_connections_are_not_passed_on(self):
        host, port = self.secret.getsockname()
        said = self.ssh("-W", f"{host}:{port}", self.target(), status=255)
        self.assertRegex(said, "open failed|stdio forwarding failed")
        self.assert_nobody_came()

    def test_local_forwarding_carries_nothing(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            entry = free.getsockname()[1]
        host, port = self.secret.getsockname()
        ssh = self.spawn("ssh", *self.openssh_options(), "-v", "-N", "-L", f"{entry}:{host}:{port}", self.target())
        self.wait_until(lambda: self.reaches(entry), "ssh listens")
        for line in ssh.stdout:
            if "open failed" in line:
                break
        else:
            self.fail("ssh ended before it was refused the forwarded connection")
        self.assert_nobody_came()

    def test_remote_forwarding_is_refused(self):
        said = self.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"0:127.0.0.1:{self.secret.getsockname()[1]}",
                        self.target(), status=255)
        self.assertIn("remote port forwarding failed", said)

    def test_remote_forwarding_of_a_unix_socket_is_refused(self):
        said = self.ssh("-o", "ExitOnForwardFailure=yes", "-N", "-R", f"{self.work}/remote.sock:127.0.0.1:1",
                        self.target(), status=255)
        self.assertIn("remote port forwarding failed", said)

    @staticmethod
    def reaches(port):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return False
        return True
