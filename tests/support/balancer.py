"""A load balancer in TCP mode that tells the server for whom it connects (PROXY protocol, versions 1 and 2)."""

import contextlib
import ipaddress
import selectors
import socket
import struct
import threading

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL, PROXY = 0x20, 0x21
UNSPECIFIED, TCP4, TCP6, UNIX = 0x00, 0x11, 0x21, 0x31
# The balancer's address towards the server, in BALANCERS, and the one that clients connect to.
BALANCER, BALANCERS, FRONT = "127.0.0.9", "127.0.0.8/30", "127.0.0.3"


def v1(source, destination):
    """A header of version 1 for two (address, port)."""
    family = "TCP6" if ":" in source[0] else "TCP4"
    return f"PROXY {family} {source[0]} {destination[0]} {source[1]} {destination[1]}\r\n".encode()


def v2(source=None, destination=None, command=PROXY, family=None, extensions=b""):
    """A header of version 2; without `source` one that holds no addresses."""
    block = b""
    if source:
        addresses = [ipaddress.ip_address(address) for address, _ in (source, destination)]
        block = b"".join(address.packed for address in addresses) + struct.pack("!HH", source[1], destination[1])
        family = family or (TCP6 if addresses[0].version == 6 else TCP4)
    block += extensions
    return SIGNATURE + struct.pack("!BBH", command, family or UNSPECIFIED, len(block)) + block


class Balancer:
    """
    Relays every port of `ports` from FRONT to the same port of 127.0.0.1, coming from BALANCER, each connection with
    a `header(source, destination)` in front. A context manager.
    """

    def __init__(self, ports, header=v1):
        self._header = header
        self._selector = selectors.DefaultSelector()
        self._wake, self._stop = socket.socketpair()
        self._selector.register(self._stop, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._open = []
        for port in ports:
            listener = socket.create_server((FRONT, port))
            self._open.append(listener)
            self._selector.register(listener, selectors.EVENT_READ)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._wake.close()
        self._thread.join(10)
        for connection in [*self._open, self._stop]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _serve(self):
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._stop:
                    return
                client, _ = key.fileobj.accept()
                self._relay(client)

    def _relay(self, client):
        server = socket.socket()
        self._open += [client, server]
        server.bind((BALANCER, 0))
        try:
            server.connect(("127.0.0.1", client.getsockname()[1]))
            server.sendall(self._header(client.getpeername(), client.getsockname()))
        except OSError:
            client.close()
            return
        for source, sink in ((client, server), (server, client)):
            threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # one side went away, and the other will notice
