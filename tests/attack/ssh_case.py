"""What attack tests of the SFTP door share: whatever a test does to the server, a good client is served afterwards."""

import functools
import itertools

import paramiko

from attack.case import AttackCase, limits
from attack.ssh_channel import Sftp
from attack.ssh_keys import Ed25519Key
from attack.ssh_peer import SshPeer
from attack.ssh_wire import DISCONNECT, Fields
from support.case import payload

CLIENT_SECONDS = 30

_numbers = itertools.count()


@functools.lru_cache(maxsize=None)
def key_of(user):
    """The key that logs `user` in: it costs the server far less than a password."""
    return Ed25519Key()


def user(name, **table):
    return {"password": f"{name} secret", "ssh_keys": [key_of(name).line], **table}


def ssh_options(users=None, **changed_limits):
    """Server options for an SFTP listener."""
    return {"protocols": ("sftp",), "ssh": {"host_keys": ["ssh/ed25519", "ssh/rsa"]}, "durability": "none",
            "users": users or {"demo": user("demo"), "other": user("other")}, **limits(**changed_limits)}


class SshCase(AttackCase):
    server_options = ssh_options()

    def assert_alive(self):
        """A fresh client completes an upload, and no session has failed on the server's own account."""
        name, data = f"alive-{next(_numbers)}.bin", payload(50_000)
        with self.good_client() as client:
            with client.open_sftp().open(name, "wb") as file:
                file.set_pipelined(True)
                file.write(data)
        self.assert_stored(name, data)
        self.assertEqual(self.server.events("session.failed"), [])

    def good_client(self, name="demo", source=None):
        """Somebody else's client, logged in with the password; a context manager."""
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        host, port = self.server.address("sftp")
        client.connect(host, port, name, self.server.password(name), timeout=CLIENT_SECONDS,
                       banner_timeout=CLIENT_SECONDS, auth_timeout=CLIENT_SECONDS, allow_agent=False,
                       look_for_keys=False)
        self.addCleanup(client.close)
        return client

    # ---------------------------------------------------------------- connections that misbehave

    def peer(self, **options):
        peer = SshPeer(self.server, **options)
        self.addCleanup(peer.close)
        return peer

    def logged_in(self, name="demo", **options):
        return self.peer(**options).log_in(name, key_of(name))

    def sftp(self, name="demo", channel=None, **options):
        """An SFTP session of its own connection, after INIT; `channel` holds options of its channel."""
        return Sftp(self.logged_in(name, **options), **(channel or {}))

    # ---------------------------------------------------------------- what must come of it

    def assert_ends(self, peer, *allowed):
        """The connection ends; before that come only DISCONNECT and messages with these numbers. Returns them."""
        payloads = peer.rest()
        self.assertLessEqual({payload[0] for payload in payloads}, {DISCONNECT, *allowed}, payloads)
        return payloads

    def assert_disconnected(self, payloads, words):
        """The last of them says goodbye with these words."""
        self.assertEqual(payloads[-1][0], DISCONNECT, payloads)
        fields = Fields(payloads[-1][5:])
        self.assertIn(words, fields.string().decode())

    def open_sessions(self):
        return self.warnings("session.open") - self.warnings("session.close")

    def wait_for_quiet(self):
        self.wait_until(lambda: self.open_sessions() == 0, "all sessions have ended")

    def settled_holdings(self):
        """What the server holds with nobody connected."""
        self.wait_for_quiet()
        return self.holdings()

    def assert_undisturbed(self, sftp):
        """A session that was open all the time still does its work."""
        name = f"undisturbed-{next(_numbers)}.bin"
        self.assertEqual(sftp.put(name, b"as if nothing happened" * 1000), 0)
        self.assert_stored(name, b"as if nothing happened" * 1000)
