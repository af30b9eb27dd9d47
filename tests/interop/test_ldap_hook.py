"""Users of a real directory, by the hook in docs/examples/ldap-hook."""

import base64
import contextlib
import ftplib
import http.client
import importlib.util
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import tomllib
import unittest
from pathlib import Path

import paramiko

from support import toml
from support.case import ServerCase
from support.doors import DOORS, Ftps, Refused
from support.ftps_client import connect
from support.sallyport import Server
from support.slapd import SUFFIX, Slapd, find_slapd
from support.ssh_client import generate_key, paramiko_client

FOLDER = Path(__file__).resolve().parents[2] / "docs/examples/ldap-hook"
SERVICE_PASSWORD = "service secret 12"
PEOPLE = {"maria": "maria secret 34", "nils": "nils (secret*) 56", "twin": "twin secret 78"}
LDIF = f"""\
dn: {SUFFIX}
objectClass: dcObject
objectClass: organization
o: Example

dn: cn=sallyport,{SUFFIX}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: sallyport
userPassword: {SERVICE_PASSWORD}

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=more,ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: more

dn: cn=departments,{SUFFIX}
objectClass: groupOfNames
cn: departments
member: uid=maria,ou=people,{SUFFIX}
"""


def person(user, place="ou=people"):
    return (f"\ndn: uid={user},{place},{SUFFIX}\nobjectClass: inetOrgPerson\nuid: {user}\ncn: {user}\nsn: {user}\n"
            f"userPassword:: {base64.b64encode(PEOPLE[user].encode()).decode()}\n")


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self._path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


class Hook:
    """The program as its unit runs it: descriptor 3 is the socket."""

    def __init__(self, folder, **settings):
        folder.mkdir()
        self.socket, self._log = folder / "hook.sock", folder / "log"
        (folder / "bind-password").write_text(SERVICE_PASSWORD + "\n")
        file = folder / "settings.toml"
        file.write_text(toml.dumps({**tomllib.loads((FOLDER / "ldap_hook.toml").read_text()), **settings}))
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.socket))
        self._listener.listen()
        command = f'exec /usr/bin/python3 -IB "$0" "$1" 3<&{self._listener.fileno()}'
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(["sh", "-c", command, str(FOLDER / "ldap_hook.py"), str(file)],
                                             pass_fds=[self._listener.fileno()], stdout=log, stderr=log,
                                             env={**os.environ, "CREDENTIALS_DIRECTORY": str(folder)})

    def ask(self, **question):
        """(status, answer) to a question about a login."""
        return self.post(json.dumps({"version": 1, "ask": "login", **question}).encode())

    def post(self, body, **headers):
        with contextlib.closing(Connection(self.socket)) as connection:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            said = response.read()
            return response.status, json.loads(said) if response.status == 200 else None

    @property
    def log(self):
        return self._log.read_text()

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._listener.close()


