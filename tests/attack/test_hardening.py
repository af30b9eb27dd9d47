"""The running server is confined: who it is, what its threads may do, and that it serves and reloads all the same."""

import io
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from attack.case import is_sanitized
from support.case import ServerCase, payload
from support.ftps_client import ResumingFtpTls, log_in
from support.sallyport import SSH_HOST_KEYS, Server, binary, run

USER = "nobody"
BOTH = ("ftps", "sftp")
WITHOUT = [sys.executable, str(Path(__file__).resolve().parents[1] / "support" / "without_system_calls.py")]
LANDLOCK = "landlock_create_ruleset,landlock_add_rule,landlock_restrict_self"
# An unprivileged container: no capability to be had, nothing but the server's folder can be written.
CONTAINER = ["unshare", "--mount", "sh", "-c",
             "mount -o remount,bind,ro / && exec setpriv --reuid=10001 --regid=10001 --clear-groups "
             '--bounding-set=-all --inh-caps=-all --no-new-privs "$@"', "sh"]


def free_low_port():
    for port in range(700, 1023):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise unittest.SkipTest("no port below 1024 is free")


def thread_states(pid):
    """One dict of /proc/PID/status for each thread."""
    return [dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines() if ":\t" in line)
            for task in Path(f"/proc/{pid}/task").iterdir()]


