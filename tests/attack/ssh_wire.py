"""Numbers and fields of SSH (RFC 4250 to 4254) and of SFTP version 3, for clients that say whatever they like."""

import struct

DISCONNECT, IGNORE, UNIMPLEMENTED, DEBUG, SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = 1, 2, 3, 4, 5, 6, 7
KEXINIT, NEWKEYS, KEX_ECDH_INIT, KEX_ECDH_REPLY = 20, 21, 30, 31
USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS, USERAUTH_BANNER = 50, 51, 52, 53
USERAUTH_PK_OK = USERAUTH_INFO_REQUEST = 60
USERAUTH_INFO_RESPONSE = 61
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = 80, 81, 82
CHANNEL_OPEN, CHANNEL_OPEN_CONFIRMATION, CHANNEL_OPEN_FAILURE, CHANNEL_WINDOW_ADJUST = 90, 91, 92, 93
CHANNEL_DATA, CHANNEL_EXTENDED_DATA, CHANNEL_EOF, CHANNEL_CLOSE = 94, 95, 96, 97
CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE = 98, 99, 100

# A number that nobody has assigned: the answer to it is UNIMPLEMENTED.
UNASSIGNED = 191


def u32(number):
    return struct.pack(">I", number)


def u64(number):
    return struct.pack(">Q", number)


def boolean(value):
    return b"\1" if value else b"\0"


def string(value):
    data = value.encode() if isinstance(value, str) else bytes(value)
    return u32(len(data)) + data


def mpint(data):
    """`data` is a positive number, big-endian."""
    digits = data.lstrip(b"\0")
    return string(b"\0" + digits if digits[:1] >= b"\x80" else digits)


class Fields:
    """Takes fields one after the other; IndexError when there are too few bytes."""

    def __init__(self, data):
        self._data, self._at = bytes(data), 0

    def take(self, count):
        end = self._at + count
        if end > len(self._data):
            raise IndexError(f"{count} bytes wanted, {len(self._data) - self._at} left")
        taken, self._at = self._data[self._at:end], end
        return taken

    def byte(self):
        return self.take(1)[0]

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def u64(self):
        return struct.unpack(">Q", self.take(8))[0]

    def string(self):
        return self.take(self.u32())

    def rest(self):
        return self.take(len(self._data) - self._at)
