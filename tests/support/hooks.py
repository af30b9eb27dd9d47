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
        self._listener, self._held = listener, []
        threading.Thread(target=self._run, daemon=True).start()

    def close(self):
        self._listener.close()
        for connection in self._held:
            connection.close()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.settimeout(START_SECONDS)
        self._held.append(connection)
        with contextlib.suppress(OSError, ssl.SSLError):
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._held.append(connection)
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
