"""C++ files look as clang-format leaves them."""

import re
import shutil
import subprocess
import unittest

from architecture.sources import ROOT, read_sources

# Debian 12's version: another one lays code out differently.
VERSION = "14"
PROGRAMS = [f"clang-format-{VERSION}", "clang-format"]


def find_program():
    for name in PROGRAMS:
        path = shutil.which(name)
        if path is None:
            continue
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        if re.search(rf"version {VERSION}\.", told):
            return path
    return None


def unformatted(program, paths):
    """The files among `paths` that clang-format would change."""
    result = subprocess.run([program, "--dry-run", "-Werror", "--style=file", *paths], cwd=ROOT, capture_output=True,
                            text=True)
    found = sorted({match[1] for match in re.finditer(r"^(\S+?):\d+:\d+: error:", result.stderr, re.MULTILINE)})
    return found or ([] if result.returncode == 0 else [result.stderr.strip()])


class Format(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.program = find_program()
        if cls.program is None:
            raise unittest.SkipTest(f"clang-format {VERSION} is not installed")

    def test_every_file_is_clang_format_clean(self):
        paths = [source.path for source in read_sources() if source.is_cxx]
        self.assertIn("server/main.cpp", paths)
        self.assertEqual([], unformatted(self.program, paths))

    def test_a_file_that_is_not_clean_is_seen(self):
        text = "int  main( ){return 0 ;}\n"
        command = [self.program, "--dry-run", "-Werror", "--style=file", "--assume-filename=server/a.cpp"]
        result = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True)
        self.assertNotEqual(0, result.returncode)


if __name__ == "__main__":
    unittest.main()
