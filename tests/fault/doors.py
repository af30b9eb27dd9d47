"""One interface over both doors by clients of which a test says every step: begin, send, cut, finish."""

import socket
import ssl
import stat

from attack import ssh_channel
from attack.control import Control, connect
from attack.ssh_case import key_of
from attack.ssh_channel import (APPENDING, CREATING, DATA, FAILURE, FOR_READING, FOR_WRITING, HANDLE, MAX_PACKET, NAME, OK,
                                STATUS, TRUNCATING)
from attack.ssh_peer import SshPeer
from attack.ssh_wire import string as field
from attack.ssh_wire import u32, u64
from attack.tls_pipe import TlsPipe

WRITE_BYTES = MAX_PACKET - 1024
READ_BYTES = 32 * 1024
HELD_BACK = 1  # bytes that a broken upload does not keep of what came last
RESET_ON_CLOSE = b"\1\0\0\0\0\0\0\0"


def string(text):
    """A field of SFTP. What is no UTF-8 comes as it does from os.fsdecode()."""
    return field(text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)


class Refused(Exception):
    """The server said no: `code` is a reply code of FTP, or a status code of SFTP, `text` what it said about it."""

    def __init__(self, code, text):
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text


class FtpsDoor:
    protocol = "ftps"

    def __init__(self, server, user="demo"):
        self.control = Control(server).log_in(user)

    def close(self):
        self.control.close()

    def cut(self, how="FIN"):
        """Ends the control connection without a goodbye."""
        end(self.control.socket, how)

    def begin(self, path, offset=0, append=False, verb=None):
        """An upload that starts at `offset`, or behind what is there; `verb` replaces STOR."""
        if offset:
            self.expect("350", f"REST {offset}")
        command = f"{verb or ('APPE' if append else 'STOR')} {path}"
        connection = connect(self.control.passive())
        try:
            self.expect("150", command)
        except BaseException:
            connection.close()
            raise
        return FtpsUpload(self.control, TlsPipe(connection, self.control.context).handshake())

    def put(self, path, data, **how):
        upload = self.begin(path, **how)
        upload.send(data)
        upload.finish()

    def get(self, path):
        return self._fetch(f"RETR {path}")

    def names(self, path="/"):
        lines = self._fetch(f"MLSD {path}").decode().splitlines()
        entries = [line.split(" ", 1) for line in lines]
        return sorted(name for facts, name in entries if "type=file" in facts.lower() or "type=dir" in facts.lower())

    def size(self, path):
        return int(self.expect("213", f"SIZE {path}").split()[1])

    def remove(self, path):
        self.expect("250", f"DELE {path}")

    def rename(self, source, target):
        self.expect("350", f"RNFR {source}")
        self.expect("250", f"RNTO {target}")

    def mkdir(self, path):
        self.expect("257", f"MKD {path}")

    def rmdir(self, path):
        self.expect("250", f"RMD {path}")

    def expect(self, code, command):
        reply = self.control.command(command)
        if reply[:3] != code:
            raise Refused(reply[:3], reply)
        return reply

    def _fetch(self, command):
        connection = connect(self.control.passive())
        try:
            self.expect("150", command)
            channel = TlsPipe(connection, self.control.context).handshake()
            data = bytearray()
            try:
                while more := channel.recv(65536):
                    data += more
                channel.close_notify()
            except (ssl.SSLError, OSError):
                pass  # the reply says what became of it
            reply = self.control.reply()
            if reply[:3] != "226":
                raise Refused(reply[:3], reply)
            return bytes(data)
        finally:
            connection.close()


class FtpsUpload:
    def __init__(self, control, channel):
        self._control, self.channel = control, channel

    def send(self, data):
        """Stops early when the server has hung up: finish() tells why."""
        try:
            self.channel.sendall(data)
        except OSError:
            pass

    def finish(self):
        try:
            self.channel.finish()
        except (OSError, ssl.SSLError):
            self.channel.close()
        reply = self._control.reply()
        if reply[:3] != "226":
            raise Refused(reply[:3], reply)

    def cut(self, how="FIN"):
        """Ends the data connection without close_notify; the server's reply to that."""
        end(self.channel.connection, how)
        return self._control.reply()


