"""The npm packages of a folder with a package-lock.json, installed on first use."""

import fcntl
import os
import subprocess
import unittest

INSTALL_SECONDS = 180


def require_packages(folder):
    """Makes folder/node_modules match folder/package-lock.json; skips the test, saying why, when npm cannot."""
    with open(folder / "package-lock.json") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed = folder / "node_modules" / ".package-lock.json"
        wanted = folder / "package-lock.json"
        if installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime:
            return
        try:
            npm = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                 timeout=INSTALL_SECONDS)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise unittest.SkipTest(f"npm could not install the packages: {error}") from None
        if npm.returncode != 0:
            raise unittest.SkipTest("npm could not install the packages: " + " ".join(npm.stdout.split()))
        os.utime(installed)
