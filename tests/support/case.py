"""What interop tests share: a server per class, a scratch directory per test, clients run with bounded time."""

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support.sallyport import Server

CLIENT_SECONDS = 120
BLOCK = 16 << 20
# Names that clients and servers get wrong: spaces, umlauts, scripts beyond Latin, quotes, glob characters.
AWKWARD_NAMES = ["two words.txt", "Übergrößenträger.csv", "日本語 ファイル.bin", "it's 100%.txt", "a&b;c#d.txt"]


def payload(size, seed=0):
    """`size` bytes that do not compress and are the same in every run."""
    source = random.Random(f"{seed}:{size}")
    return b"".join(source.randbytes(min(BLOCK, size - at)) for at in range(0, size, BLOCK))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def has_ipv6():
    return Path("/proc/net/if_inet6").exists() and " lo" in Path("/proc/net/if_inet6").read_text()


def write_tree(root, depth=3, smallest=0):
    """
    A tree of 65 small files on three levels (5 on one), with spaces and umlauts in file and folder names. One file of
    each folder has `smallest` bytes.
    """
    root.mkdir(parents=True)
    for i, name in enumerate(["smallest.bin", "with space.txt", "Übung.csv", "plain.bin", "another.bin"]):
        (root / name).write_bytes(payload(smallest + 997 * i, seed=root.name))
    if depth > 1:
        for folder in ["plain", "two words", "Größe"]:
            write_tree(root / folder, depth - 1, smallest)


def read_tree(root):
    """Relative path -> digest of each file, None for each folder."""
    return {str(path.relative_to(root)): None if path.is_dir() else sha256(path.read_bytes())
            for path in sorted(root.rglob("*"))}


class ServerCase(unittest.TestCase):
    """`server_options` go to Server; without the `requires` programs the class is skipped."""

    server_options = {}
    requires = ()

    @classmethod
    def setUpClass(cls):
        for program in cls.requires:
            if shutil.which(program) is None:
                raise unittest.SkipTest(f"{program} is not installed")
        cls.server = Server(**cls.server_options).start()
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-client-", dir=self.server.directory)
        self.addCleanup(folder.cleanup)
        self.work = Path(folder.name)

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            self.server.print_log()
        return result

    def spawn(self, *command, **options):
        """A client in the background, killed at the end of the test if it still runs. `options` go to Popen."""
        options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "env": self._environment(), **options}
        process = subprocess.Popen([str(word) for word in command], cwd=self.work, stdout=subprocess.PIPE, text=True,
                                   **options)
        self.addCleanup(_end, process)
        return process

    def client(self, *command, status=0, timeout=CLIENT_SECONDS, **options):
        """Runs a client to its end; its output. The test fails unless it exits with `status` (None: with any)."""
        process = self.spawn(*command, **options)
        try:
            output = process.communicate(timeout=timeout)[0]
        except subprocess.TimeoutExpired:
            self.fail(f"{command[0]} did not end within {timeout} s")
        if status is not None:
            self.assertEqual(process.returncode, status, f"{' '.join(map(str, command))}\n{output}")
        return output

    def _environment(self):
        return {"PATH": os.environ["PATH"], "HOME": str(self.work), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}

    def file(self, name, data):
        """A file in the scratch directory."""
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def wait_until(self, condition, what, timeout=30):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"not within {timeout} s: {what}")
            time.sleep(0.02)

    def kill_mid_upload(self, client, path, at_least):
        """Kills `client` without a goodbye once the server holds `at_least` bytes of its upload to `path`."""
        self.wait_until(lambda: sum(self.server.staged_sizes()) >= at_least, f"{at_least} bytes staged")
        self.assertIsNone(client.poll(), "the client was done before it could be killed; send it more or slower")
        client.kill()
        client.communicate()
        self.server.wait_event("file.abandoned", path=path)
        self.wait_until(lambda: not self.server.staged_sizes(), "the abandoned upload is kept for resuming")
        self.assertFalse((self.server.home() / path.lstrip("/")).exists(), "half a file was published")

    def assert_stored(self, path, data, user="demo"):
        stored = self.server.stored(path, user)
        self.assertEqual((len(stored), sha256(stored)), (len(data), sha256(data)), path)

    def assert_received(self, path, data, **fields):
        """One file.received event for `path`, with the right size and digest."""
        event = self.server.wait_event("file.received", path=path, size=len(data), sha256=sha256(data), **fields)
        same = [e for e in self.server.events("file.received") if e["path"] == path and e["sha256"] == sha256(data)]
        self.assertEqual(len(same), 1, f"{path} was announced {len(same)} times")
        return event


def _end(process):
    if process.poll() is None:
        process.kill()
        process.wait()
    process.stdout.close()
