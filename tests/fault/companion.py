"""A Python script of this folder that runs beside a test until it is told to end."""

import subprocess
import sys
from pathlib import Path

END_SECONDS = 60


class Companion:
    """A context manager; started when its first line is there. `said` is the last line, there at the end."""

    def __init__(self, script, *arguments):
        self._command = [sys.executable, "-B", str(Path(__file__).with_name(script)), *map(str, arguments)]
        self.said = ""

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._process.stdout.readline()
        return self

    def __exit__(self, kind, _value, _traceback):
        try:
            self.said = self._process.communicate(timeout=END_SECONDS)[0]
        finally:
            self._process.kill()
        if kind is None and self._process.returncode != 0:
            raise AssertionError(f"{self._command[2]} ended with status {self._process.returncode}")
