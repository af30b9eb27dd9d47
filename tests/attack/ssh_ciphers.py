"""
The ciphers that the server offers, for one direction, by which packets can be sealed that no library would send: with
any length field, and with a right MAC all the same.

Each class has KEY_BYTES, IV_BYTES, BLOCK_BYTES, TAG_BYTES and
    seal(sequence, length, body)   the bytes on the wire of a packet whose length field says `length`
    open(sequence, receive)        the body of the next packet; `receive(count)` yields wire bytes
A body is the length of the padding, the payload and the padding (RFC 4253 section 6).
"""

import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.poly1305 import Poly1305

CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr",
           "aes192-ctr", "aes128-ctr")
MACS = ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com")


class Plain:
    """Before the first NEWKEYS."""

    BLOCK_BYTES, TAG_BYTES = 8, 0
    LENGTH_COUNTS = True  # the length field belongs to what is padded to whole blocks

    def seal(self, _sequence, length, body):
        return struct.pack(">I", length) + body

    def open(self, _sequence, receive):
        return receive(struct.unpack(">I", receive(4))[0])


class Gcm:
    """RFC 5647, as OpenSSH has it: the length in clear is authenticated."""

    IV_BYTES, BLOCK_BYTES, TAG_BYTES = 12, 16, 16
    LENGTH_COUNTS = False

    def __init__(self, key, iv):
        self._aead = AESGCM(key)
        self._fixed, self._counter = iv[:4], struct.unpack(">Q", iv[4:])[0]

    def seal(self, _sequence, length, body):
        field = struct.pack(">I", length)
        return field + self._aead.encrypt(self._nonce(), body, field)

    def open(self, _sequence, receive):
        field = receive(4)
        return self._aead.decrypt(self._nonce(), receive(struct.unpack(">I", field)[0] + self.TAG_BYTES), field)

    def _nonce(self):
        nonce = self._fixed + struct.pack(">Q", self._counter)
        self._counter = (self._counter + 1) % 2**64
        return nonce


class Aes256Gcm(Gcm):
    KEY_BYTES = 32


class Aes128Gcm(Gcm):
    KEY_BYTES = 16


class ChaCha20Poly1305:
    """PROTOCOL.chacha20poly1305 of OpenSSH: one key for the length, one for the rest."""

    KEY_BYTES, IV_BYTES, BLOCK_BYTES, TAG_BYTES = 64, 0, 8, 16
    LENGTH_COUNTS = False

    def __init__(self, key, _iv):
        self._main, self._header = key[:32], key[32:]

    def seal(self, sequence, length, body):
        wire = self._stream(self._header, sequence, 0).update(struct.pack(">I", length))
        wire += self._stream(self._main, sequence, 1).update(body)
        return wire + Poly1305.generate_tag(self._tag_key(sequence), wire)

    def open(self, sequence, receive):
        field = receive(4)
        length = struct.unpack(">I", self._stream(self._header, sequence, 0).update(field))[0]
        body, tag = receive(length), receive(self.TAG_BYTES)
        Poly1305.verify_tag(self._tag_key(sequence), field + body, tag)
        return self._stream(self._main, sequence, 1).update(body)

    def _tag_key(self, sequence):
        return self._stream(self._main, sequence, 0).update(bytes(32))

    @staticmethod
    def _stream(key, sequence, block):
        nonce = struct.pack("<Q", block) + struct.pack(">Q", sequence)
        return Cipher(algorithms.ChaCha20(key, nonce), mode=None).encryptor()


class CounterMode:
    """RFC 4344 with a MAC over what is encrypted; `mac_key` decides which."""

    IV_BYTES = BLOCK_BYTES = 16
    LENGTH_COUNTS = False

    def __init__(self, key, iv, mac_key):
        stream = Cipher(algorithms.AES(key), modes.CTR(iv))
        self._encrypt, self._decrypt = stream.encryptor(), stream.decryptor()
        self._mac_key, self._hash = mac_key, {32: hashlib.sha256, 64: hashlib.sha512}[len(mac_key)]
        self.TAG_BYTES = len(mac_key)

    def seal(self, sequence, length, body):
        wire = struct.pack(">I", length) + self._encrypt.update(body)
        return wire + self._tag(sequence, wire)

    def open(self, sequence, receive):
        field = receive(4)
        body = receive(struct.unpack(">I", field)[0])
        if not hmac.compare_digest(receive(self.TAG_BYTES), self._tag(sequence, field + body)):
            raise ValueError("the server's MAC is wrong")
        return self._decrypt.update(body)

    def _tag(self, sequence, wire):
        return hmac.new(self._mac_key, struct.pack(">I", sequence) + wire, self._hash).digest()


class Aes256Ctr(CounterMode):
    KEY_BYTES = 32


class Aes192Ctr(CounterMode):
    KEY_BYTES = 24


class Aes128Ctr(CounterMode):
    KEY_BYTES = 16


_CLASSES = dict(zip(CIPHERS, (Aes256Gcm, Aes128Gcm, ChaCha20Poly1305, Aes256Ctr, Aes192Ctr, Aes128Ctr)))
_MAC_KEY_BYTES = dict(zip(MACS, (32, 64)))


def make(cipher, mac, derive, letters):
    """
    The cipher of one direction. `derive(letter, count)` yields key material (RFC 4253 section 7.2); `letters` are those
    of the IV, the key and the MAC key.
    """
    kind = _CLASSES[cipher]
    iv, key = derive(letters[0], kind.IV_BYTES), derive(letters[1], kind.KEY_BYTES)
    if issubclass(kind, CounterMode):
        return kind(key, iv, derive(letters[2], _MAC_KEY_BYTES[mac]))
    return kind(key, iv)
