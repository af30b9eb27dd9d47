"""The executable is built to resist: position-independent, read-only tables, guarded stacks, checked copies."""

import mmap
import platform
import shutil
import subprocess
import unittest

from attack.case import is_sanitized
from support.sallyport import binary

# Oldest packages of Debian 12 without known holes in what the server uses: before, forged AES-GCM packets got in.
LEAST_PACKAGES = {"libssh-4": "0.10.6-0+deb12u3"}


def told_by(*command):
    if shutil.which(command[0]) is None:
        raise unittest.SkipTest(f"{command[0]} is not installed")
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


class Executable(unittest.TestCase):
    def test_is_position_independent(self):
        self.assertRegex(told_by("readelf", "-hW", binary()), r"Type:\s+DYN")
        self.assertRegex(told_by("readelf", "-dW", binary()), r"FLAGS_1.*\bPIE\b")

    def test_resolves_everything_at_the_start_and_then_write_protects_it(self):
        self.assertRegex(told_by("readelf", "-lW", binary()), r"GNU_RELRO")
        self.assertRegex(told_by("readelf", "-dW", binary()), r"\(FLAGS\).*BIND_NOW")

    def test_has_no_executable_stack_and_no_memory_that_is_writable_and_executable(self):
        segments = told_by("readelf", "-lW", binary())
        self.assertRegex(segments, r"GNU_STACK\s+(0x[0-9a-f]+\s+){5}RW\s")
        self.assertNotRegex(segments, r"LOAD.*\bRWE\b")

    def test_looks_for_libraries_in_no_folder_of_its_own(self):
        self.assertNotRegex(told_by("readelf", "-dW", binary()), r"RPATH|RUNPATH")

    def test_guards_its_stacks(self):
        self.assertRegex(told_by("readelf", "-W", "--dyn-syms", binary()), r"__stack_chk_fail")

    @unittest.skipIf(is_sanitized(), "sanitizers check copies themselves")
    def test_checks_the_bounds_of_copies(self):
        if not any(level in self.content() for level in (b" -O1 ", b" -O2 ", b" -O3 ")):
            self.skipTest("only optimised builds can")
        self.assertRegex(told_by("readelf", "-W", "--dyn-syms", binary()), r"__(read|memcpy|poll|realpath|snprintf)_chk")

    def test_marks_where_jumps_may_land(self):
        if platform.machine() != "x86_64":
            self.skipTest("this is about x86-64")
        code = told_by("objdump", "-d", "--no-show-raw-insn", "--disassemble=main", binary())
        self.assertRegex(code, r"<main>:\s+[0-9a-f]+:\s+endbr64")

    def content(self):
        with open(binary(), "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as all_of_it:
            return all_of_it.read()


class Libraries(unittest.TestCase):
    def test_are_no_older_than_their_fixes(self):
        for package, least in LEAST_PACKAGES.items():
            version = told_by("dpkg-query", "-W", "-f=${Version}", package)
            newer = subprocess.run(["dpkg", "--compare-versions", version, "ge", least])
            self.assertEqual(newer.returncode, 0, f"{package} {version} is older than {least}")


if __name__ == "__main__":
    unittest.main()
