"""An SSH connection of which the test says every packet: in any order, of any form, sealed by any cipher."""

import hashlib
import os

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from attack import ssh_ciphers
from attack.control import connect
from attack.ssh_keys import verify_host_signature
from attack.ssh_wire import (DISCONNECT, EXT_INFO, IGNORE, DEBUG, KEX_ECDH_INIT, KEX_ECDH_REPLY, KEXINIT, NEWKEYS,
                             SERVICE_ACCEPT, SERVICE_REQUEST, UNASSIGNED, UNIMPLEMENTED, USERAUTH_REQUEST,
                             USERAUTH_SUCCESS, Fields, boolean, mpint, string, u32)

BANNER = b"SSH-2.0-attack"
STRICT_CLIENT, STRICT_SERVER = b"kex-strict-c-v00@openssh.com", b"kex-strict-s-v00@openssh.com"
KEX = "curve25519-sha256"
MEANINGLESS = (IGNORE, DEBUG, EXT_INFO)


class SshPeer:
    """
    Connected to the SFTP listener; nothing is said yet. `greet`, `exchange_keys` and `log_in` go on from there,
    each doing what comes before it, too, if need be. `close` is idempotent.
    """

    def __init__(self, server, *, cipher=ssh_ciphers.CIPHERS[0], mac=ssh_ciphers.MACS[0], strict=True, source="",
                 receive_bytes=None):
        self.server, self.cipher, self.mac, self.strict = server, cipher, mac, strict
        self.socket = connect(server.address("sftp"), source=source, receive_bytes=receive_bytes)
        self.server_banner = self.session_id = self.server_kexinit = None
        self.kexinit_sent = b""
        self.sealer, self.opener = ssh_ciphers.Plain(), ssh_ciphers.Plain()
        self.sent = self.received = 0  # sequence numbers of the next packets
        self._unread, self._kept_back = b"", []

    def close(self):
        self.socket.close()

    # ---------------------------------------------------------------- bytes and packets

    def send_raw(self, data):
        self.socket.sendall(data)

    def seal(self, payload, padding=None, length=None):
        """A packet on the wire, numbered as the next one; `padding` and `length` replace what would be right."""
        if padding is None:
            counted = len(payload) + 1 + (4 if getattr(self.sealer, "LENGTH_COUNTS", False) else 0)
            padding = self.sealer.BLOCK_BYTES - counted % self.sealer.BLOCK_BYTES
            padding += self.sealer.BLOCK_BYTES if padding < 4 else 0
        return self.seal_body(bytes([padding]) + payload + os.urandom(padding), length)

    def seal_body(self, body, length=None):
        """The same for a whole body: length of the padding, payload, padding."""
        wire = self.sealer.seal(self.sent, len(body) if length is None else length, body)
        self.sent = (self.sent + 1) % 2**32
        return wire

    def send(self, *payloads):
        self.send_raw(b"".join(self.seal(payload) for payload in payloads))

    def receive(self):
        """The next payload. EOFError when the connection has ended, TimeoutError when nothing comes."""
        return self._kept_back.pop(0) if self._kept_back else self._receive_packet()

    def _receive_packet(self):
        body = self.opener.open(self.received, self._take)
        self.received = (self.received + 1) % 2**32
        return body[1:len(body) - body[0]]

    def _take(self, count):
        while len(self._unread) < count:
            self._unread += self._more()
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken

    def _more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            raise EOFError(f"closed after {self._unread!r}")
        return data

    def expect(self, *numbers):
        """The next payload that means something, which must have one of these numbers."""
        while True:
            payload = self.receive()
            if payload[0] in numbers:
                return payload
            if payload[0] not in MEANINGLESS:
                raise AssertionError(f"{numbers} expected, got {payload[:200]!r}")

    def rest(self):
        """All payloads until the connection ends. TimeoutError when it does not."""
        payloads = []
        try:
            while True:
                payloads.append(self.receive())
        except EOFError:
            return payloads

    def answers(self, *payloads):
        """
        Sends these and says what comes before the answer to a packet that nobody knows; None for the end of the
        connection. That answer may overtake answers to requests.
        """
        probe = self.sent + len(payloads)
        try:
            self.send(*payloads, bytes([UNASSIGNED]))
        except ConnectionError:
            pass
        return self.until(lambda answer: answer[:5] == bytes([UNIMPLEMENTED]) + u32(probe))

    def answers_before(self, payloads, last, number):
        """The same with the request `last`, whose answer has this number and overtakes nothing."""
        try:
            self.send(*payloads, last)
        except ConnectionError:
            pass
        return self.until(lambda answer: answer[:1] == bytes([number]))

    def until(self, is_last):
        """The payloads that come before one of which `is_last` is true; None for the end of the connection."""
        payloads = []
        try:
            while not is_last(payload := self.receive()):
                payloads.append(payload)
            return payloads
        except EOFError:
            return payloads + [None]

    # ---------------------------------------------------------------- key exchange

    def greet(self, banner=BANNER):
        self.banner = banner
        self.send_raw(banner + b"\r\n")
        line = b""
        while not line.endswith(b"\n"):
            line += self._take(1)
        self.server_banner = line.rstrip(b"\r\n")
        return self

    def kexinit(self, kex=None, host_keys="ssh-ed25519", ciphers=None, macs=None, compression="none", follows=False):
        """A KEXINIT that offers this. The defaults choose what the constructor was told."""
        if kex is None:
            kex = KEX + ("," + STRICT_CLIENT.decode() if self.strict else "")
        ciphers = self.cipher if ciphers is None else ciphers
        macs = self.mac if macs is None else macs
        lists = (kex, host_keys, ciphers, ciphers, macs, macs, compression, compression, "", "")
        return bytes([KEXINIT]) + os.urandom(16) + b"".join(map(string, lists)) + boolean(follows) + u32(0)

    def exchange_keys(self, kexinit=None):
        """A whole key exchange, the first one or a later one."""
        if self.server_banner is None:
            self.greet()
        self.kexinit_sent = kexinit or self.kexinit()
        self.send(self.kexinit_sent)
        self.server_kexinit = self.expect_kex(KEXINIT)
        self.send_ecdh_init()
        self.finish_key_exchange()
        return self

    def send_ecdh_init(self):
        self._private = X25519PrivateKey.generate()
        self._public = self._private.public_key().public_bytes(serialization.Encoding.Raw,
                                                               serialization.PublicFormat.Raw)
        self.send(bytes([KEX_ECDH_INIT]) + string(self._public))

    def finish_key_exchange(self):
        """From the server's answer on."""
        self.take_reply()
        self.send(bytes([NEWKEYS]))
        self.expect_kex(NEWKEYS)
        self.use_new_keys()

    def take_reply(self):
        """Computes keys from the server's answer, which is checked."""
        reply = Fields(self.expect_kex(KEX_ECDH_REPLY)[1:])
        host_key, point, signature = reply.string(), reply.string(), reply.string()
        secret = mpint(self._private.exchange(X25519PublicKey.from_public_bytes(point)))
        digest = hashlib.sha256(string(self.banner) + string(self.server_banner) + string(self.kexinit_sent) +
                                string(self.server_kexinit) + string(host_key) + string(self._public) +
                                string(point) + secret).digest()
        verify_host_signature(host_key, signature, digest)
        self.session_id = self.session_id or digest
        self._secret, self._digest = secret, digest

    def use_new_keys(self):
        self.sealer = ssh_ciphers.make(self.cipher, self.mac, self._derive, b"ACE")
        self.opener = ssh_ciphers.make(self.cipher, self.mac, self._derive, b"BDF")
        if self.strict:
            self.sent = self.received = 0

    def _derive(self, letter, count):
        key = hashlib.sha256(self._secret + self._digest + bytes([letter]) + self.session_id).digest()
        while len(key) < count:
            key += hashlib.sha256(self._secret + self._digest + key).digest()
        return key[:count]

    def expect_kex(self, number):
        """A packet of the key exchange; what else comes in between is kept for `receive`."""
        while True:
            payload = self._receive_packet()
            if payload[0] == number:
                return payload
            if payload[0] == DISCONNECT:
                raise EOFError(f"disconnected: {payload!r}")
            self._kept_back.append(payload)

    # ---------------------------------------------------------------- login

    def request_service(self, name="ssh-userauth"):
        if self.session_id is None:
            self.exchange_keys()
        self.send(bytes([SERVICE_REQUEST]) + string(name))
        self.expect(SERVICE_ACCEPT)
        return self

    def auth_request(self, user, method, fields=b"", service="ssh-connection"):
        return bytes([USERAUTH_REQUEST]) + string(user) + string(service) + string(method) + fields

    def password_request(self, user, password):
        return self.auth_request(user, "password", boolean(False) + string(password))

    def key_probe(self, user, key, algorithm=None):
        fields = boolean(False) + string(algorithm or key.algorithm) + string(key.blob)
        return self.auth_request(user, "publickey", fields)

    def key_request(self, user, key, algorithm=None, signed_with=None, signer=None, session_id=None):
        """
        What is signed names `algorithm`, the signature is made with `signed_with`, by `signer` where it is not by
        `key`, for `session_id` where it is not for this connection.
        """
        algorithm = algorithm or key.algorithm
        request = self.auth_request(user, "publickey", boolean(True) + string(algorithm) + string(key.blob))
        signature = (signer or key).sign(string(session_id or self.session_id) + request, signed_with)
        return request + string(signature)

    def log_in(self, user="demo", key=None):
        """With the user's password, or with `key`."""
        self.request_service()
        if key is not None:
            self.send(self.key_request(user, key))
        else:
            self.send(self.password_request(user, self.server.password(user)))
        self.expect(USERAUTH_SUCCESS)
        return self
