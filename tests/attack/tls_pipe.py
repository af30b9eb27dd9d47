"""A TLS client whose records pass through our hands: to be recorded, delayed, cut, changed or sent as urgent data."""

import socket
import ssl

APPLICATION_DATA = 23
RECORD_HEADER_BYTES = 5
RECORD_TYPES = {20, 21, 22, APPLICATION_DATA}
MAX_RECORD_BYTES = (1 << 14) + 256


class TlsPipe:
    """TLS over `connection`, which stays open to bytes from elsewhere. Call `handshake` first."""

    def __init__(self, connection, context, session=None):
        self.connection = connection
        self.received = bytearray()
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_hostname="127.0.0.1", session=session)

    def handshake(self):
        self._until_done(self._tls.do_handshake)
        return self

    def seal(self, data):
        """`data` as TLS records that are not sent: the caller does that, or not."""
        sealed = bytearray()
        for at in range(0, len(data), 1 << 14):
            self._tls.write(data[at:at + (1 << 14)])
            sealed += self._out.read()
        return bytes(sealed)

    def sendall(self, data):
        self.connection.sendall(self.seal(data))

    def recv(self, size):
        """b"" at close_notify; ssl.SSLError when the connection ends without."""
        try:
            return self._until_done(lambda: self._tls.read(size))
        except ssl.SSLZeroReturnError:
            return b""

    def close_notify(self):
        """Says that nothing follows, without waiting for the same from the other side."""
        try:
            self._tls.unwrap()
        except (ssl.SSLWantReadError, ssl.SSLSyscallError):
            pass
        self._flush()

    def finish(self):
        """The end that both sides say."""
        self.close_notify()
        while self.recv(65536):
            pass
        self.close()

    def close(self):
        self.connection.close()

    def reset(self):
        """Ends the connection with RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    @property
    def session(self):
        return self._tls.session

    @property
    def session_reused(self):
        return self._tls.session_reused

    @property
    def version(self):
        return self._tls.version()

    @property
    def alpn(self):
        return self._tls.selected_alpn_protocol()

    def _until_done(self, call):
        while True:
            try:
                result = call()
                self._flush()
                return result
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLError:
                self._flush()
                raise

    def _flush(self):
        if self._out.pending:
            self.connection.sendall(self._out.read())

    def _fill(self):
        data = self.connection.recv(65536)
        self.received += data
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()


def record_types(stream):
    """The types of the TLS records that `stream` consists of; ValueError when it holds anything else."""
    types, at = [], 0
    while at < len(stream):
        size = int.from_bytes(stream[at + 3:at + 5], "big")
        whole = at + RECORD_HEADER_BYTES + size
        if stream[at] not in RECORD_TYPES or stream[at + 1] != 3 or size > MAX_RECORD_BYTES or whole > len(stream):
            raise ValueError(f"no TLS record at byte {at}: {bytes(stream[at:at + 40])}")
        types.append(stream[at])
        at = whole
    return types
