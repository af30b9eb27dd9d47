"""TLS client certificates (RFC 4217 section 6) with curl, Python's ftplib and lftp; and certificates that are none."""

import contextlib
import ftplib
import ssl
import tempfile

from cryptography.x509.oid import ExtendedKeyUsageOID

from support.case import ServerCase, payload
from support.client_ca import DAY, Authority
from support.ftps_client import ResumingFtpTls, TIMEOUT_SECONDS, client_context
from support.totp import code

PASSWORD = "certified secret"
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VERSIONS = ("1.2", "1.3")


class CertificateCase(ServerCase):
    requires = ("curl", "lftp")

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-ca-")
        cls.addClassCleanup(folder.cleanup)
        authority, foreign = Authority(folder.name, "partners"), Authority(folder.name, "foreign")
        cls.authorities = authority.file, foreign.file
        cls.own, fingerprint = authority.issue("acme")
        cls.stranger, _ = authority.issue("stranger")
        cls.unlimited, _ = authority.issue("acme", usage=None)
        cls.refused = {"expired": authority.issue("acme", lifetime=-DAY)[0],
                       "foreign": foreign.issue("acme")[0],
                       "for servers": authority.issue("acme", usage=ExtendedKeyUsageOID.SERVER_AUTH)[0]}
        by_fingerprint = {"certificates": [f"sha256:{fingerprint}"]}
        by_subject = {"certificates": ["subject:CN=acme, O=Example"]}
        cls.server_options = {
            "protocols": ("ftps", "ftps-implicit"), "tls": {"client_ca": str(authority.file)},
            "limits": {"failed_login_delay": "100ms"}, "users": {
                "pinned": {**by_fingerprint, "login": ["certificate"]},
                "named": {**by_subject, "login": ["certificate"]},
                "strict": {**by_fingerprint, "password": PASSWORD, "login": ["certificate+password"]},
                "coded": {**by_fingerprint, "password": PASSWORD, "totp": SECRET,
                          "login": ["certificate+password", "password+totp"]},
                "plain": {"password": PASSWORD},
                "resuming": {**by_fingerprint, "login": ["certificate"], "data_session": "resume"},
            }}
        super().setUpClass()

    def connected(self, certificate=None, version=None, kind=ftplib.FTP_TLS):
        context = client_context(self.server, version)
        if certificate:
            context.load_cert_chain(certificate)
        ftp = kind(context=context, timeout=TIMEOUT_SECONDS)
        self.addCleanup(ftp.close)
        ftp.connect(*self.server.address())
        return ftp

    def assert_refused(self, ftp, user, password=""):
        with self.assertRaisesRegex(ftplib.error_perm, "^530 Login failed"):
            ftp.login(user, password)


