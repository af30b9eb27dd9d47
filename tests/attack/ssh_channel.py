"""A channel of an SSH connection, and SFTP on it, of which the test says every byte."""

from attack.ssh_wire import (CHANNEL_CLOSE, CHANNEL_DATA, CHANNEL_EOF, CHANNEL_EXTENDED_DATA, CHANNEL_FAILURE,
                             CHANNEL_OPEN, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, CHANNEL_REQUEST,
                             CHANNEL_SUCCESS, CHANNEL_WINDOW_ADJUST, Fields, boolean, string, u32, u64)

WHOLE_WINDOW = 2**31 - 1
MAX_PACKET = 32 * 1024

INIT, VERSION, OPEN, CLOSE, READ, WRITE, LSTAT, FSTAT, SETSTAT, FSETSTAT = range(1, 11)
OPENDIR, READDIR, REMOVE, MKDIR, RMDIR, REALPATH, STAT, RENAME, READLINK, SYMLINK = range(11, 21)
STATUS, HANDLE, DATA, NAME, ATTRS = range(101, 106)
EXTENDED, EXTENDED_REPLY = 200, 201
OK, EOF, NO_SUCH_FILE, PERMISSION_DENIED, FAILURE, BAD_MESSAGE, OP_UNSUPPORTED = 0, 1, 2, 3, 4, 5, 8
FOR_READING, FOR_WRITING, APPENDING, CREATING, TRUNCATING, EXCLUSIVE = 1, 2, 4, 8, 16, 32
NEW_FILE = FOR_WRITING | CREATING | TRUNCATING
SIZE_GIVEN, OWNER_GIVEN, MODE_GIVEN, TIMES_GIVEN, EXTENDED_GIVEN = 1, 2, 4, 8, 0x80000000
NO_ATTRIBUTES = u32(0)


def open_request(number, kind="session", window=WHOLE_WINDOW, max_packet=MAX_PACKET, fields=b""):
    return bytes([CHANNEL_OPEN]) + string(kind) + u32(number) + u32(window) + u32(max_packet) + fields


class Channel:
    """A session channel, open. `taken` is what the server has sent and nobody has read."""

    def __init__(self, peer, number=0, window=WHOLE_WINDOW, max_packet=MAX_PACKET):
        self.peer, self.number = peer, number
        peer.send(open_request(number, window=window, max_packet=max_packet))
        answer = Fields(peer.expect(CHANNEL_OPEN_CONFIRMATION)[1:])
        answer.u32()
        self.server_number, self.window, self.server_max_packet = answer.u32(), answer.u32(), answer.u32()
        self.taken, self.errors, self.ended, self.closed = bytearray(), bytearray(), False, False
        self.packet_sizes = []

    # ---------------------------------------------------------------- what goes out

    def message(self, number, fields=b""):
        return bytes([number]) + u32(self.server_number) + fields

    def request(self, kind, fields=b"", want_reply=True):
        return self.message(CHANNEL_REQUEST, string(kind) + boolean(want_reply) + fields)

    def data(self, data):
        """DATA, whatever the window says."""
        return self.message(CHANNEL_DATA, string(data))

    def write(self, data):
        """Sends all of `data` as the server's window allows, and listens while it does not."""
        while data:
            while not self.window:
                self.pump()
            count = min(len(data), self.window, self.server_max_packet, MAX_PACKET)
            self.peer.send(self.data(data[:count]))
            self.window -= count
            data = data[count:]

    def grant(self, count):
        self.peer.send(self.message(CHANNEL_WINDOW_ADJUST, u32(count)))

    # ---------------------------------------------------------------- what comes in

    def pump(self):
        """Handles one message, and returns it. EOFError when the connection has ended."""
        message = self.peer.receive()
        fields = Fields(message[1:])
        number = message[0]
        if CHANNEL_OPEN_CONFIRMATION <= number <= CHANNEL_FAILURE and number != CHANNEL_OPEN_FAILURE:
            if fields.u32() != self.number:
                return message
        if number == CHANNEL_WINDOW_ADJUST:
            self.window += fields.u32()
        elif number == CHANNEL_DATA:
            data = fields.string()
            self.packet_sizes.append(len(data))
            self.taken += data
        elif number == CHANNEL_EXTENDED_DATA:
            fields.u32()
            self.errors += fields.string()
        elif number == CHANNEL_EOF:
            self.ended = True
        elif number == CHANNEL_CLOSE:
            self.ended = self.closed = True
        return message

    def answer(self):
        """True for SUCCESS, False for FAILURE, whichever comes next."""
        while True:
            number = self.pump()[0]
            if number in (CHANNEL_SUCCESS, CHANNEL_FAILURE):
                return number == CHANNEL_SUCCESS
            if self.closed:
                raise EOFError("the channel was closed instead of an answer")

    def subsystem(self, name="sftp"):
        self.peer.send(self.request("subsystem", string(name)))
        return self.answer()

    def take(self, count):
        while len(self.taken) < count:
            if self.ended:
                raise EOFError("the channel has ended")
            self.pump()
        data = bytes(self.taken[:count])
        del self.taken[:count]
        return data

    def close(self):
        """Closes, and waits for the server to do the same."""
        self.peer.send(self.message(CHANNEL_CLOSE))
        while not self.closed:
            self.pump()


