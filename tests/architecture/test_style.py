"""Budgets that keep files and functions short, and words that mean unfinished work."""

import re
import unittest
from pathlib import Path

from architecture.sources import Source, read_sources

# First folder -> most lines of one file; "": everywhere else.
MAX_FILE_LINES = {"tests": 600, "": 400}
BUDGETED_SUFFIXES = {".cpp", ".hpp", ".h", ".py", ".mjs", ".cmake", ".sh"}
MAX_FUNCTION_LINES = 60
# Joined here, so that this file does not hold them itself.
UNFINISHED = ["TO" "DO", "FIX" "ME", "X" "XX"]

# GCC 12 destroys an aggregate twice when it is made inside the expression that awaits: name it before, then move it.
AWAITED_AGGREGATE = r"\bco_await\b[^;{}]*[(,]\s*(\w+::)*[A-Z]\w*\{"


def breaches_of_file_budget(source):
    most = MAX_FILE_LINES.get(source.folder, MAX_FILE_LINES[""])
    if Path(source.path).suffix not in BUDGETED_SUFFIXES or source.lines <= most:
        return []
    return [f"{source.path} has {source.lines} lines; {most} are allowed"]


def breaches_of_function_budget(source):
    if not source.is_cxx:
        return []
    return [f"{source.path}:{function.line} {function.head[:60]} has {function.lines} lines; "
            f"{MAX_FUNCTION_LINES} are allowed"
            for function in source.functions() if function.lines > MAX_FUNCTION_LINES]


def breaches_of_completeness(source):
    return [f"{source.path}:{source.line_of(match.start())} says {match[0]}"
            for match in re.finditer(r"\b(" + "|".join(UNFINISHED) + r")\b", source.text)]


def breaches_of_awaiting(source):
    if not source.is_cxx:
        return []
    return [f"{source.path}:{source.line_of(match.start())} makes an aggregate while it awaits: {match[0]}"
            for match in re.finditer(AWAITED_AGGREGATE, source.code)]


class Style(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.sources = read_sources()

    def assert_no(self, breaches_of):
        self.assertEqual([], [breach for source in self.sources for breach in breaches_of(source)])

    def test_files_are_short(self):
        self.assert_no(breaches_of_file_budget)

    def test_functions_are_short(self):
        self.assert_no(breaches_of_function_budget)

    def test_nothing_is_left_unfinished(self):
        self.assert_no(breaches_of_completeness)

    def test_no_aggregate_is_made_inside_an_awaiting_expression(self):
        self.assert_no(breaches_of_awaiting)

    def test_functions_of_the_program_were_found(self):
        heads = [function.head for source in self.sources if source.path == "server/main.cpp"
                 for function in source.functions()]
        self.assertTrue(any(head.startswith("int main(") for head in heads), heads)


class Measure(unittest.TestCase):
    def lengths(self, text):
        return [function.lines for function in Source("a/a.cpp", text).functions()]

    def test_free_function(self):
        self.assertEqual([3], self.lengths("namespace a {\nint f(int x) {\n    return x;\n}\n}\n"))

    def test_head_over_several_lines_counts(self):
        self.assertEqual([4], self.lengths("template <class T>\nint f(\n    T x) {\n}\n"))

    def test_member_function_in_a_class(self):
        text = "class A final : public B<int> {\n  public:\n    int f() const {\n        g();\n    }\n};\n"
        self.assertEqual([4], self.lengths(text))

    def test_inner_blocks_and_lambdas_belong_to_their_function(self):
        self.assertEqual([5], self.lengths("void f() {\n    if (a) {\n    }\n    run([] { g(); });\n}\n"))

    def test_braces_in_literals_and_comments_do_not_count(self):
        self.assertEqual([3], self.lengths('void f() {\n    g("}", \'}\', R"x(})x");  // }\n}\n'))

    def test_digit_separators_are_no_character_literals(self):
        self.assertEqual([3], self.lengths("void f() {\n    g(10'000); h('}');\n}\n"))

    def test_tables_are_no_functions(self):
        self.assertEqual([], self.lengths("const Row table[] = {\n    {f(1)},\n    {f(2)},\n};\n"))
        self.assertEqual([], self.lengths("const auto table = make<Row>({\n    {f(1)},\n    {f(2)},\n});\n"))

    def test_preprocessor_lines_are_no_heads(self):
        self.assertEqual([2], self.lengths("#define X (1)\n#include <a>\nint f() {\n}\n"))


class Breaches(unittest.TestCase):
    # Rule, path, text that breaks it.
    EXAMPLES = [
        (breaches_of_file_budget, "server/a.cpp", "\n" * 401),
        (breaches_of_file_budget, "tests/unit/a_test.cpp", "\n" * 601),
        (breaches_of_function_budget, "server/a.cpp", "void f() {" + "\n" * 60 + "}"),
        (breaches_of_completeness, "docs/a.md", "Later. " + UNFINISHED[0]),
        (breaches_of_awaiting, "server/a.cpp", 'co_await perform(\n    ftp::Close{ftp::reply(421, "Bye."), "idle"});'),
        (breaches_of_completeness, "server/a.cpp", "// " + UNFINISHED[2] + ": too slow"),
    ]
    # Rule, path, text that is within it.
    HARMLESS = [
        (breaches_of_file_budget, "server/a.cpp", "\n" * 400),
        (breaches_of_file_budget, "tests/unit/a_test.cpp", "\n" * 600),
        (breaches_of_file_budget, "tests/a/lock.json", "\n" * 5000),
        (breaches_of_function_budget, "server/a.cpp", "void f() {" + "\n" * 59 + "}"),
        (breaches_of_awaiting, "server/a.cpp", "co_await pool.run([&] { return Entry{}; }); co_return Filled{1};"),
        (breaches_of_completeness, "server/a.cpp", 'mkstemp("/tmp/nameXXXXXX");'),
    ]

    def test_are_seen(self):
        for breaches_of, path, text in self.EXAMPLES:
            with self.subTest(rule=breaches_of.__name__, path=path):
                self.assertNotEqual([], breaches_of(Source(path, text)))

    def test_are_not_seen_where_there_are_none(self):
        for breaches_of, path, text in self.HARMLESS:
            with self.subTest(rule=breaches_of.__name__, path=path):
                self.assertEqual([], breaches_of(Source(path, text)))


if __name__ == "__main__":
    unittest.main()
