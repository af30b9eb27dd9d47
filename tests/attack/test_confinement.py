"""Somebody runs code inside the server: what they can reach is what the server is for."""

import os
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from attack.case import is_sanitized
from support.sallyport import Server

SECONDS = 20
# Attempts that end the process, because nothing of the server ever makes that system call.
DEADLY = ["execute", "trace", "memory-of-parent", "mount", "namespace", "rings", "bpf", "keys"]
# Attempts whose free twin needs something that a machine may not have.
UNSURE = {"rings", "bpf", "kernel-crypto", "type-into-terminal", "fast-open", "keys"}


@unittest.skipIf(os.geteuid() != 0, "only root could do freely what is refused here")
@unittest.skipIf(is_sanitized(), "builds with sanitizers do not filter system calls")
class Case(unittest.TestCase):
    """Each attempt twice: without confinement it works, so that it is the confinement that refuses it."""

    auth = {}

    @classmethod
    def setUpClass(cls):
        # Only for its directory and configuration: it has ended before anything is tried.
        logs = tempfile.TemporaryDirectory(prefix="sallyport-logs-")
        cls.addClassCleanup(logs.cleanup)
        cls.logs = Path(logs.name)
        cls.server = Server(protocols=("ftps", "sftp"), server={"hardening": "required"},
                            log={"audit": f"{logs.name}/audit.jsonl"}, auth=cls.auth)
        cls.addClassCleanup(cls.server.kill)
        cls.server._prepare()
        cls.root, cls.outside = cls.server.storage_root, cls.server.directory
        cls.listener = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(cls.listener.close)
        cls.port = cls.listener.getsockname()[1]

    def attempt(self, mode, name, argument=""):
        done = subprocess.run([os.environ["SALLYPORT_BREAKOUT"], str(self.server.config_path), mode, name, str(argument)],
                              capture_output=True, text=True, timeout=SECONDS, cwd=self.outside, stdin=subprocess.DEVNULL)
        if done.returncode == -signal.SIGSYS:
            return "killed"
        self.assertEqual(done.returncode, 0, f"{name}: {done.stderr}")
        return done.stdout.strip()

    def assert_refused(self, name, argument="", clean_up=None):
        with self.subTest(attempt=name, argument=str(argument)):
            confined = self.attempt("confined", name, argument)
            self.assertEqual(confined.split(":")[0], "killed" if name in DEADLY else "refused", confined)
            if name not in UNSURE:
                self.assertEqual(self.attempt("free", name, argument), "done")
                if clean_up:
                    clean_up()

    def assert_allowed(self, name, argument=""):
        with self.subTest(attempt=name, argument=str(argument)):
            self.assertEqual(self.attempt("confined", name, argument), "done")


class Confinement(Case):
    # ---------------------------------------------------------------- files

    def test_files_of_the_system_cannot_be_read(self):
        for path in ["/etc/shadow", "/etc/passwd", "/proc/self/maps", "/root", "/"]:
            self.assert_refused("list" if Path(path).is_dir() else "read", path)

    def test_nothing_is_written_outside_of_the_storage(self):
        for path in [self.outside / "new", "/tmp/sallyport-breakout", "/etc/sallyport-breakout"]:
            self.assert_refused("make-file", path, Path(path).unlink)
            self.assert_refused("append", path, Path(path).unlink)
            self.assert_refused("make-folder", path, Path(path).rmdir)

    def test_configuration_and_keys_can_be_read_but_not_changed(self):
        for name in ["sallyport.toml", "tls/privkey.pem", "ssh/ed25519"]:
            path = self.outside / name
            before = path.read_bytes()
            self.assert_allowed("read", path)
            self.assert_refused("overwrite", path)
            self.assert_refused("empty", path, lambda: path.write_bytes(before))
            self.assert_refused("move", path, lambda: Path(f"{path}.moved").rename(path))
            self.assert_refused("remove", path, lambda: path.write_bytes(before))
            os.chmod(path, 0o600)

    def test_the_storage_can_be_changed(self):
        path = self.root / "file"
        for name in ["make-file", "read", "overwrite", "empty", "append", "change-mode", "move"]:
            self.assert_allowed(name, path)
        self.assert_allowed("remove", f"{path}.moved")
        self.assert_allowed("make-folder", self.root / "folder")
        self.assert_allowed("list", self.root / "folder")

    def test_the_storage_holds_nothing_but_files_and_folders(self):
        for name in ["symlink", "pipe-file", "device", "socket-file"]:
            path = self.root / name
            self.assert_refused(name, path, path.unlink)
        victim = self.root / "owned"
        victim.write_bytes(b"x")
        self.assert_refused("hard-link", victim, (self.outside / "hard").unlink)
        self.assert_refused("change-owner", victim)

    def test_the_folder_of_the_audit_file_can_be_added_to_and_nothing_more(self):
        path = self.logs / "audit.jsonl.1"
        self.assert_allowed("append", path)
        self.assert_refused("read", path)
        self.assert_refused("remove", path)

    # ---------------------------------------------------------------- code and processes

    def test_no_program_is_run_and_no_process_made(self):
        self.assertEqual(self.attempt("confined", "execute", "/bin/true"), "killed")
        self.assert_refused("fork")
        self.assert_refused("clone3")
        self.assert_allowed("thread")

    def test_memory_never_becomes_code(self):
        uploaded = self.root / "code"
        uploaded.write_bytes(b"\xc3" * 4096)
        self.assert_refused("writable-code")
        self.assert_refused("new-code")
        self.assert_refused("uploaded-code", uploaded)

    def test_other_processes_are_out_of_reach(self):
        for name in ["trace", "memory-of-parent", "signal-parent", "type-into-terminal"]:
            self.assert_refused(name)

    def test_root_does_not_come_back(self):
        self.assert_refused("become-root")
        self.assert_refused("mount", self.root, lambda: subprocess.run(["umount", self.root], check=True))
        self.assert_refused("namespace")

    def test_the_kernel_shows_little_of_itself(self):
        for name in ["rings", "bpf", "keys"]:
            self.assert_refused(name)

    # ---------------------------------------------------------------- network

    def test_nothing_connects_out(self):
        self.assert_refused("connect", self.port)
        self.assert_refused("fast-open", self.port)

    def test_sockets_are_for_tcp_alone(self):
        self.assert_allowed("tcp")
        for name in ["udp", "raw", "netlink", "packet", "kernel-crypto"]:
            self.assert_refused(name)


class ConfinementWithHook(Case):
    """A server that asks an HTTP hook connects to it, and may do nothing else that others may not."""

    auth = {"providers": ["file", "http"],
            "http": {"url": "unix:/run/sallyport-hook", "policies": ["full"]}}

    def test_it_connects_and_looks_up_names(self):
        self.assert_allowed("connect", self.port)
        for name in ["tcp", "udp"]:
            self.assert_allowed(name)
        self.assert_allowed("read", "/etc/hosts")

    def test_other_sockets_stay_out_of_reach(self):
        for name in ["raw", "netlink", "packet", "kernel-crypto"]:
            self.assert_refused(name)

    def test_other_files_of_the_system_stay_out_of_reach(self):
        for path in ["/etc/shadow", "/etc/passwd"]:
            self.assert_refused("read", path)

    def test_no_program_is_run(self):
        self.assertEqual(self.attempt("confined", "execute", "/bin/true"), "killed")


if __name__ == "__main__":
    unittest.main()