class Sftp:
    """SFTP on a channel of its own; INIT is done unless told otherwise."""

    def __init__(self, peer, start=True, **channel_options):
        self.channel = Channel(peer, **channel_options)
        if not self.channel.subsystem():
            raise AssertionError("the subsystem sftp was refused")
        self._next_id = 1
        if start:
            self.init()

    def init(self, version=3):
        self.channel.write(packet(INIT, u32(version)))
        kind, fields = self.packet()
        if kind != VERSION:
            raise AssertionError(f"VERSION expected, got {kind}")
        return fields

    def packet(self):
        """The next packet: its type and its fields."""
        body = self.channel.take(int.from_bytes(self.channel.take(4), "big"))
        return body[0], Fields(body[1:])

    def build(self, kind, fields=b"", number=None):
        """A request, and the id that it got."""
        if number is None:
            number, self._next_id = self._next_id, self._next_id + 1
        return packet(kind, u32(number) + fields), number

    def reply(self, number=None):
        """The next answer: its type and its fields behind the id, which must be `number` unless that is None."""
        kind, fields = self.packet()
        answered = fields.u32()
        if number is not None and answered != number:
            raise AssertionError(f"an answer to {answered}, {number} expected")
        return kind, fields

    def ask(self, kind, fields=b""):
        request, number = self.build(kind, fields)
        self.channel.write(request)
        return self.reply(number)

    def status(self, kind, fields=b""):
        """The status code of the answer to a request that is answered by nothing else."""
        answer, rest = self.ask(kind, fields)
        if answer != STATUS:
            raise AssertionError(f"STATUS expected, got {answer}: {rest.rest()!r}")
        return rest.u32()

    def open(self, name, flags=NEW_FILE, attributes=NO_ATTRIBUTES):
        """The handle of a file."""
        kind, fields = self.ask(OPEN, string(name) + u32(flags) + attributes)
        if kind != HANDLE:
            raise AssertionError(f"OPEN {name}: status {fields.u32()} {fields.string()!r}")
        return fields.string()

    def write(self, handle, offset, data):
        return self.status(WRITE, string(handle) + u64(offset) + string(data))

    def close(self, handle):
        return self.status(CLOSE, string(handle))

    def read(self, handle, offset, count):
        """The bytes, or the status code that came instead."""
        kind, fields = self.ask(READ, string(handle) + u64(offset) + u32(count))
        return fields.string() if kind == DATA else fields.u32()

    def put(self, name, data):
        """A whole upload; the status of its CLOSE."""
        handle = self.open(name)
        for at in range(0, len(data), MAX_PACKET - 1024):
            code = self.write(handle, at, data[at:at + MAX_PACKET - 1024])
            if code != OK:
                raise AssertionError(f"WRITE at {at}: status {code}")
        return self.close(handle)


def packet(kind, fields=b""):
    return u32(1 + len(fields)) + bytes([kind]) + fields
