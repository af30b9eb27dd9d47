"""A directory for tests: Debian's slapd on loopback, with its own configuration, data and certificate."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from support.hooks import free_port

START_SECONDS = 30
SCHEMAS = Path("/etc/ldap/schema")
SUFFIX = "dc=example,dc=com"
CONFIGURATION = """\
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCertificateFile {folder}/slapd.pem
TLSCertificateKeyFile {folder}/slapd.key
# No password in clear; but whoever gives none is let in as nobody, as Active Directory does it.
security simple_bind=128
allow bind_anon_dn
database mdb
suffix "{suffix}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="cn=sallyport,{suffix}" read by * none
"""


def find_slapd():
    """Where slapd is, None when it is not installed."""
    return shutil.which("slapd", path=os.environ["PATH"] + ":/usr/sbin")


def make_certificate(folder, name):
    """slapd.pem and slapd.key in `folder`, for `name`, signed by itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", folder / "slapd.key", "-out", folder / "slapd.pem", "-days", "2", "-subj", "/CN=directory",
                    "-addext", f"subjectAltName=DNS:{name}"], check=True, capture_output=True, timeout=60)


class Slapd:
    """
    Begins with the entries of an LDIF text. `ldaps` and `ldap` are its URLs, `certificate` is the file that proves them.

    name    whom the certificate is for
    """

    def __init__(self, folder, ldif, name="localhost"):
        self._folder, self._process = Path(folder), None
        self.certificate = self._folder / "slapd.pem"
        self._ports = free_port(), free_port()
        self.ldaps, self.ldap = (f"{scheme}://localhost:{port}" for scheme, port in zip(("ldaps", "ldap"), self._ports))
        self._configuration = self._folder / "slapd.conf"
        (self._folder / "data").mkdir()
        make_certificate(self._folder, name)
        self._configuration.write_text(CONFIGURATION.format(folder=self._folder, schemas=SCHEMAS, suffix=SUFFIX))
        subprocess.run([find_slapd(), "-T", "add", "-f", self._configuration], input=ldif, text=True, check=True,
                       capture_output=True, timeout=60)

    def start(self):
        ldaps, ldap = self._ports
        self._process = subprocess.Popen([find_slapd(), "-d", "0", "-f", str(self._configuration), "-h",
                                          f"ldaps://127.0.0.1:{ldaps} ldap://127.0.0.1:{ldap}"],
                                         stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        for port in self._ports:
            while not self._listens(port):
                assert self._process.poll() is None, "slapd ended"
                assert time.monotonic() < deadline, "slapd does not listen"
                time.sleep(0.05)
        return self

    @staticmethod
    def _listens(port):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
        return False

    def signal(self, number):
        self._process.send_signal(number)

    def stop(self):
        """Idempotent."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
