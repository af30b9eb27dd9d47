"""A control connection of which the test says every byte, and its data connections."""

import re
import socket
import ssl

from attack.tls_pipe import TlsPipe
from support.ftps_client import client_context

TIMEOUT_SECONDS = 30


class Control:
    """
    Connected, from the address `source`, after the bytes `header` of a load balancer; the greeting is read. `close` is
    idempotent.
    """

    def __init__(self, server, protocol="ftps", context=None, session=None, receive_bytes=None, source="", header=b""):
        self.server, self.protocol, self.source = server, protocol, source
        self.context = context or client_context(server)
        self.tls, self._unread = None, b""
        self.socket = connect(server.address(protocol), source=source, receive_bytes=receive_bytes)
        self.socket.sendall(header)
        if protocol == "ftps-implicit":
            self.tls = TlsPipe(self.socket, self.context, session).handshake()
        self.greeting = self.reply()

    def close(self):
        self.socket.close()

    def send(self, data):
        (self.tls or self.socket).sendall(data)

    def line(self):
        """One line with its line end. EOFError when the connection ends before."""
        while b"\n" not in self._unread:
            data = self._receive()
            if not data:
                raise EOFError(f"closed after {self._unread!r}")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line + b"\n"

    def reply(self):
        """One reply, all its lines, without the last line end."""
        first = self.line()
        text, last = first, first
        while first[3:4] == b"-" and not last.startswith(first[:3] + b" "):
            last = self.line()
            text += last
        return text.decode("utf-8", "surrogateescape").rstrip("\r\n")

    def command(self, text):
        self.send(text.encode("utf-8", "surrogateescape") + b"\r\n")
        return self.reply()

    def rest(self):
        """Everything until the server closes, however it does that. TimeoutError when it does not."""
        data = self._unread
        self._unread = b""
        while True:
            more = self._receive()
            if not more:
                return data
            data += more

    def start_tls(self, session=None):
        reply = self.command("AUTH TLS")
        if not reply.startswith("234"):
            raise AssertionError(f"AUTH TLS: {reply}")
        self.tls = TlsPipe(self.socket, self.context, session).handshake()
        return self

    def log_in(self, user="demo", protect=True):
        """TLS if it is not on yet, USER, PASS and PROT P."""
        if self.tls is None:
            self.start_tls()
        self.command(f"USER {user}")
        reply = self.command(f"PASS {self.server.password(user)}")
        if not reply.startswith("230"):
            raise AssertionError(f"login: {reply}")
        if protect:
            self.command("PROT P")
        return self

    def passive(self, command="EPSV"):
        """The address of a new passive port."""
        reply = self.command(command)
        if reply.startswith("229"):
            return self.socket.getpeername()[0], int(re.search(r"\|\|\|(\d+)\|", reply)[1])
        numbers = re.search(r"(\d+,){5}\d+", reply)
        if not reply.startswith("227") or not numbers:
            raise AssertionError(f"{command}: {reply}")
        *host, high, low = numbers[0].split(",")
        return ".".join(host), int(high) * 256 + int(low)

    def data(self, command, session=None):
        """A data connection for `command`, encrypted, after its 150."""
        connection = connect(self.passive(), source=self.source)
        reply = self.command(command)
        if not reply.startswith("150"):
            connection.close()
            raise AssertionError(f"{command}: {reply}")
        return TlsPipe(connection, self.context, session).handshake()

    def store(self, name, data, command="STOR"):
        """A whole upload; its final reply."""
        channel = self.data(f"{command} {name}")
        channel.sendall(data)
        channel.finish()
        return self.reply()

    def _receive(self):
        try:
            return (self.tls or self.socket).recv(65536)
        except (ConnectionError, ssl.SSLEOFError):
            return b""
        except ssl.SSLError as error:
            if "EOF" in str(error) or "eof" in str(error):
                return b""
            raise


def connect(address, source="", receive_bytes=None):
    """A bare connection, from the address `source`, whose receive buffer is small when `receive_bytes` is."""
    connection = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
    connection.settimeout(TIMEOUT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if receive_bytes:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    try:
        if source:
            connection.bind((source, 0))
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def remainder(connection):
    """What still comes on a bare socket until it ends, also by RST. TimeoutError when it does not end."""
    data = b""
    try:
        while more := connection.recv(65536):
            data += more
    except ConnectionError:
        pass
    return data
