"""TLS ClientHello records made by hand (RFC 5246 section 7.4.1.2, RFC 8446 section 4.1.2), and the first answer."""

import struct

SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
MODERN_SUITES = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA8, 0xCCA9)
MODERN_SUITES_1_3 = (0x1301, 0x1302, 0x1303)
X25519, SECP256R1, SECP521R1, FFDHE2048 = 0x001D, 0x0017, 0x0019, 0x0100
HANDSHAKE, ALERT = 22, 21
SERVER_HELLO = 2


def vector(data, length_bytes):
    return len(data).to_bytes(length_bytes, "big") + data


def numbers(values, length_bytes=2):
    return vector(b"".join(struct.pack(">H", value) for value in values), length_bytes)


def extension(kind, body):
    return struct.pack(">H", kind) + vector(body, 2)


def server_name(name):
    return extension(0, vector(b"\0" + vector(name, 2), 2))


def groups(values=(X25519, SECP256R1)):
    return extension(10, numbers(values))


def signature_algorithms(values=(0x0403, 0x0503, 0x0804, 0x0805, 0x0401, 0x0501, 0x0807)):
    return extension(13, numbers(values))


def alpn(*names):
    return extension(16, vector(b"".join(vector(name, 1) for name in names), 2))


def supported_versions(*values):
    return extension(43, numbers(values, 1))


def no_key_share():
    """A client that lets the server choose the group (RFC 8446 section 4.2.8)."""
    return extension(51, vector(b"", 2))


def usual_extensions():
    return groups() + signature_algorithms() + extension(11, b"\1\0")


def handshake_message(version=TLS_1_2, suites=MODERN_SUITES, extensions=None, compression=b"\0"):
    body = struct.pack(">H", version) + bytes(range(32)) + vector(b"", 1) + numbers(suites) + vector(compression, 1)
    if extensions is None:
        extensions = usual_extensions()
    if extensions:
        body += vector(extensions, 2)
    return b"\1" + vector(body, 3)


def record(body, kind=HANDSHAKE, version=TLS_1_0):
    return struct.pack(">BH", kind, version) + vector(body, 2)


def client_hello(record_version=TLS_1_0, **parts):
    return record(handshake_message(**parts), version=record_version)


class Answer:
    """The first record that came back. `alert` is its description, `hello` the body of a ServerHello."""

    def __init__(self, data):
        self.alert = self.hello = None
        body = data[5:5 + int.from_bytes(data[3:5], "big")] if len(data) >= 5 else b""
        if data[:1] == bytes([ALERT]) and len(body) == 2:
            self.alert = body[1]
        elif data[:1] == bytes([HANDSHAKE]) and body[:1] == bytes([SERVER_HELLO]):
            self.hello = body[4:]

    @property
    def suite(self):
        return int.from_bytes(self._after_session_id()[:2], "big")

    @property
    def compression(self):
        return self._after_session_id()[2]

    def _after_session_id(self):
        return self.hello[35 + self.hello[34]:]
