"""A file of the machine that would weaken libssh's servers weakens nothing here (S27)."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from attack.ssh_case import SshCase
from attack.ssh_ciphers import CIPHERS, MACS
from attack.ssh_wire import KEXINIT
from attack.test_ssh_key_exchange import lists_of
from support import sallyport

WEAK = """\
KexAlgorithms diffie-hellman-group14-sha1
Ciphers aes128-cbc,3des-cbc
MACs hmac-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedKeyTypes ssh-rsa
"""
# In a mount namespace of its own, the server sees this /etc/ssh and the rest of the machine does not.
LAUNCHER = """\
#!/bin/sh
exec unshare --mount sh -c 'mount --bind "$0" /etc/ssh && exec "$@"' {folder} {binary} "$@"
"""


def can_mount_privately():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


@unittest.skipUnless(can_mount_privately(), "a private mount namespace needs root")
@unittest.skipUnless(Path("/etc/ssh").is_dir(), "there is no /etc/ssh to hide")
class SystemConfiguration(SshCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-etc-")
        cls.addClassCleanup(folder.cleanup)
        (Path(folder.name) / "libssh_server_config").write_text(WEAK)
        launcher = Path(folder.name) / "launcher"
        launcher.write_text(LAUNCHER.format(folder=folder.name, binary=sallyport.binary()))
        launcher.chmod(0o755)
        cls.addClassCleanup(os.environ.update, SALLYPORT_BINARY=sallyport.binary())
        sallyport.hash_password("demo secret")
        os.environ["SALLYPORT_BINARY"] = str(launcher)
        super().setUpClass()

    def test_S27_the_server_sees_the_file(self):
        seen = Path(f"/proc/{self.server.pid}/root/etc/ssh/libssh_server_config")
        self.assertEqual(seen.read_text(), WEAK)

    def test_S27_system_file_enables_nothing_weak(self):
        lists = lists_of(self.peer().exchange_keys().server_kexinit)
        self.assertNotIn("diffie-hellman-group14-sha1", lists[0])
        self.assertEqual(set(lists[1]), {"ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"})
        self.assertEqual(tuple(lists[2]), CIPHERS)
        self.assertEqual(tuple(lists[4]), MACS)

    def test_S27_what_the_system_file_names_is_not_negotiated(self):
        peer = self.peer().greet()
        peer.send(peer.kexinit(kex="diffie-hellman-group14-sha1", ciphers="aes128-cbc", macs="hmac-sha1"))
        self.assert_ends(peer, KEXINIT)