class SftpDoor:
    protocol = "sftp"

    def __init__(self, server, user="demo"):
        self.peer = SshPeer(server).log_in(user, key_of(user))
        self.sftp = ssh_channel.Sftp(self.peer)

    def close(self):
        self.peer.close()

    def cut(self, how="FIN"):
        """Ends the connection without a goodbye."""
        end(self.peer.socket, how)

    def begin(self, path, offset=0, append=False):
        """An upload that starts at `offset`, or behind what is there."""
        keep = APPENDING if append else 0
        handle = self.open(path, FOR_WRITING | CREATING | keep | (0 if offset or append else TRUNCATING))
        return SftpUpload(self, handle, offset)

    def put(self, path, data, **how):
        upload = self.begin(path, **how)
        upload.send(data)
        upload.finish()

    def open(self, path, flags):
        return self.expect(HANDLE, ssh_channel.OPEN, string(path) + u32(flags) + ssh_channel.NO_ATTRIBUTES).string()

    def get(self, path):
        handle, data = self.open(path, FOR_READING), bytearray()
        try:
            while True:
                data += self.expect(DATA, ssh_channel.READ, string(handle) + u64(len(data)) + u32(READ_BYTES)).string()
        except Refused as refused:
            if refused.code != ssh_channel.EOF:
                raise
        finally:
            self.sftp.close(handle)
        return bytes(data)

    def names(self, path="/"):
        handle, names = self.expect(HANDLE, ssh_channel.OPENDIR, string(path)).string(), []
        try:
            while True:
                names += names_of(self.expect(NAME, ssh_channel.READDIR, string(handle)))
        except Refused as refused:
            if refused.code != ssh_channel.EOF:
                raise
        finally:
            self.sftp.close(handle)
        return sorted(name for name in names if name not in (".", ".."))

    def size(self, path):
        """Of a file: FTP knows no other."""
        fields = self.expect(ssh_channel.ATTRS, ssh_channel.STAT, string(path))
        flags, size = fields.u32(), fields.u64()
        fields.take(8 if flags & ssh_channel.OWNER_GIVEN else 0)
        if stat.S_ISDIR(fields.u32()):
            raise Refused(FAILURE, "a folder")
        return size

    def remove(self, path):
        self.do(ssh_channel.REMOVE, string(path))

    def rename(self, source, target):
        """As POSIX does: FTP has only that."""
        self.do(ssh_channel.EXTENDED, string("posix-rename@openssh.com") + string(source) + string(target))

    def mkdir(self, path):
        self.do(ssh_channel.MKDIR, string(path) + ssh_channel.NO_ATTRIBUTES)

    def rmdir(self, path):
        self.do(ssh_channel.RMDIR, string(path))

    def do(self, kind, fields):
        """A request that is answered by OK alone."""
        answer, rest = self.sftp.ask(kind, fields)
        code, text = rest.u32(), rest.string().decode()
        if (answer, code) != (STATUS, OK):
            raise Refused(code, text)

    def expect(self, wanted, kind, fields):
        answer, rest = self.sftp.ask(kind, fields)
        if answer != wanted:
            raise Refused(rest.u32(), rest.string().decode())
        return rest


class SftpUpload:
    def __init__(self, door, handle, position):
        self._door, self.handle, self.position = door, handle, position
        self._refused = None

    def send(self, data):
        """Stops early when the server refuses: finish() tells why."""
        for at in range(0, len(data), WRITE_BYTES):
            part = data[at:at + WRITE_BYTES]
            try:
                self._door.do(ssh_channel.WRITE, string(self.handle) + u64(self.position) + string(part))
            except Refused as refused:
                self._refused = self._refused or refused
                return
            self.position += len(part)

    def finish(self):
        try:
            self._door.do(ssh_channel.CLOSE, string(self.handle))
        except Refused as refused:
            raise self._refused or refused from None
        if self._refused:
            raise AssertionError(f"CLOSE was acknowledged after a failed WRITE: {self._refused}")

    def cut(self, how="FIN"):
        self._door.cut(how)


def end(connection, how):
    """Ends a TCP connection by FIN or by RST."""
    if how == "RST":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    connection.close()


def names_of(fields):
    """The names of a NAME packet."""
    names = []
    for _ in range(fields.u32()):
        names.append(fields.string().decode())
        fields.string()
        skip_attributes(fields)
    return names


def skip_attributes(fields):
    flags = fields.u32()
    for flag, count in ((ssh_channel.SIZE_GIVEN, 8), (ssh_channel.OWNER_GIVEN, 8), (ssh_channel.MODE_GIVEN, 4),
                        (ssh_channel.TIMES_GIVEN, 8)):
        if flags & flag:
            fields.take(count)


DOORS = (FtpsDoor, SftpDoor)
