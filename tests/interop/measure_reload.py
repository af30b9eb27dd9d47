"""
How long `check` and a reload take with many users, and what a transfer that runs meanwhile feels of it. Not a test,
because it depends on the machine:

    SALLYPORT_BINARY=build/release/sallyport /usr/bin/python3 -B tests/interop/measure_reload.py [USERS [POLICIES]]

The gaps are the longest time between two pieces of a download by FTPS, and the longest wait for the answer to a read by
SFTP; first for as long without a reload, to compare.
"""

import os
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.doors import Ftps, Sftp  # noqa: E402
from support.many_users import many_policies, many_users  # noqa: E402
from support.sallyport import Server, run  # noqa: E402

ROUNDS = 10
PIECE = 32 << 10
FILE_BYTES = 64 << 20


class Watched(threading.Thread):
    """Downloads over and over; `gap` is the longest pause, in seconds, since it was set to 0."""

    def __init__(self, session):
        super().__init__(daemon=True)
        self.session, self.gap, self.over = session, 0.0, False

    def run(self):
        fetch = self.by_ftps if isinstance(self.session, Ftps) else self.by_sftp
        while not self.over:
            fetch()

    def by_ftps(self):
        self.session.ftp.voidcmd("TYPE I")
        with self.session.ftp.transfercmd("RETR big.bin") as connection:
            self.watch(lambda: connection.recv(PIECE))
            connection.unwrap()
        self.session.ftp.voidresp()

    def by_sftp(self):
        with self.session.sftp.open("/big.bin") as file:
            self.watch(lambda: file.read(PIECE))

    def watch(self, read):
        before = time.perf_counter()
        while read():
            now = time.perf_counter()
            self.gap, before = max(self.gap, now - before), now


def longest_gap(watched, action):
    """What `action` takes, and the longest gap meanwhile; both in milliseconds."""
    watched.gap = 0.0
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000, watched.gap * 1000


def report(name, figures):
    took, gaps = zip(*figures)
    print(f"{name:22} took {statistics.median(took):6.0f} ms (longest {max(took):6.0f})  "
          f"gap {statistics.median(gaps):6.1f} ms (longest {max(gaps):6.1f})")


def main():
    users = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    policies = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    tables = {"demo": "demo secret", **many_users(users, policies)}
    print(f"{users} users, {policies} policies; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with Server(protocols=("ftps", "sftp"), users=tables, policies=many_policies(policies),
                log={"level": "info"}) as server:
        server.home().mkdir(exist_ok=True)
        (server.home() / "big.bin").write_bytes(bytes(FILE_BYTES))
        began = time.perf_counter()
        run("check", server.config_path)
        print(f"check                  took {(time.perf_counter() - began) * 1000:6.0f} ms")
        for door in (Ftps, Sftp):
            watched = Watched(door(server, "demo"))
            watched.start()
            time.sleep(1)
            reloads = [longest_gap(watched, server.reload) for _ in range(ROUNDS)]
            usual = statistics.median(took for took, _ in reloads) / 1000
            report(f"{door.protocol}: none", [longest_gap(watched, lambda: time.sleep(usual)) for _ in range(ROUNDS)])
            report(f"{door.protocol}: reload", reloads)
            watched.over = True
            watched.join(60)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