class ConfinedCase(ServerCase):
    """`server_options` of a server whose user is USER, unless told otherwise."""

    confined_user = USER

    @classmethod
    def setUpClass(cls):
        if os.geteuid() != 0:
            raise unittest.SkipTest("only root can become somebody else")
        super().setUpClass()

    def assert_confined(self):
        uid = str(pwd.getpwnam(self.confined_user).pw_uid) if self.confined_user else "10001"
        states = thread_states(self.server.pid)
        self.assertGreater(len(states), 10)
        for state in states:
            for ids in (state["Uid"], state["Gid"]):
                self.assertNotIn("0", ids.split())
            self.assertEqual(set(state["Uid"].split()), {uid})
            self.assertEqual(state["NoNewPrivs"], "1")
            for capabilities in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]:
                self.assertEqual(int(state[capabilities], 16), 0, capabilities)
            if not is_sanitized():
                self.assertEqual(state["Seccomp"], "2")

    def assert_serves(self):
        """An upload by FTPS, then everything else a client does by SFTP and FTPS."""
        data = payload(300_000)
        with log_in(self.server, ResumingFtpTls) as ftp:
            ftp.storbinary("STOR in.bin", io.BytesIO(data))
            self.assertIn("in.bin", ftp.nlst())
            ftp.mkd("folder")
            ftp.rename("in.bin", "folder/out.bin")
            received = io.BytesIO()
            ftp.retrbinary("RETR folder/out.bin", received.write)
            self.assertEqual(received.getvalue(), data)
            ftp.delete("folder/out.bin")
            ftp.rmd("folder")
        batch = self.file("batch", f"put {self.file('local', data)} by-sftp\nrename by-sftp renamed\nls\n"
                                   f"get renamed {self.work}/back\nchmod 600 renamed\n".encode())
        self.sftp(batch)
        self.assertEqual((self.work / "back").read_bytes(), data)
        self.assert_stored("renamed", data)
        self.sftp(self.file("batch", b"rm renamed\n"))

    def sftp(self, batch):
        host, port = self.server.address("sftp")
        command = ["sshpass", "-p", self.server.password("demo"), "sftp", "-q", "-oBatchMode=no", f"-oPort={port}",
                   f"-oUserKnownHostsFile={self.server.known_hosts}", "-oPreferredAuthentications=password",
                   "-oNumberOfPasswordPrompts=1", "-b", batch, f"demo@{host}"]
        return self.client(*command)

    def certificate(self):
        """The certificate that a client is shown, as PEM."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(self.server.address("ftps-implicit")) as plain:
            with context.wrap_socket(plain) as wrapped:
                return ssl.DER_cert_to_PEM_cert(wrapped.getpeercert(binary_form=True))

    def reload(self):
        """The event that answers SIGHUP."""
        def answers():
            return [e for e in self.server.events() if e["event"] in ("config.reloaded", "config.refused")]
        before = len(answers())
        self.server.signal(signal.SIGHUP)
        self.wait_until(lambda: len(answers()) > before, "an answer to SIGHUP")
        return answers()[-1]


class BecomesItsUser(ConfinedCase):
    server_options = dict(protocols=(*BOTH, "ftps-implicit"), owner=USER,
                          server={"user": USER, "hardening": "required"}, log={"audit": "logs/audit.jsonl"})
    requires = ("sshpass", "sftp")

    @classmethod
    def setUpClass(cls):
        cls.server_options = {**cls.server_options, "prepare": lambda folder: (folder / "logs").mkdir()}
        super().setUpClass()

    def test_every_thread_is_confined_and_the_log_says_how(self):
        self.assert_confined()
        ready = self.server.wait_event("server.ready")
        self.assertEqual((ready["runs_as"], ready["capabilities"]), (USER, "none"))
        self.assertRegex(ready["landlock"], r"version \d+")
        self.assertEqual(ready["seccomp"], "left out of builds with sanitizers" if is_sanitized() else "on")
        self.assertEqual(self.server.events("hardening"), [])

    def test_both_doors_serve(self):
        self.assert_serves()
        audit = self.server.directory / "logs" / "audit.jsonl"
        self.assertEqual(audit.owner(), USER)
        self.assertIn("file.received", audit.read_text())

    def test_files_and_staging_belong_to_the_user(self):
        with log_in(self.server, ResumingFtpTls) as ftp:
            ftp.storbinary("STOR mine", io.BytesIO(b"x"))
        for path in [self.server.home() / "mine", self.server.home(), self.server.storage_root / ".sallyport",
                     self.server.directory / "state"]:
            self.assertEqual(path.owner(), USER, path)

    def test_a_renewed_certificate_is_taken_up(self):
        before = self.certificate()
        with tempfile.TemporaryDirectory(prefix="sallyport-renewed-") as folder:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                            "-keyout", f"{folder}/privkey.pem",
                            "-out", f"{folder}/fullchain.pem"], check=True, capture_output=True, timeout=60)
            for name in ["fullchain.pem", "privkey.pem"]:
                new = self.server.directory / "tls" / f"{name}.new"
                shutil.copy2(Path(folder) / name, new)
                shutil.chown(new, USER)
                new.rename(self.server.directory / "tls" / name)
        self.assertEqual(self.reload()["event"], "config.reloaded")
        self.assertNotEqual(self.certificate(), before)

    def test_a_file_that_editors_rename_into_place_is_read(self):
        new = self.server.directory / "sallyport.toml.new"
        new.write_text(self.server.config_path.read_text().replace("files.example.com", "renamed.example.com"))
        shutil.chown(new, USER)
        new.rename(self.server.config_path)
        self.assertEqual(self.reload()["event"], "config.reloaded")
        with log_in(self.server, ResumingFtpTls) as ftp:
            self.assertIn("renamed.example.com", ftp.getwelcome())

    def test_a_key_that_only_root_can_read_is_refused_and_the_old_one_stays(self):
        key, before = self.server.directory / "tls" / "privkey.pem", self.certificate()
        shutil.chown(key, "root")
        self.addCleanup(shutil.chown, key, USER)
        refused = self.reload()
        self.assertEqual(refused["event"], "config.refused")
        self.assertRegex(refused["first"], r"privkey\.pem: error: cannot be read: Permission denied")
        self.assertEqual(self.certificate(), before)

    def test_what_takes_effect_at_the_next_start_is_said(self):
        text = self.server.config_path.read_text()
        self.server.config_path.write_text(text.replace('"required"', '"best-effort"'))
        self.addCleanup(self.server.config_path.write_text, text)
        self.assertIn("server.hardening", self.reload()["needs_restart"])


class StartsAsRootWithLowPortsAndItsKeys(ConfinedCase):
    requires = ("sshpass", "sftp")

    @classmethod
    def setUpClass(cls):
        cls.port = free_low_port()
        # Keys and configuration belong to root, and only the folders that the server writes to its user.
        def prepare(folder):
            for name in ["files", "state"]:
                (folder / name).mkdir(exist_ok=True)
                shutil.chown(folder / name, USER)
            folder.chmod(0o755)
        cls.server_options = dict(protocols=BOTH[:1], listener={"address": f"127.0.0.1:{cls.port}"},
                                  server={"user": USER}, prepare=prepare)
        super().setUpClass()

    def test_serves_on_it_and_warns_of_reloads(self):
        self.assert_confined()
        self.assertEqual(self.server.address()[1], self.port)
        with log_in(self.server, ResumingFtpTls) as ftp:
            ftp.storbinary("STOR a", io.BytesIO(b"data"))
        self.assert_stored("a", b"data")
        reasons = [event["reason"] for event in self.server.events("hardening")]
        self.assertTrue(any("privkey.pem cannot be read by the user nobody" in reason for reason in reasons), reasons)

    def test_check_says_the_same_beforehand(self):
        said = run("check", self.server.config_path).stderr
        self.assertIn("privkey.pem cannot be read by the user nobody", said)


class ServesInAContainer(ConfinedCase):
    confined_user = None
    requires = ("sshpass", "sftp", "unshare", "setpriv")

    @classmethod
    def setUpClass(cls):
        probe = subprocess.run(["unshare", "--mount", "mount", "-o", "remount,bind,ro", "/"], capture_output=True)
        if probe.returncode != 0 or not tempfile.gettempdir():
            raise unittest.SkipTest("mount namespaces are not to be had")
        if not os.access("/dev/shm", os.W_OK) or os.stat("/dev/shm").st_dev == os.stat("/").st_dev:
            raise unittest.SkipTest("there is no file system besides the root to write to")
        cls.server_options = dict(protocols=BOTH, server={"hardening": "required"}, wrapper=CONTAINER,
                                  prepare=lambda folder: _own(folder, 10001))
        super().setUpClass()

    def test_without_capabilities_on_a_read_only_root(self):
        self.assert_confined()
        self.assert_serves()


def _own(folder, uid):
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, uid, uid)


class Kernels(unittest.TestCase):
    """Kernels that lack something, by taking system calls away before the server starts."""

    def refusal(self, wrapper, **options):
        server = Server(wrapper=wrapper, **options)
        self.addCleanup(server.kill)
        server._prepare()
        done = subprocess.run([*wrapper, binary(), "serve", "--config", str(server.config_path)], timeout=30,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def warnings(self, wrapper, **options):
        with Server(wrapper=wrapper, **options) as server:
            ready = server.wait_event("server.ready")
            with log_in(server, ResumingFtpTls) as ftp:
                ftp.storbinary("STOR a", io.BytesIO(b"data"))
            return ready, [event["reason"] for event in server.events("hardening")]

    def test_without_landlock_required_refuses_and_names_the_way_out(self):
        said = self.refusal([*WITHOUT, LANDLOCK], server={"hardening": "required"})
        self.assertRegex(said, r"error: this kernel has no Landlock .*best-effort")

    def test_without_landlock_best_effort_starts_and_says_so(self):
        for options in [{"server": {"hardening": "best-effort"}}, {}]:
            ready, reasons = self.warnings([*WITHOUT, LANDLOCK], **options)
            self.assertEqual(ready["landlock"], "not available")
            self.assertTrue(any("no Landlock" in reason for reason in reasons), reasons)

    def test_without_seccomp_required_refuses(self):
        said = self.refusal([*WITHOUT, "seccomp"], server={"hardening": "required"})
        self.assertRegex(said, r"error: this kernel has no seccomp .*best-effort")

    def test_an_unknown_user_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("only root becomes somebody else")
        self.assertIn('this system has no user "no-such-user"', self.refusal([], server={"user": "no-such-user"}))

    def test_an_unknown_user_is_a_warning_of_check(self):
        server = Server(server={"user": "no-such-user"})
        self.addCleanup(server.kill)
        server._prepare()
        self.assertIn('warning: server.user: this system has no user "no-such-user"',
                      run("check", server.config_path).stderr)

    def test_storage_that_the_user_cannot_write_to_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("only root becomes somebody else")
        self.assertRegex(self.refusal([], server={"user": USER}), "(storage root|cannot make) .*Permission denied")

    def test_quickstart_is_confined_too(self):
        with tempfile.TemporaryDirectory(prefix="sallyport-quick-") as folder:
            process = subprocess.Popen([binary(), "quickstart", "--dir", f"{folder}/data", "--port", "0", "--sftp-port", "0"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            try:
                self.assertIn(b"demo", process.stdout.readline() + process.stdout.read1())
                for state in thread_states(process.pid):
                    self.assertEqual(state["NoNewPrivs"], "1")
                    self.assertEqual(int(state["CapEff"], 16), 0)
                self.assertIn("landlock=\"version", Path(folder, "data", "sallyport.log").read_text())
                self.assertTrue(Path(folder, "data", "known_hosts").exists())
            finally:
                process.terminate()
                process.stdout.read()
                self.assertEqual(process.wait(30), 0)
                process.stdout.close()


if __name__ == "__main__":
    unittest.main()
