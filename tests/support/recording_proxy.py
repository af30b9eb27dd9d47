"""A TCP relay that keeps what went through it, to prove what a client did and did not send."""

import socket
import threading


class RecordingProxy:
    """Relays 127.0.0.1:port to `target`, one connection after another. A context manager."""

    def __init__(self, target):
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.address = self._listener.getsockname()
        self.sent_by_client, self.sent_by_server = bytearray(), bytearray()

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(timeout=10)
        self._listener.close()

    def _serve(self):
        while not self._stop.is_set():
            try:
                client, _ = self._listener.accept()
            except socket.timeout:
                continue
            with client, socket.create_connection(self._target, timeout=10) as server:
                back = threading.Thread(target=_copy, args=(server, client, self.sent_by_server), daemon=True)
                back.start()
                _copy(client, server, self.sent_by_client)
                back.join(timeout=10)


def _copy(source, sink, record):
    source.settimeout(30)
    try:
        while data := source.recv(65536):
            record += data
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the other side went away: what was recorded until then is what counts
