"""One small client interface over both doors, for behaviour that must not depend on the door."""

import contextlib
import ftplib
import io
import time

import paramiko

from support.ftps_client import connect, log_in
from support.ssh_client import paramiko_client, paramiko_sftp


class Refused(Exception):
    """The server said no."""


@contextlib.contextmanager
def refusals(*errors):
    try:
        yield
    except errors as error:
        raise Refused(str(error)) from error


class Ftps:
    protocol = "ftps"

    @staticmethod
    def refusal_of_login(server, user, password=None):
        """What a client is told when it cannot log in; None when it can. `password`: another than the right one."""
        with connect(server) as ftp:
            try:
                ftp.login(user, password or server.password(user))
            except ftplib.Error as error:
                return str(error)
        return None

    def __init__(self, server, user):
        self.ftp = log_in(server, user=user)

    def close(self):
        self.ftp.close()

    def put(self, path, data, offset=None):
        with refusals(ftplib.Error):
            self.ftp.storbinary(f"STOR {path}", io.BytesIO(data), rest=offset)

    def begin(self, path, data):
        """Begins an upload and breaks the connection in the middle of it."""
        self.ftp.voidcmd("TYPE I")
        connection = self.ftp.transfercmd(f"STOR {path}")
        connection.sendall(data)
        self.ftp.sock.close()
        connection.close()

    def get(self, path):
        data = io.BytesIO()
        with refusals(ftplib.Error):
            self.ftp.retrbinary(f"RETR {path}", data.write)
        return data.getvalue()

    def size(self, path):
        with refusals(ftplib.Error):
            self.ftp.voidcmd("TYPE I")
            return self.ftp.size(path)

    def names(self, path="/"):
        with refusals(ftplib.Error):
            return sorted(name for name, facts in self.ftp.mlsd(path) if facts["type"] in ("file", "dir"))

    def remove(self, path):
        with refusals(ftplib.Error):
            self.ftp.delete(path)

    def rename(self, source, target):
        with refusals(ftplib.Error):
            self.ftp.rename(source, target)

    def set_time(self, path, seconds):
        with refusals(ftplib.Error):
            self.ftp.sendcmd(time.strftime("MFMT %Y%m%d%H%M%S ", time.gmtime(seconds)) + path)

    def mkdir(self, path):
        with refusals(ftplib.Error):
            self.ftp.mkd(path)

    def rmdir(self, path):
        with refusals(ftplib.Error):
            self.ftp.rmd(path)


class Sftp:
    protocol = "sftp"

    @staticmethod
    def refusal_of_login(server, user, password=None):
        """What a client is told when it cannot log in; None when it can. `password`: another than the right one."""
        try:
            with paramiko_client(server, user=user, password=password or server.password(user)):
                return None
        except paramiko.SSHException as error:
            return str(error)

    def __init__(self, server, user):
        self._session = contextlib.ExitStack()
        self.sftp = self._session.enter_context(paramiko_sftp(server, user=user))

    def close(self):
        self._session.close()

    def put(self, path, data, offset=None):
        with refusals(OSError), self.sftp.open(path, "wb" if offset is None else "r+") as file:
            file.set_pipelined(False)
            file.seek(offset or 0)
            file.write(data)

    def begin(self, path, data):
        """Begins an upload and breaks the connection in the middle of it."""
        file = self.sftp.open(path, "wb")
        file.write(data)
        file.stat()
        self.sftp.get_channel().get_transport().sock.close()

    def get(self, path):
        with refusals(OSError), self.sftp.open(path, "rb") as file:
            return file.read()

    def size(self, path):
        with refusals(OSError):
            return self.sftp.stat(path).st_size

    def names(self, path="/"):
        with refusals(OSError):
            return sorted(self.sftp.listdir(path))

    def remove(self, path):
        with refusals(OSError):
            self.sftp.remove(path)

    def rename(self, source, target):
        with refusals(OSError):
            self.sftp.posix_rename(source, target)

    def set_time(self, path, seconds):
        with refusals(OSError):
            self.sftp.utime(path, (seconds, seconds))

    def mkdir(self, path):
        with refusals(OSError):
            self.sftp.mkdir(path)

    def rmdir(self, path):
        with refusals(OSError):
            self.sftp.rmdir(path)


DOORS = (Ftps, Sftp)
