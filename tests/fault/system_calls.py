"""What a running process asks of the kernel, by strace: calls in the order in which they ended."""

import re
import shutil
import signal
import subprocess
import unittest
from pathlib import Path

ATTACH_SECONDS = 60
CALLS = "fsync,fdatasync,rename,renameat,renameat2,mkdirat,unlinkat,pwrite64,write,writev,sendto,sendmsg"
TO_SOCKET = {"write", "writev", "sendto", "sendmsg"}
LINE = re.compile(r"^(\d+) +(.*)$")
BEGUN = re.compile(r"^(\w+)\((.*) <(?:unfinished|detached) \.\.\.>$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
WHOLE = re.compile(r"^(\w+)\((.*)\) += (-?\d+|\?)")


class Call:
    def __init__(self, name, arguments, result):
        self.name, self.arguments, self.result = name, arguments, result

    def __repr__(self):
        return f"{self.name}({self.arguments[:150]}) = {self.result}"

    @property
    def worked(self):
        return self.result >= 0

    def is_on_socket(self, client_port):
        """Sends to the connection whose other end has this port."""
        return self.name in TO_SOCKET and f":{client_port}]>" in self.arguments.split(",")[0]

    def is_on_file(self, path):
        return f"<{path}" in self.arguments.split(",")[0]


class Trace:
    """A context manager; `calls` are there at its end. Skips the test where tracing is forbidden."""

    def __init__(self, pid, folder):
        if shutil.which("strace") is None:
            raise unittest.SkipTest("strace is not installed")
        self._pid, self._file = pid, Path(folder) / "strace.out"
        self.calls = []

    def __enter__(self):
        self._strace = subprocess.Popen(["strace", "-f", "-yy", "-s", "0", "-e", f"trace={CALLS}", "-e", "signal=none",
                                         "-o", str(self._file), "-p", str(self._pid)], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        said = self._strace.stderr.readline()
        if "attached" not in said:
            self._strace.wait(ATTACH_SECONDS)
            raise unittest.SkipTest(f"tracing is forbidden here: {said.strip()}")
        return self

    def __exit__(self, *_):
        self._strace.send_signal(signal.SIGINT)
        self._strace.communicate(timeout=ATTACH_SECONDS)
        self.calls = list(read_calls(self._file.read_text()))


def read_calls(text):
    """A call that strace did not see end comes last: its end was the last that happened."""
    begun = {}
    for line in text.splitlines():
        thread, what = LINE.match(line).groups()
        if match := BEGUN.match(what):
            begun[thread] = match[1] + "(" + match[2]
            continue
        if match := RESUMED.match(what):
            what = begun.pop(thread) + match[2]
        if match := WHOLE.match(what):
            yield Call(match[1], match[2], int(match[3]) if match[3] != "?" else -1)
    for what in begun.values():
        name, _, arguments = what.partition("(")
        yield Call(name, arguments, 0)
