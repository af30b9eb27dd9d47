"""
Answers Sallyport's questions about users (docs/http-hook.md) from an LDAP directory: OpenLDAP, 389, Active Directory.

    python3 ldap_hook.py SETTINGS

SETTINGS is a TOML file, see ldap_hook.toml. The listening socket comes from systemd as descriptor 3. Needs Python 3.11
and ldap3 (Debian: python3-ldap3).

A service account finds the user's entry; then the hook binds as the user, with the password that the user gave, on a
connection of its own. The first group that has the user as a member gives the policy.
"""

import contextlib
import http.server
import json
import os
import socket
import socketserver
import ssl
import sys
import tomllib
import urllib.parse
from pathlib import Path

import ldap3
from ldap3.core import results
from ldap3.core.exceptions import LDAPException
from ldap3.utils.conv import escape_filter_chars

LISTENING_SOCKET = 3  # sd_listen_fds(3)
MAX_QUESTION_BYTES = 64 * 1024
QUESTION_SECONDS = 10
# What directories say to the bind of a user who cannot log in; anything else is a failure of theirs.
REFUSALS = {results.RESULT_INVALID_CREDENTIALS, results.RESULT_INAPPROPRIATE_AUTHENTICATION,
            results.RESULT_UNWILLING_TO_PERFORM, results.RESULT_CONSTRAINT_VIOLATION,
            results.RESULT_INSUFFICIENT_ACCESS_RIGHTS, results.RESULT_NO_SUCH_OBJECT}


class Unavailable(Exception):
    """The directory cannot be asked; the text says why, for the log."""


class Directory:
    """Asks the directory, over verified TLS only. Each call uses connections of its own: it can be made by any thread."""

    def __init__(self, settings):
        url = urllib.parse.urlsplit(settings["url"])
        if url.scheme not in ("ldaps", "ldap") or not url.hostname:
            raise ValueError("url: ldaps://HOST, or ldap://HOST with StartTLS")
        self._settings, self._url, self._timeout = settings, url, settings.get("timeout", 1)
        self._tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=settings.get("ca"), sni=url.hostname)
        # systemd puts what LoadCredential= names into this folder.
        folder = os.environ.get("CREDENTIALS_DIRECTORY", ".")
        self._password = Path(folder, settings["bind_password_file"]).read_text().rstrip("\n")

    def policy_of(self, user, password):
        """The policy of the user whose password this is; None when there is none, or the password is not theirs."""
        with self._bound_as(self._settings["bind_dn"], self._password) as service:
            if service is None:
                raise Unavailable("the directory refuses bind_dn")
            dn = self._dn_of(service, user)
            # Strangers cost a bind, too, so that the time tells nothing about who exists.
            with self._bound_as(dn or "cn=nobody," + self._settings["base"], password) as bound:
                if dn is None or bound is None:
                    return None
            return self._policy_of_groups(service, user, dn)

    def _server(self):
        # Made for each connection: ldap3 remembers for minutes that an address did not answer.
        return ldap3.Server(self._url.hostname, port=self._url.port, tls=self._tls, use_ssl=self._url.scheme == "ldaps",
                            connect_timeout=self._timeout, get_info=ldap3.NONE)

    @contextlib.contextmanager
    def _bound_as(self, dn, password):
        """A connection; None when the directory does not accept the password."""
        # A bind without a password succeeds in many directories, as nobody (RFC 4513 section 5.1.2).
        if not password:
            yield None
            return
        connection = ldap3.Connection(self._server(), dn, password, receive_timeout=self._timeout, read_only=True,
                                      auto_referrals=False)
        try:
            connection.open()
            if self._url.scheme == "ldap" and not connection.start_tls(read_server_info=False):
                raise Unavailable("the directory refuses StartTLS")
            yield connection if self._accepts(connection) else None
        finally:
            with contextlib.suppress(LDAPException):
                connection.unbind()

    @staticmethod
    def _accepts(connection):
        if connection.bind():
            return True
        if connection.result["result"] in REFUSALS:
            return False
        raise Unavailable(f"the directory answers a bind with {connection.result['description']}")

    def _dn_of(self, service, user):
        attribute = self._settings.get("name_attribute", "uid")
        found = self._search(service, self._settings["base"], ldap3.SUBTREE, attribute,
                             f"(&{self._settings['filter']}({attribute}={escape_filter_chars(user)}))")
        if len(found) != 1:
            return None
        # Directories do not care about capitals and blanks; the folders of users do.
        names = found[0]["raw_attributes"].get(attribute, [])
        return found[0]["dn"] if user.encode() in names else None

    def _policy_of_groups(self, service, user, dn):
        members = self._settings.get("group_filter", "(member={dn})")
        members = members.replace("{dn}", escape_filter_chars(dn)).replace("{user}", escape_filter_chars(user))
        for group in self._settings.get("group", []):
            if self._search(service, group["dn"], ldap3.BASE, ldap3.NO_ATTRIBUTES, members):
                return group["policy"]
        return self._settings.get("others")

    def _search(self, service, base, scope, attribute, text):
        service.search(base, text, scope, attributes=[attribute], size_limit=2, time_limit=self._timeout)
        if service.result["result"] not in (results.RESULT_SUCCESS, results.RESULT_SIZE_LIMIT_EXCEEDED):
            raise Unavailable(f"the directory answers a search below {base} with {service.result['description']}")
        return [entry for entry in service.response if entry["type"] == "searchResEntry"]


def answer(directory, question):
    """To whom something else is asked than a password, the directory cannot say yes."""
    password = question.get("password", "")
    policy = directory.policy_of(question["user"], password) if password else None
    return {"result": "accept", "policy": policy} if policy else {"result": "reject"}


class Hook(http.server.BaseHTTPRequestHandler):
    timeout = QUESTION_SECONDS

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_QUESTION_BYTES:
            return self.send_error(400)
        try:
            said = answer(self.server.directory, json.loads(self.rfile.read(int(length))))
        except (LDAPException, Unavailable) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return self.send_error(503)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.send_error(400)
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Listener(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """On the socket that systemd made."""

    def __init__(self, directory):
        super().__init__("", Hook, bind_and_activate=False)
        self.socket.close()
        self.socket, self.directory = socket.socket(fileno=LISTENING_SOCKET), directory

    def handle_error(self, request, client_address):
        print(f"connection ended: {sys.exc_info()[1]}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    Listener(Directory(tomllib.loads(Path(sys.argv[1]).read_text()))).serve_forever()
