"""Reads the project's own sources for the rules: files, includes, code without comments, functions."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOREIGN_FOLDERS = re.compile(r"(build.*|sallyport-data|node_modules|__pycache__|\.git)")
CXX_SUFFIXES = {".cpp", ".hpp", ".h"}

_COMMENT_OR_LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"'
    r'|"(?P<text>(?:\\.|[^"\\\n])*)"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.MULTILINE)
_TYPE_SCOPE = re.compile(r"(?:template\s*<.*>\s*)?(?:typedef\s+)?(?:class|struct|union|enum)\b[^()]*", re.DOTALL)


@dataclass(frozen=True)
class Function:
    line: int
    lines: int
    head: str


class Source:
    """One file. `path` is relative to the project, with forward slashes."""

    def __init__(self, path, text):
        self.path, self.text = path, text

    @property
    def folder(self):
        return self.path.split("/", 1)[0]

    @property
    def lines(self):
        return len(self.text.splitlines())

    @property
    def is_cxx(self):
        return Path(self.path).suffix in CXX_SUFFIXES

    def is_under(self, folder):
        return self.path.startswith(folder + "/")

    @cached_property
    def includes(self):
        return _INCLUDE.findall(self.text)

    @cached_property
    def literals(self):
        """The contents of ordinary string literals."""
        return [match["text"] for match in _COMMENT_OR_LITERAL.finditer(self.text) if match["text"] is not None]

    @cached_property
    def code(self):
        """The text with comments and literals blanked out; positions and lines stay."""
        return _COMMENT_OR_LITERAL.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.text)

    def line_of(self, position):
        return self.text.count("\n", 0, position) + 1

    def functions(self):
        """
        Functions in namespaces and classes, measured from the first line of their head to the closing brace.
        Braces in a constructor's initialiser list split it in two, so it may count for less than it has.
        """
        code = re.sub(r"^[ \t]*#[^\n]*", lambda match: " " * len(match[0]), self.code, flags=re.MULTILINE)
        found, scopes, head_from = [], [], 0
        for match in re.finditer(r"[{};]", code):
            at = match.start()
            if match[0] == "{":
                scopes.append(self._scope(code[head_from:at], head_from, scopes))
            elif match[0] == "}" and scopes:
                kind, start, head = scopes.pop()
                if kind == "function":
                    first = self.line_of(start)
                    found.append(Function(first, self.line_of(at) - first + 1, head))
            head_from = at + 1
        return found

    @staticmethod
    def _scope(head, head_from, outer):
        start = head_from + len(head) - len(head.lstrip())
        words = " ".join(head.split())
        if any(kind in ("function", "values") for kind, _, _ in outer):
            return "values", start, words
        if re.match(r"(inline )?namespace\b", words):
            return "namespace", start, words
        without_access = re.sub(r"^(public|protected|private) ?: ?", "", words)
        if _TYPE_SCOPE.fullmatch(without_access):
            return "class", start, words
        # An open parenthesis makes it an argument, such as a table that is handed to a function.
        is_head = "(" in words and words.count("(") == words.count(")")
        return ("function" if is_head else "values"), start, words


def read_sources():
    """Every text file that belongs to the project, sorted by path."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not FOREIGN_FOLDERS.fullmatch(name)]
        for name in files:
            path = Path(folder, name)
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            found.append(Source(path.relative_to(ROOT).as_posix(), text))
    return sorted(found, key=lambda source: source.path)


def product_sources(sources):
    """The C++ files that become the program; tests are left out."""
    return [source for source in sources if source.is_cxx and source.folder != "tests"]
