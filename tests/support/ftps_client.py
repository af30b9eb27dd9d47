"""Python's ftplib against a server under test: the two classic subclasses, and a log-in helper."""

import ftplib
import ssl

TIMEOUT_SECONDS = 60
TLS_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class ImplicitFtpTls(ftplib.FTP_TLS):
    """TLS from the first byte: every plain socket that becomes the control connection is wrapped."""

    _socket = None

    @property
    def sock(self):
        return self._socket

    @sock.setter
    def sock(self, value):
        if value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value, server_hostname=self.host)
        self._socket = value


class ResumingFtpTls(ftplib.FTP_TLS):
    """Data connections resume the TLS session of the control connection."""

    def ntransfercmd(self, cmd, rest=None):
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            connection = self.context.wrap_socket(connection, server_hostname=self.host, session=self.sock.session)
        return connection, size


class ResumingImplicitFtpTls(ResumingFtpTls, ImplicitFtpTls):
    pass


def client_context(server, version=None):
    """Verifies the server's certificate and name; `version` pins TLS "1.2" or "1.3"."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    if version is not None:
        context.minimum_version = context.maximum_version = TLS_VERSIONS[version]
    return context


def connect(server, kind=ftplib.FTP_TLS, *, version=None, address=None):
    """Connected and encrypted as far as `kind` goes; not logged in."""
    ftp = kind(context=client_context(server, version), timeout=TIMEOUT_SECONDS)
    protocol = "ftps-implicit" if issubclass(kind, ImplicitFtpTls) else "ftps"
    ftp.connect(*(address or server.address(protocol)))
    return ftp


def log_in(server, kind=ftplib.FTP_TLS, *, user="demo", version=None, address=None):
    """Logged in, with private data connections."""
    ftp = connect(server, kind, version=version, address=address)
    ftp.login(user, server.password(user))
    ftp.prot_p()
    return ftp