@unittest.skipUnless(find_slapd(), "slapd is not installed")
@unittest.skipUnless(importlib.util.find_spec("ldap3"), "python3-ldap3 is not installed")
class DirectoryCase(ServerCase):
    """`slapd` serves the entries above, `hook` asks it, and `server` asks the hook."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-ldap-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        ldif = LDIF + "".join(map(person, PEOPLE)) + person("twin", "ou=more,ou=people")
        cls.slapd = Slapd(cls.folder, ldif).start()
        cls.addClassCleanup(cls.slapd.stop)
        cls.hook = cls.start_hook("hook")
        cls.addClassCleanup(cls.hook.stop)
        cls.server = Server(protocols=("ftps", "sftp"), limits={"failed_login_delay": "0s"},
                            policies={"guests": {"preset": "dropbox"}, "departments": {"preset": "exchange"}},
                            auth={"providers": ["file", "http"],
                                  "http": {"url": f"unix:{cls.hook.socket}", "timeout": "20s",
                                           "policies": ["guests", "departments"]}}).start()
        cls.addClassCleanup(cls.server.stop)

    @classmethod
    def start_hook(cls, name, **settings):
        return Hook(cls.folder / name, **{"url": cls.slapd.ldaps, "ca": str(cls.slapd.certificate), "timeout": 2,
                                          "bind_dn": f"cn=sallyport,{SUFFIX}", "base": f"ou=people,{SUFFIX}",
                                          "group": [{"dn": f"cn=departments,{SUFFIX}", "policy": "departments"}],
                                          **settings})

    def other_hook(self, **settings):
        hook = self.start_hook(self.id().rpartition(".")[2], **settings)
        self.addCleanup(hook.stop)
        return hook

    def ftps(self, user, password):
        with connect(self.server) as ftp:
            ftp.auth()
            with contextlib.suppress(ftplib.error_perm):
                ftp.sendcmd("USER " + user)
                return ftp.sendcmd("PASS " + password)[:3] == "230"
        return False

    def sftp(self, user, password):
        with contextlib.suppress(paramiko.SSHException):
            with paramiko_client(self.server, user=user, password=password):
                return True
        return False

    def let_in(self, user, password):
        """Whether each door lets the user in: {"ftps": ..., "sftp": ...}."""
        return {"ftps": self.ftps(user, password), "sftp": self.sftp(user, password)}

    def assert_let_in(self, user, password):
        self.assertEqual(self.let_in(user, password), {"ftps": True, "sftp": True})

    def assert_refused(self, user, password):
        self.assertEqual(self.let_in(user, password), {"ftps": False, "sftp": False})


class Logins(DirectoryCase):
    def test_right_passwords_open_both_doors(self):
        for user in ("maria", "nils"):
            self.assert_let_in(user, PEOPLE[user])

    def test_wrong_passwords_do_not(self):
        for user, password in (("maria", "wrong"), ("maria", PEOPLE["nils"]), ("maria", "*"), ("maria", "x" * 1000),
                               ("nobody", PEOPLE["maria"]), ("sallyport", SERVICE_PASSWORD)):
            with self.subTest(user=user, password=password):
                self.assert_refused(user, password)
        self.server.wait_event("auth.fail", user="maria", protocol="ftps")
        self.server.wait_event("auth.fail", user="maria", protocol="sftp")
        self.assertEqual(self.server.events("auth.hook_failed"), [])

    def test_no_password_is_no_password_though_the_directory_takes_it(self):
        environment = {**os.environ, "LDAPTLS_REQCERT": "never"}
        told = subprocess.run(["ldapwhoami", "-x", "-H", self.slapd.ldaps, "-D", f"uid=maria,ou=people,{SUFFIX}", "-w", ""],
                              env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual((told.returncode, told.stdout), (0, "anonymous\n"), told.stderr)
        self.assert_refused("maria", "")
        self.assertEqual(self.hook.ask(user="maria", password=""), (200, {"result": "reject"}))
        self.assertEqual(self.hook.ask(user="maria"), (200, {"result": "reject"}))

    def test_names_are_no_filters(self):
        for name in ("*)(uid=*", "*", "m*", "maria)(cn=maria", "ma\\72ia", "uid=maria", "maria\0", "maria,ou=people"):
            with self.subTest(name):
                self.assertEqual(self.hook.ask(user=name, password=PEOPLE["maria"]), (200, {"result": "reject"}))
        for name in ("*)(uid=*", "*", "maria)(cn=maria"):
            with self.subTest(name):
                self.assert_refused(name, PEOPLE["maria"])

    def test_names_are_compared_byte_for_byte(self):
        for name in ("Maria", "MARIA", " maria", "maria "):
            self.assertEqual(self.hook.ask(user=name, password=PEOPLE["maria"]), (200, {"result": "reject"}))
        self.assert_refused("Maria", PEOPLE["maria"])

    def test_name_of_two_entries_is_nobodys(self):
        self.assert_refused("twin", PEOPLE["twin"])

    def test_groups_give_the_policy(self):
        for door in DOORS:
            with self.subTest(door=door.protocol):
                for user, may_make_folders in (("maria", True), ("nils", False)):
                    self.server._users[user] = PEOPLE[user]
                    session = door(self.server, user)
                    self.addCleanup(session.close)
                    if may_make_folders:
                        session.mkdir(f"/{door.protocol}")
                    else:
                        self.assertRaises(Refused, session.mkdir, f"/{door.protocol}")

    def test_those_in_no_group_are_refused_when_nothing_is_for_others(self):
        settings = tomllib.loads((FOLDER / "ldap_hook.toml").read_text())
        self.assertEqual(settings["others"], "guests")
        hook = self.other_hook(others="")
        self.assertEqual(hook.ask(user="nils", password=PEOPLE["nils"]), (200, {"result": "reject"}))
        self.assertEqual(hook.ask(user="maria", password=PEOPLE["maria"]),
                         (200, {"result": "accept", "policy": "departments"}))

    def test_users_of_the_file_are_not_asked_about(self):
        for door in DOORS:
            self.assertIsNone(door.refusal_of_login(self.server, "demo"))

    def test_key_of_a_stranger_is_refused(self):
        generate_key(self.work / "key", "ed25519")
        with self.assertRaises(paramiko.SSHException):
            with paramiko_client(self.server, user="maria", password=None, key_filename=str(self.work / "key")):
                pass
        self.assertEqual(self.server.events("auth.hook_failed"), [])

    def test_password_that_arrives_in_clear_is_found_out(self):
        host, port = self.server.address("ftps")
        with socket.create_connection((host, port), timeout=60) as connection:
            connection.sendall(f"USER nils\r\nPASS {PEOPLE['nils']}\r\n".encode())
            while connection.recv(4096):
                pass
        self.server.wait_event("credential.exposed", user="nils")

    def test_what_is_no_question_gets_no_answer(self):
        for body in (b"", b"[]", b"{}", b"x", b'{"user":1,"password":2}', b"\xff"):
            with self.subTest(body):
                self.assertIn(self.hook.post(body)[0], (200, 400))
        self.assertEqual(self.hook.post(b"", **{"Content-Length": "1000000"})[0], 400)
        self.assertEqual(self.hook.post(b"", **{"Content-Length": "-1"})[0], 400)

    def test_nothing_secret_is_in_the_logs(self):
        self.assert_let_in("maria", PEOPLE["maria"])
        self.assert_refused("maria", PEOPLE["nils"])
        for secret in (SERVICE_PASSWORD, *PEOPLE.values()):
            self.assertNotIn(secret, self.hook.log + self.server.log_path.read_text())


class Trouble(DirectoryCase):
    def assert_failed_at_both_doors(self):
        before = len(self.server.events("auth.hook_failed"))
        self.assert_refused("maria", PEOPLE["maria"])
        self.wait_until(lambda: len(self.server.events("auth.hook_failed")) >= before + len(DOORS), "auth.hook_failed")

    def test_nobody_comes_in_while_the_directory_is_down(self):
        self.slapd.stop()
        self.assert_failed_at_both_doors()
        self.assertIsNone(Ftps.refusal_of_login(self.server, "demo"))
        self.slapd.start()
        self.assert_let_in("maria", PEOPLE["maria"])

    def test_nobody_comes_in_while_the_directory_is_silent(self):
        self.slapd.signal(signal.SIGSTOP)
        try:
            self.assert_failed_at_both_doors()
        finally:
            self.slapd.signal(signal.SIGCONT)
        self.assert_let_in("maria", PEOPLE["maria"])

    def test_service_account_that_is_refused_lets_nobody_in(self):
        hook = self.other_hook(bind_dn=f"cn=another,{SUFFIX}")
        self.assertEqual(hook.ask(user="maria", password=PEOPLE["maria"]), (503, None))
        self.assertIn("refuses bind_dn", hook.log)


class Encryption(DirectoryCase):
    def test_StartTLS_comes_before_any_password(self):
        # The directory takes passwords over TLS only.
        hook = self.other_hook(url=self.slapd.ldap)
        self.assertEqual(hook.ask(user="maria", password=PEOPLE["maria"])[1]["result"], "accept")
        self.assertEqual(hook.ask(user="maria", password="wrong"), (200, {"result": "reject"}))

    def test_directory_of_an_unknown_authority_is_told_nothing(self):
        for name, url in (("implicit", self.slapd.ldaps), ("explicit", self.slapd.ldap)):
            with self.subTest(name):
                hook = self.start_hook(f"unknown-{name}", url=url, ca="/etc/ssl/certs/ca-certificates.crt")
                self.addCleanup(hook.stop)
                self.assertEqual(hook.ask(user="maria", password=PEOPLE["maria"]), (503, None))
                self.assertIn("CERTIFICATE_VERIFY_FAILED", hook.log)

    def test_directory_of_another_name_is_told_nothing(self):
        for name, url in (("implicit", self.slapd.ldaps), ("explicit", self.slapd.ldap)):
            with self.subTest(name):
                hook = self.start_hook(f"name-{name}", url=url.replace("localhost", "127.0.0.1"))
                self.addCleanup(hook.stop)
                self.assertEqual(hook.ask(user="maria", password=PEOPLE["maria"]), (503, None))
                self.assertIn("doesn't match", hook.log)

    def test_url_without_tls_does_not_exist(self):
        hook = self.other_hook(url="http://localhost")
        deadline = time.monotonic() + 60
        while "ldaps://HOST" not in hook.log and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertIn("ldaps://HOST, or ldap://HOST with StartTLS", hook.log)


class Units(unittest.TestCase):
    def test_systemd_understands_them(self):
        units = sorted(FOLDER.glob("*.service")) + sorted(FOLDER.glob("*.socket"))
        self.assertEqual(len(units), 2)
        try:
            told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, timeout=60)
        except FileNotFoundError:
            self.skipTest("systemd is not installed")
        self.assertEqual((told.returncode, told.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
