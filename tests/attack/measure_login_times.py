"""
S17: does the time that a refusal takes tell whether a user exists? Not a test, because it depends on the machine:

    SALLYPORT_BINARY=build/release/sallyport /usr/bin/python3 -B tests/attack/measure_login_times.py [LOGINS]

Prints the median for existing, unknown and disabled users, by password over FTPS and SFTP and by offered key, without the
delay that follows failures, and the probability (Mann-Whitney) that differences as great come from nothing but chance. The
order of the users is drawn anew for each round. What is tested, in
tests/unit/auth/file_provider_test.cpp, is the cause: the same number of hashes for each of them.
"""

import ftplib
import math
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from attack.ssh_keys import Ed25519Key  # noqa: E402
from attack.ssh_peer import SshPeer  # noqa: E402
from attack.ssh_wire import USERAUTH_FAILURE  # noqa: E402
from support.ftps_client import connect  # noqa: E402
from support.sallyport import Server  # noqa: E402

USERS = ("demo", "nobody", "gone")
KEY = Ed25519Key()


def password_time(server, user):
    with connect(server) as ftp:
        ftp.auth()
        ftp.sendcmd(f"USER {user}")
        began = time.perf_counter()
        try:
            ftp.sendcmd("PASS wrong")
        except ftplib.error_perm:
            pass
        return time.perf_counter() - began


def ssh_password_time(server, user):
    peer = SshPeer(server).request_service()
    return ssh_time(peer, peer.password_request(user, "wrong"))


def key_time(server, user):
    peer = SshPeer(server).request_service()
    return ssh_time(peer, peer.key_probe(user, KEY))


def ssh_time(peer, request):
    began = time.perf_counter()
    peer.send(request)
    peer.expect(USERAUTH_FAILURE)
    took = time.perf_counter() - began
    peer.close()
    return took


def chance(a, b):
    """Two-sided p of the Mann-Whitney test by its normal approximation."""
    ranked = sorted([(value, 0) for value in a] + [(value, 1) for value in b])
    rank_sum = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    u = rank_sum - len(a) * (len(a) + 1) / 2
    deviation = math.sqrt(len(a) * len(b) * (len(a) + len(b) + 1) / 12)
    return math.erfc(abs(u - len(a) * len(b) / 2) / deviation / math.sqrt(2))


def main():
    logins = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    users = {"demo": {"password": "demo secret", "ssh_keys": [Ed25519Key().line]},
             "gone": {"password": "demo secret", "ssh_keys": [Ed25519Key().line], "enabled": False}}
    limits = {"failed_login_delay": "0ms", "per_address": 1000, "penalty_exempt": ["127.0.0.1"]}
    with Server(protocols=("ftps", "sftp"), users=users, limits=limits) as server:
        for name, measure in (("FTPS password", password_time), ("SFTP password", ssh_password_time),
                              ("SFTP key", key_time)):
            times = {user: [] for user in USERS}
            for _ in range(logins):
                for user in random.sample(USERS, len(USERS)):
                    times[user].append(measure(server, user))
            for user in USERS:
                p = chance(times["demo"], times[user]) if user != "demo" else 1
                print(f"{name:13} {user:7} median {statistics.median(times[user]) * 1000:8.3f} ms  p {p:.3f}")


if __name__ == "__main__":
    main()
