"""upload_rate and download_rate: through both doors, shared by the transfers of a session, and no reason to punish."""

import asyncio
import threading
import time

import asyncssh

from support.case import ServerCase, payload
from support.doors import DOORS
from support.sallyport import Server
from support.ssh_client import paramiko_sftp

MIB = 1 << 20
SIZE = 3 * MIB
# 3 MiB at 1 MiB/s, less what may move at once.
LEAST_SECONDS = 2


def together(*works):
    """Runs each in a thread of its own; raises what one of them raised."""
    problems = []

    def guarded(work):
        try:
            work()
        except Exception as problem:  # pylint: disable=broad-except
            problems.append(problem)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


class TransferRates(ServerCase):
    server_options = {"protocols": ("ftps", "sftp"), "durability": "none",
                      "users": {"slow": {"password": "a secret", "policy": "slow"}},
                      "policies": {"slow": {"preset": "full", "upload_rate": "1MiB/s", "download_rate": "1MiB/s"}}}

    def test_3_mib_at_1_mib_a_second_take_at_least_2_seconds_each_way(self):
        data, seconds = payload(SIZE), {}

        def move(door):
            session = door(self.server, "slow")
            started = time.monotonic()
            session.put(f"/{door.protocol}.bin", data)
            middle = time.monotonic()
            self.assertEqual(session.get(f"/{door.protocol}.bin"), data)
            seconds[door.protocol] = (middle - started, time.monotonic() - middle)
            session.close()

        together(*[lambda door=door: move(door) for door in DOORS])
        for door in DOORS:
            self.assert_stored(f"/{door.protocol}.bin", data, "slow")
            up, down = seconds[door.protocol]
            self.assertGreaterEqual(up, LEAST_SECONDS, door.protocol)
            self.assertGreaterEqual(down, LEAST_SECONDS, door.protocol)

    def test_transfers_of_one_session_share_its_limit(self):
        data = payload(SIZE // 2)

        async def put_both():
            host, port = self.server.address("sftp")
            async with asyncssh.connect(host, port, username="slow", password="a secret", client_keys=None, config=None,
                                        known_hosts=str(self.server.known_hosts)) as connection:
                async with connection.start_sftp_client() as sftp:
                    await asyncio.gather(*[put(sftp, name) for name in ("/a", "/b")])

        async def put(sftp, name):
            async with sftp.open(name, "wb") as file:
                await file.write(data)

        started = time.monotonic()
        asyncio.run(put_both())
        self.assertGreaterEqual(time.monotonic() - started, LEAST_SECONDS)
        for name in ("/a", "/b"):
            self.assert_stored(name, data, "slow")


class VerySlow(ServerCase):
    """One packet costs more time than a session may be idle, and a transfer may stall."""

    server_options = {"protocols": ("ftps", "sftp"), "durability": "none",
                      "users": {"slow": {"password": "a secret", "policy": "slow"}},
                      "policies": {"slow": {"preset": "full", "upload_rate": "4KiB/s"}},
                      "limits": {"idle": "4s", "data_stall": "1s", "min_upload_rate": "1MiB/s"}}

    def test_client_is_not_punished_for_the_pace_that_it_is_given(self):
        data = payload(64 * 1024)
        small = payload(24 * 1024)

        def by_sftp():
            with paramiko_sftp(self.server, user="slow") as sftp:
                with sftp.open("/sftp.bin", "wb") as file:
                    file.set_pipelined(True)
                    file.write(data)

        def by_ftps():
            session = DOORS[0](self.server, "slow")
            session.put("/ftps.bin", small)
            session.close()

        together(by_sftp, by_ftps)
        self.assert_stored("/sftp.bin", data, "slow")
        self.assert_stored("/ftps.bin", small, "slow")
        self.assertEqual(self.server.events("file.abandoned"), [])

    def test_stopping_server_does_not_wait_for_the_limit(self):
        """stop() demands that it ends in time; the limit would keep it for a minute."""
        options = {**self.server_options, "server": {"drain": "1s"}}
        with Server(**options) as server, paramiko_sftp(server, user="slow") as sftp:
            file = sftp.open("/never.bin", "wb")
            file.set_pipelined(True)
            file.write(payload(256 * 1024))
            server.stop()
