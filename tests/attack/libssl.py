"""What Python's ssl module keeps out of reach and an attacker does not need it for: libssl itself."""

import ctypes
import ctypes.util
import socket
import struct
import tempfile
import unittest

SET_MAX_PROTO_VERSION = 124  # SSL_CTRL_SET_MAX_PROTO_VERSION
TLS_1_2, TLS_1_3 = 0x0303, 0x0304
SECONDS = 30


def _load():
    name = ctypes.util.find_library("ssl")
    if name is None:
        raise unittest.SkipTest("libssl cannot be found")
    library = ctypes.CDLL(name)
    pointer, number = ctypes.c_void_p, ctypes.c_int
    for function, result, arguments in (
            ("TLS_client_method", pointer, []),
            ("SSL_CTX_new", pointer, [pointer]),
            ("SSL_CTX_ctrl", ctypes.c_long, [pointer, number, ctypes.c_long, pointer]),
            ("SSL_CTX_free", None, [pointer]),
            ("SSL_new", pointer, [pointer]),
            ("SSL_free", None, [pointer]),
            ("SSL_set_fd", number, [pointer, number]),
            ("SSL_set_wfd", number, [pointer, number]),
            ("SSL_connect", number, [pointer]),
            ("SSL_do_handshake", number, [pointer]),
            ("SSL_renegotiate", number, [pointer]),
            ("SSL_key_update", number, [pointer, number]),
            ("SSL_write", number, [pointer, ctypes.c_char_p, number]),
            ("SSL_read", number, [pointer, ctypes.c_char_p, number]),
            ("SSL_get_session", pointer, [pointer]),
            ("SSL_SESSION_get_max_early_data", ctypes.c_uint32, [pointer]),
            ("SSL_SESSION_has_ticket", number, [pointer])):
        entry = getattr(library, function)
        entry.restype, entry.argtypes = result, arguments
    return library


class LibsslClient:
    """TLS over `connection`, done by libssl; nothing is verified. A context manager; the socket stays the caller's."""

    def __init__(self, connection, version):
        self._ssl = _load()
        limit = struct.pack("ll", SECONDS, 0)
        connection.setblocking(True)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._context = self._ssl.SSL_CTX_new(self._ssl.TLS_client_method())
        self._ssl.SSL_CTX_ctrl(self._context, SET_MAX_PROTO_VERSION, version, None)
        self._connection = self._ssl.SSL_new(self._context)
        self._descriptor = connection.fileno()
        self._ssl.SSL_set_fd(self._connection, self._descriptor)
        if self._ssl.SSL_connect(self._connection) != 1:
            raise AssertionError("libssl could not connect")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._ssl.SSL_free(self._connection)
        self._ssl.SSL_CTX_free(self._context)

    def write(self, data):
        return self._ssl.SSL_write(self._connection, data, len(data)) == len(data)

    def read(self):
        buffer = ctypes.create_string_buffer(16384)
        count = self._ssl.SSL_read(self._connection, buffer, len(buffer))
        return buffer.raw[:max(count, 0)]

    def renegotiate(self):
        """True when a second handshake was done on this connection."""
        if self._ssl.SSL_renegotiate(self._connection) != 1:
            return False
        return self._ssl.SSL_do_handshake(self._connection) == 1 and self.write(b"NOOP\r\n") and bool(self.read())

    def update_keys(self, ask_for_answer=False):
        """Sends one KeyUpdate (RFC 8446 section 4.6.3); False when the connection has ended."""
        return (self._ssl.SSL_key_update(self._connection, int(ask_for_answer)) == 1 and
                self._ssl.SSL_do_handshake(self._connection) == 1)

    def sealed_key_updates(self, count, last):
        """The records of so many KeyUpdates and then of `last`, not sent."""
        with tempfile.TemporaryFile(buffering=0) as file:
            self._ssl.SSL_set_wfd(self._connection, file.fileno())
            for _ in range(count):
                self.update_keys()
            self.write(last)
            self._ssl.SSL_set_wfd(self._connection, self._descriptor)
            file.seek(0)
            return file.read()

    def has_ticket(self):
        return self._ssl.SSL_SESSION_has_ticket(self._ssl.SSL_get_session(self._connection)) == 1

    def max_early_data(self):
        return self._ssl.SSL_SESSION_get_max_early_data(self._ssl.SSL_get_session(self._connection))