class Ftplib(CertificateCase):
    def test_certificate_alone_logs_in_without_a_password(self):
        for version in VERSIONS:
            for user in ("pinned", "named"):
                with self.subTest(version=version, user=user):
                    ftp = self.connected(self.own, version)
                    ftp.auth()
                    self.assertTrue(ftp.sendcmd(f"USER {user}").startswith("232"))
                    ftp.prot_p()
                    data = payload(100_000, seed=user + version)
                    ftp.storbinary("STOR up.bin", self.file("up.bin", data).open("rb"))
                    self.assert_stored("up.bin", data, user)
                    event = self.server.wait_event("auth.ok", user=user)
                    self.assertEqual(event["method"], "certificate")
                    self.assertTrue(event["certificate"].startswith("sha256:"))

    def test_any_certificate_of_the_subject_does_for_a_user_named_by_it(self):
        self.assertTrue(self.connected(self.unlimited).login("named").startswith("232"))
        self.assert_refused(self.connected(self.unlimited), "pinned")

    def test_certificate_of_somebody_else_leaves_only_the_password(self):
        ftp = self.connected(self.stranger)
        ftp.auth()
        failures = len(self.server.events("auth.fail"))
        for user in ("pinned", "strict", "plain", "nobody"):
            self.assertTrue(ftp.sendcmd(f"USER {user}").startswith("331"), user)
        self.assertEqual(len(self.server.events("auth.fail")), failures)
        self.assert_refused(self.connected(self.stranger), "pinned", "anything")
        self.assert_refused(self.connected(self.stranger), "strict", PASSWORD)
        self.assertTrue(self.connected(self.stranger).login("plain", PASSWORD).startswith("230"))

    def test_certificate_and_password_are_both_needed(self):
        ftp = self.connected(self.own)
        ftp.auth()
        self.assertTrue(ftp.sendcmd("USER strict").startswith("331"))
        self.assertTrue(ftp.sendcmd(f"PASS {PASSWORD}").startswith("230"))
        self.assertEqual(self.server.wait_event("auth.ok", user="strict")["method"], "certificate+password")
        self.assert_refused(self.connected(self.own), "strict", "wrong")
        self.assert_refused(self.connected(), "strict", PASSWORD)

    def test_certificate_takes_the_place_of_a_code(self):
        self.assertTrue(self.connected(self.own).login("coded", PASSWORD).startswith("230"))
        self.assertTrue(self.connected().login("coded", PASSWORD + code(SECRET)).startswith("230"))
        self.assert_refused(self.connected(), "coded", PASSWORD)

    def test_clients_without_a_certificate_go_on_as_ever(self):
        for version in VERSIONS:
            self.assertTrue(self.connected(version=version).login("plain", PASSWORD).startswith("230"))
        self.assert_refused(self.connected(), "pinned")

    def test_certificates_that_are_none_end_the_handshake(self):
        for name, certificate in self.refused.items():
            for version in VERSIONS:
                with self.subTest(name, version=version):
                    before = len(self.server.events("tls.failed"))
                    with self.assertRaisesRegex((ssl.SSLError, OSError), "(?i)alert|certificate"):
                        self.connected(certificate, version).login("named")
                    self.wait_until(lambda: len(self.server.events("tls.failed")) > before, "tls.failed")
                    self.assertEqual(self.server.events("tls.failed")[-1]["reason"], "client certificate refused")

    def test_data_connections_resume_the_session_that_has_the_certificate(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                ftp = self.connected(self.own, version, ResumingFtpTls)
                self.assertTrue(ftp.login("resuming").startswith("232"))
                ftp.prot_p()
                for number in range(5):
                    data = payload(10_000, seed=number)
                    ftp.storbinary(f"STOR r{number}.bin", self.file("r.bin", data).open("rb"))
                    self.assert_stored(f"r{number}.bin", data, "resuming")


class NewAuthority(CertificateCase):
    def test_authority_of_a_reload_is_the_one_that_counts(self):
        configured, foreign = self.authorities
        session = self.connected(self.own)
        self.assertTrue(session.login("named").startswith("232"))
        configured.write_bytes(foreign.read_bytes())
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        self.assertTrue(self.connected(self.refused["foreign"]).login("named").startswith("232"))
        with self.assertRaisesRegex((ssl.SSLError, OSError), "(?i)alert|certificate"):
            self.connected(self.own).login("named")
        # Whoever is in stays in, with data connections that resume the session of then.
        session.prot_p()
        session.storbinary("STOR after.bin", self.file("after.bin", b"after").open("rb"))
        self.assert_stored("after.bin", b"after", "named")


class Curl(CertificateCase):
    def test_certificate_alone_and_with_a_password(self):
        host, port = self.server.address()
        data = payload(1 << 20)
        up = self.file("curl.bin", data)
        for user, password in (("pinned", ""), ("strict", PASSWORD)):
            for version in (("--tlsv1.2", "--tls-max", "1.2"), ("--tlsv1.3",)):
                with self.subTest(user=user, version=version[0]):
                    said = self.client("curl", "-sSv", "--ssl-reqd", "--cacert", self.server.ca_file, "--cert", self.own,
                                       *version, "--user", f"{user}:{password}", "-T", up, f"ftp://{host}:{port}/")
                    self.assertIn("< 331" if password else "< 232", said)
                    self.assert_stored("curl.bin", data, user)

    def test_certificate_over_implicit_tls(self):
        host, port = self.server.address("ftps-implicit")
        data = payload(1 << 16)
        self.client("curl", "-sS", "--cacert", self.server.ca_file, "--cert", self.own, "--user", "pinned:",
                    "-T", self.file("implicit.bin", data), f"ftps://{host}:{port}/")
        self.assert_stored("implicit.bin", data, "pinned")

    def test_expired_certificate_is_told_why(self):
        host, port = self.server.address()
        said = self.client("curl", "-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--cert",
                           self.refused["expired"], "--user", "pinned:", f"ftp://{host}:{port}/", status=None)
        self.assertRegex(said, "(?i)expired")


class Lftp(CertificateCase):
    def test_certificate_alone_and_with_a_password(self):
        host, port = self.server.address()
        data = payload(300_000)
        self.file("lftp.bin", data)
        for user, password in (("pinned", "unused"), ("strict", PASSWORD)):
            with self.subTest(user=user):
                script = self.work / "commands.lftp"
                script.write_text("\n".join([
                    "set cmd:fail-exit yes", "set net:max-retries 1", "set net:timeout 20", "set ftp:ssl-force yes",
                    "set ftp:ssl-protect-data yes", f"set ssl:ca-file {self.server.ca_file}",
                    f"set ssl:cert-file {self.own}", f"set ssl:key-file {self.own}",
                    f"open -u '{user},{password}' ftp://{host}:{port}", "put lftp.bin", "bye"]) + "\n")
                self.client("lftp", "--norc", "-f", script)
                self.assert_stored("lftp.bin", data, user)
