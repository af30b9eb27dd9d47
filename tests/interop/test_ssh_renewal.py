"""Keys that either side renews in the middle of transfers: not a byte is lost or changed (S25)."""

import subprocess

from attack.case import is_sanitized
from support.case import payload, sha256
from support.ssh_client import SshCase, paramiko_client

MIB = 1 << 20
# The server renews keys by itself before 1 GiB. Clients such as asyncssh 2.10 begin to at 1 GiB, and then send on in
# between, for which libssh hangs up.
LESS_THAN_A_GIBIBYTE = 1000 * MIB
LONG_SECONDS = 300


def long_file(path):
    with open(path, "wb") as file:
        file.write(payload(MIB))
        file.truncate(LESS_THAN_A_GIBIBYTE)
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
        if is_sanitized():
            self.skipTest("a gibibyte takes too long under sanitizers")
        long = long_file(self.work / "long.bin")
        for command, copy in (("put long.bin", self.server.home() / "long.bin"),
                              ("get long.bin back.bin", self.work / "back.bin")):
            with self.subTest(command):
                said = self.sftp(command, flags=("-v", "-o", "RekeyLimit=4G"), timeout=LONG_SECONDS)
                self.assertEqual(said.count("SSH2_MSG_KEXINIT received"), 2)
                self.assertTrue(are_equal(long, copy))
                long_file(copy)  # which takes no space
        for path in (long, self.server.home() / "long.bin", self.work / "back.bin"):
            path.unlink()


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
