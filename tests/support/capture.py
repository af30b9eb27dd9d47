"""Everything that travels over loopback on some ports, recorded by tcpdump."""

import re
import shutil
import signal
import socket
import subprocess
import time
import unittest

SECONDS = 20
END_MARK = b"sallyport: end of the capture"


class Capture:
    """
    Records to `file` between __enter__ and __exit__; then `data` holds the file and `dropped` says how many packets
    are missing from it. Skips the test when tcpdump is missing or may not capture.
    """

    def __init__(self, file, ports, port_ranges):
        if shutil.which("tcpdump") is None:
            raise unittest.SkipTest("tcpdump is not installed")
        self._file = file
        self._end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._end.bind(("127.0.0.1", 0))
        self._filter = " or ".join([f"udp port {self._end.getsockname()[1]}"] + [f"tcp port {port}" for port in ports] +
                                   [f"tcp portrange {numbers}" for numbers in port_ranges])
        self.data, self.dropped = b"", None

    def __enter__(self):
        # -Z root: the default is to write as another user, who cannot reach the scratch directory.
        self._process = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-s", "0", "-B", "32768", "--immediate-mode", "-U", "-Z", "root",
             "-w", str(self._file), self._filter],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = []
        for line in self._process.stderr:
            said.append(line)
            if "listening on" in line:
                return self
        self._release()
        raise unittest.SkipTest("tcpdump cannot capture here: " + " ".join("".join(said).split()))

    def __exit__(self, *_):
        complete = self._wait_for_end_mark()
        self._process.send_signal(signal.SIGINT)
        try:
            summary = self._process.communicate(timeout=SECONDS)[1]
        finally:
            self._release()
        self.data = self._file.read_bytes()
        dropped = re.search(r"(\d+) packets? dropped by kernel", summary)
        self.dropped = int(dropped.group(1)) if dropped and complete else None

    def _wait_for_end_mark(self):
        """tcpdump writes packets in their order some time after they were sent: once it wrote this, it has the rest."""
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            self._end.sendto(END_MARK, self._end.getsockname())
            time.sleep(0.05)
            if END_MARK in self._file.read_bytes():
                return True
        return False

    def _release(self):
        self._end.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stderr.close()
