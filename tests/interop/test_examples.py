"""The configurations in docs/examples, and what docs/policies.md says about them."""

import os
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from support.sallyport import binary, credentials, run

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLES = sorted((DOCS / "examples").glob("*.toml"))
# Warnings about what examples are there to show: several users of one home, and hashes that people bring along.
MEANT = ("have the same home", "this hash is of an older kind")


def commands(page):
    """(command, what it prints) for each `$ command` in the console blocks of a page."""
    found, inside = [], False
    for line in page.read_text().splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            found.append([line[2:], ""])
        elif inside:
            found[-1][1] += line + "\n"
    return found


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-examples-")
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        shutil.copytree(DOCS / "examples", cls.root / "docs/examples")
        shutil.copytree(credentials(), cls.root / "docs/examples", dirs_exist_ok=True)

    def test_there_are_some(self):
        self.assertGreaterEqual(len(EXAMPLES), 5)

    def test_each_is_accepted_without_a_warning(self):
        for example in EXAMPLES:
            with self.subTest(example.name):
                checked = run("check", self.root / "docs/examples" / example.name)
                said = [line for line in checked.stderr.splitlines() if not any(meant in line for meant in MEANT)]
                self.assertEqual(said, [])
                self.assertIn(": ok (", checked.stdout)

    def test_each_can_be_shown(self):
        for example in EXAMPLES:
            with self.subTest(example.name):
                shown = run("show", self.root / "docs/examples" / example.name).stdout
                self.assertIn("[[listener]]", shown)
                for hash_prefix in ("$argon2id$", "$6$", "$y$"):
                    self.assertNotIn(hash_prefix, shown)

    def test_answers_in_the_handbook_are_those_of_the_program(self):
        asked = commands(DOCS / "policies.md")
        self.assertGreaterEqual(len(asked), 10)
        for command, printed in asked:
            with self.subTest(command):
                words = shlex.split(command)
                self.assertEqual(words[0], "sallyport")
                answer = subprocess.run([binary(), *words[1:]], cwd=self.root, capture_output=True, text=True,
                                        timeout=30, env={**os.environ, "TZ": "UTC"})
                self.assertEqual(answer.stdout, printed)
                self.assertEqual(answer.returncode, 0 if printed.startswith("allow") else 1)
