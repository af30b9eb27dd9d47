"""
Runs one file of tests: run.py FILE [unittest arguments].

Exit status 0 when something passed and nothing failed, 77 when everything was skipped (the reasons are printed),
1 otherwise. SALLYPORT_TEST_SECONDS bounds the whole run, so that a test that hangs still cleans up and says where.
"""

import importlib.util
import os
import signal
import sys
import unittest
from pathlib import Path

SKIPPED = 77


class _Result(unittest.TextTestResult):
    passed = 0

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def _out_of_time(_number, _frame):
    raise TimeoutError("SALLYPORT_TEST_SECONDS are over")


def main():
    path = Path(sys.argv[1]).resolve()
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(int(os.environ.get("SALLYPORT_TEST_SECONDS", "0")))
    runner = unittest.TextTestRunner(verbosity=2, resultclass=_Result)
    program = unittest.main(module=_load(path), argv=[path.name, *sys.argv[2:]], testRunner=runner, exit=False)
    result = program.result
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}")
    if not result.wasSuccessful():
        return 1
    if result.passed:
        return 0
    return SKIPPED if result.skipped else 1


if __name__ == "__main__":
    sys.exit(main())
