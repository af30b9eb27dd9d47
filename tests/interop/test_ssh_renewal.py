"""Keys that either side renews in the middle of transfers: not a byte is lost or changed (S25)."""

import asyncio
import subprocess
import unittest
import warnings

from support.case import payload, sha256
from support.ssh_client import TIMEOUT_SECONDS, SshCase, paramiko_client

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # asyncssh names ciphers that its cryptography library is about to drop
    import asyncssh

MIB = 1 << 20
# Somewhat below 1 GiB the server renews keys by itself.
BEYOND_THE_LIMIT = 1100 * MIB
LONG_SECONDS = 300


def long_file(path):
    with open(path, "wb") as file:
        file.write(payload(MIB))
        file.truncate(BEYOND_THE_LIMIT)
    return path


def are_equal(one, other):
    return subprocess.run(["cmp", one, other]).returncode == 0


class OpenSsh(SshCase):
    requires = ("sftp",)
    CIPHERS = ("aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes128-ctr")

    def test_client_renews_keys_every_megabyte(self):
        data = payload(24 * MIB)
        self.file("up.bin", data)
        for cipher in self.CIPHERS:
            with self.subTest(cipher):
                said = self.sftp("put up.bin often.bin", "get often.bin down.bin",
                                 flags=("-v", "-c", cipher, "-o", "RekeyLimit=1M"))
                self.assertGreater(said.count("SSH2_MSG_KEXINIT sent"), 20)
                self.assert_stored("often.bin", data)
                self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_server_renews_keys_before_a_gibibyte_each_way(self):
        long = long_file(self.work / "long.bin")
        for command, copy in (("put long.bin", self.server.home() / "long.bin"),
                              ("get long.bin back.bin", self.work / "back.bin")):
            with self.subTest(command):
                said = self.sftp(command, flags=("-v", "-o", "RekeyLimit=4G"), timeout=LONG_SECONDS)
                self.assertEqual(said.count("SSH2_MSG_KEXINIT received"), 2)
                self.assertTrue(are_equal(long, copy))
        for path in (long, self.server.home() / "long.bin", self.work / "back.bin"):
            path.unlink()


class Asyncssh(SshCase, unittest.IsolatedAsyncioTestCase):
    """Sends on while keys are renewed. That is why the server begins before this client would, after 1 GiB."""

    async def test_more_than_a_gibibyte_arrives(self):
        asyncio.get_running_loop().set_debug(False)
        host, port = self.server.address("sftp")
        long = long_file(self.work / "long.bin")
        async with asyncssh.connect(host, port, username="demo", client_keys=[str(self.key)], agent_path=None,
                                    config=None, known_hosts=str(self.server.known_hosts),
                                    login_timeout=TIMEOUT_SECONDS) as connection:
            async with connection.start_sftp_client() as sftp:
                await sftp.put(str(long), "long.bin", block_size=200_000)
        self.assertTrue(are_equal(long, self.server.home() / "long.bin"))


class Paramiko(SshCase):
    def test_keys_are_renewed_between_pipelined_writes(self):
        data = payload(8 * MIB)
        with paramiko_client(self.server) as client, client.open_sftp() as sftp:
            with sftp.open("renewed.bin", "wb") as file:
                file.set_pipelined(True)
                for at in range(0, len(data), MIB):
                    file.write(data[at:at + MIB])
                    client.get_transport().renegotiate_keys()
            with sftp.open("renewed.bin", "rb") as file:
                file.prefetch()
                read = b""
                while block := file.read(MIB):
                    read += block
                    client.get_transport().renegotiate_keys()
        self.assert_stored("renewed.bin", data)
        self.assertEqual(sha256(read), sha256(data))
