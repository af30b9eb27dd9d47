"""HTTP hooks for tests: the example of the handbook, and one of which the test says every byte."""

import contextlib
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

HANDBOOK = Path(__file__).resolve().parents[2] / "docs" / "http-hook.md"
START_SECONDS = 30


def example():
    """The program in the handbook, as written there."""
    return re.search(r"```python\n(.*?)```", HANDBOOK.read_text(), re.DOTALL)[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def run_example(folder, environment):
    """The example of the handbook as a process; its URL."""
    program, port = Path(folder) / "hook.py", free_port()
    program.write_text(example())
    process = subprocess.Popen([sys.executable, str(program), str(port)], env=environment)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


def wait_for(port, process):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the example ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("the example does not listen")


def answer(**members):
    """A whole response with this JSON object."""
    return response(json.dumps(members).encode())


def response(body, status="200 OK", head=b""):
    return (f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n".encode() + head + b"Connection: close\r\n\r\n" + body)


class ScriptedHook:
    """
    Answers each question with what `script` makes of it: bytes, several of them, or None for never. `asked` holds the
    questions.

    listener    an open socket: loopback or Unix
    context     an ssl.SSLContext when it speaks TLS
    """

    def __init__(self, listener, context=None):
        self.script, self.asked, self.heads, self._context = lambda question: answer(result="unknown"), [], [], context
        self._listener, self._held, self._speakers = listener, [], []
        self._accepter = threading.Thread(target=self._run, daemon=True)
        self._accepter.start()

    def close(self):
        # Nothing that a thread still waits for is closed: the kernel may take up a call again that it has interrupted,
        # and the number is somebody else's by then. An accept() would take connections to the next hook.
        shut_down(self._listener)
        see_ended(self._accepter)
        for connection in self._held:
            shut_down(connection)
        for speaker in self._speakers:
            see_ended(speaker)
        for connection in [self._listener, *self._held]:
            connection.close()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                connection.settimeout(START_SECONDS)
                self._held.append(connection)
                self._speakers.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
                self._speakers[-1].start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                self._held.append(connection)
                connection.do_handshake()
            head, body = read_request(connection)
            question = json.loads(body)
            self.heads.append(head)
            self.asked.append(question)
            said = self.script(question)
            if said is not None:
                for piece in [said] if isinstance(said, bytes) else said:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(1)
                connection.close()


def shut_down(connection):
    """Whoever waits for it waits no longer."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def see_ended(thread):
    thread.join(START_SECONDS)
    assert not thread.is_alive(), "a thread of the hook goes on"


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", head)[1])
    while len(body) < length:
        body += received(connection)
    return head, body


def received(connection):
    data = connection.recv(65536)
    if not data:
        raise OSError("closed")
    return data
