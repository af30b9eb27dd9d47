"""Python's own ftplib: the script that must fail before it leaks, and the one that must work unchanged."""

import ftplib
import io
import select
import socket

from support.case import AWKWARD_NAMES, ServerCase, payload, sha256
from support.ftps_client import (ImplicitFtpTls, ResumingFtpTls, ResumingImplicitFtpTls, TLS_VERSIONS, connect, log_in)
from support.recording_proxy import RecordingProxy

MIB = 1 << 20


def fetch(ftp, name, rest=None):
    received = bytearray()
    ftp.retrbinary(f"RETR {name}", received.extend, blocksize=65536, rest=rest)
    return bytes(received)


class ClearTextScript(ServerCase):
    """connect() and login() of ftplib.FTP: what a scanner flags as use of an insecure channel."""

    def attempt(self, address):
        ftp = ftplib.FTP(timeout=30)
        self.addCleanup(ftp.close)
        ftp.connect(*address)
        with self.assertRaises(ftplib.error_perm) as refused:
            ftp.login("demo", self.server.password("demo"))
        return str(refused.exception)

    def test_login_is_refused_with_530_that_names_the_cure(self):
        reply = self.attempt(self.server.address())
        self.assertTrue(reply.startswith("530"), reply)
        self.assertIn("AUTH TLS", reply)

    def test_password_never_leaves_the_client(self):
        with RecordingProxy(self.server.address()) as proxy:
            self.attempt(proxy.address)
        self.assertIn(b"USER demo", proxy.sent_by_client)
        self.assertNotIn(b"PASS", proxy.sent_by_client)
        self.assertNotIn(self.server.password("demo").encode(), proxy.sent_by_client)

    def test_greeting_says_how_to_encrypt(self):
        with ftplib.FTP(timeout=30) as ftp:
            greeting = ftp.connect(*self.server.address())
            self.assertTrue(greeting.startswith("220"), greeting)
            self.assertIn("AUTH TLS", greeting)

    def test_nothing_is_stored(self):
        self.attempt(self.server.address())
        home = self.server.home()
        self.assertEqual(list(home.iterdir()) if home.exists() else [], [])
        self.assertEqual(self.server.events("auth.ok"), [])


class Session(ServerCase):
    """FTP_TLS, login(), prot_p() and everything an ftplib script does next."""

    server_options = {"protocols": ("ftps", "ftps-implicit")}

    def setUp(self):
        super().setUp()
        self.ftp = log_in(self.server)
        self.addCleanup(self.ftp.close)

    def store(self, name, data, **options):
        self.ftp.storbinary(f"STOR {name}", io.BytesIO(data), **options)

    def test_files_of_all_sizes_arrive_identical(self):
        for size in (0, 1, 4096, MIB + 3, 256 * MIB):
            with self.subTest(size=size):
                data = payload(size)
                self.ftp.storbinary(f"STOR size-{size}.bin", io.BytesIO(data), blocksize=65536)
                self.assert_stored(f"size-{size}.bin", data)
                self.assert_received(f"/size-{size}.bin", data, user="demo")
                self.assertEqual(sha256(fetch(self.ftp, f"size-{size}.bin")), sha256(data))

    def test_transfer_before_prot_p_is_refused_with_521(self):
        ftp = connect(self.server)
        self.addCleanup(ftp.close)
        ftp.login("demo", self.server.password("demo"))
        with self.assertRaisesRegex(ftplib.error_perm, "^521"):
            ftp.storbinary("STOR unprotected.bin", io.BytesIO(b"x"))
        self.assertFalse((self.server.home() / "unprotected.bin").exists())

    def test_prot_c_and_ccc_are_refused_and_the_channel_stays_private(self):
        for command in (self.ftp.prot_c, self.ftp.ccc):
            with self.assertRaisesRegex(ftplib.error_perm, "^534"):
                command()
        self.store("still-private.bin", b"data")
        self.assert_stored("still-private.bin", b"data")

    def test_listings_agree(self):
        self.ftp.mkd("listed")
        self.ftp.mkd("listed/folder")
        self.store("listed/a.bin", b"12345")
        self.store("listed/two words.bin", b"")
        self.ftp.cwd("/listed")
        names = {"folder", "a.bin", "two words.bin"}
        self.assertEqual(set(self.ftp.nlst()), names)
        lines = []
        self.ftp.dir(lines.append)
        self.assertEqual({line.split(None, 8)[8] for line in lines}, names)
        facts = {name: entry for name, entry in self.ftp.mlsd(facts=["type", "size", "modify"])
                 if entry["type"] not in ("cdir", "pdir")}
        self.assertEqual(set(facts), names)
        self.assertEqual((facts["folder"]["type"], facts["a.bin"]["type"]), ("dir", "file"))
        self.assertEqual((facts["a.bin"]["size"], facts["two words.bin"]["size"]), ("5", "0"))
        self.assertRegex(facts["a.bin"]["modify"], r"^\d{14}")

    def test_rename_delete_and_size(self):
        self.store("before.bin", b"123")
        self.ftp.rename("before.bin", "after.bin")
        self.assert_stored("after.bin", b"123")
        self.ftp.voidcmd("TYPE I")
        self.assertEqual(self.ftp.size("after.bin"), 3)
        self.ftp.delete("after.bin")
        for command in (lambda: self.ftp.delete("after.bin"), lambda: self.ftp.size("after.bin")):
            self.assertRaisesRegex(ftplib.error_perm, "^550", command)

    def test_folders_and_quoting_in_257(self):
        self.assertEqual(self.ftp.pwd(), "/")
        name = 'say "hello" twice'
        self.assertEqual(self.ftp.mkd(name), f"/{name}")
        self.ftp.cwd(name)
        self.assertEqual(self.ftp.pwd(), f"/{name}")
        self.ftp.cwd("..")
        self.assertEqual(self.ftp.pwd(), "/")
        self.assertTrue((self.server.home() / name).is_dir())
        self.ftp.rmd(name)
        self.assertFalse((self.server.home() / name).exists())

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                self.store(name, name.encode())
                self.assert_stored(name, name.encode())
                self.assertEqual(fetch(self.ftp, name), name.encode())
        self.assertLessEqual(set(AWKWARD_NAMES), set(self.ftp.nlst()))

    def test_ascii_lines_come_back_as_sent(self):
        self.ftp.storlines("STOR lines.txt", io.BytesIO(b"one\ntwo with spaces\n\nf\xc3\xbcnf\n"))
        self.assert_stored("lines.txt", b"one\ntwo with spaces\n\nf\xc3\xbcnf\n")
        lines = []
        self.ftp.retrlines("RETR lines.txt", lines.append)
        self.assertEqual(lines, ["one", "two with spaces", "", "fünf"])

    def cut_off_upload(self, name, data):
        """Drops the data connection without close_notify; the size that the server then reports."""
        self.ftp.voidcmd("TYPE I")
        connection = self.ftp.transfercmd(f"STOR {name}")
        connection.sendall(data)
        connection.close()
        self.assertRaisesRegex(ftplib.error_temp, "^426", self.ftp.voidresp)
        self.assertFalse((self.server.home() / name).exists())
        return self.ftp.size(name)

    def test_interrupted_upload_resumes_with_rest(self):
        data = payload(3 * MIB)
        size = self.cut_off_upload("rest.bin", data[:2 * MIB])
        self.assertTrue(0 < size <= 2 * MIB, size)
        self.store("rest.bin", data[size:], rest=size)
        self.assert_stored("rest.bin", data)
        self.assert_received("/rest.bin", data, resumed=True)

    def test_interrupted_upload_resumes_with_appe(self):
        data = payload(3 * MIB, seed="appe")
        size = self.cut_off_upload("appe.bin", data[:2 * MIB])
        self.ftp.storbinary("APPE appe.bin", io.BytesIO(data[size:]))
        self.assert_stored("appe.bin", data)

    def test_nothing_comes_back_on_the_data_connection_of_an_upload(self):
        # A client that only writes leaves a ticket unread; closing then resets the connection, and the kernel drops
        # what the client had still to send.
        data = payload(3 * MIB, seed="one way")
        self.ftp.voidcmd("TYPE I")
        connection = self.ftp.transfercmd("STOR one-way.bin")
        connection.sendall(data)
        self.wait_until(lambda: sum(self.server.staged_sizes()) >= MIB, "bytes staged")
        self.assertEqual(select.select([connection], [], [], 0)[0], [])
        connection.unwrap()
        connection.close()
        self.ftp.voidresp()
        self.assert_stored("one-way.bin", data)

    def test_download_resumes_with_rest(self):
        data = payload(MIB)
        self.store("down.bin", data)
        self.assertEqual(fetch(self.ftp, "down.bin", rest=700_001), data[700_001:])

    def test_abort_ends_a_download_and_the_session_goes_on(self):
        data = payload(64 * MIB)
        self.store("big.bin", data)
        self.ftp.voidcmd("TYPE I")
        connection = self.ftp.transfercmd("RETR big.bin")
        connection.recv(65536)
        self.assertEqual(self.ftp.abort()[:3], "426")
        connection.close()
        self.assertEqual(self.ftp.voidresp()[:3], "226")
        self.assertEqual(fetch(self.ftp, "big.bin", rest=len(data) - 5), data[-5:])

    def test_abort_ends_an_upload_unpublished(self):
        self.ftp.voidcmd("TYPE I")
        connection = self.ftp.transfercmd("STOR aborted.bin")
        connection.sendall(payload(MIB))
        self.assertEqual(self.ftp.abort()[:3], "426")
        connection.close()
        self.assertEqual(self.ftp.voidresp()[:3], "226")
        self.assertFalse((self.server.home() / "aborted.bin").exists())
        self.store("after-abort.bin", b"works")
        self.assert_stored("after-abort.bin", b"works")

    def test_both_tls_versions_work_on_both_doors(self):
        for version in TLS_VERSIONS:
            for kind in (ftplib.FTP_TLS, ImplicitFtpTls):
                with self.subTest(tls=version, kind=kind.__name__), log_in(self.server, kind, version=version) as ftp:
                    self.assertEqual(ftp.sock.version(), f"TLSv{version}")
                    name, data = f"{kind.__name__}-{version}.bin", payload(MIB + 3, seed=version)
                    ftp.storbinary(f"STOR {name}", io.BytesIO(data))
                    self.assert_stored(name, data)
                    self.assertEqual(fetch(ftp, name), data)

    def test_wrong_password_is_refused_with_530(self):
        ftp = connect(self.server)
        self.addCleanup(ftp.close)
        self.assertRaisesRegex(ftplib.error_perm, "^530", ftp.login, "demo", "not the password")


class ResumedDataSessions(ServerCase):
    """`data_session = "resume"`: data connections must resume the control connection's TLS session."""

    server_options = {"protocols": ("ftps", "ftps-implicit"), "listener": {"data_session": "resume"}}

    def test_ten_transfers_in_a_row(self):
        for version in TLS_VERSIONS:
            for kind in (ResumingFtpTls, ResumingImplicitFtpTls):
                with self.subTest(tls=version, kind=kind.__name__), log_in(self.server, kind, version=version) as ftp:
                    for i in range(5):
                        name, data = f"{kind.__name__}-{version}-{i}.bin", payload(100_000, seed=i)
                        ftp.storbinary(f"STOR {name}", io.BytesIO(data))
                        self.assert_stored(name, data)
                        self.assertEqual(fetch(ftp, name), data)

    def test_data_connection_that_resumes_nothing_is_refused_with_522(self):
        for version in TLS_VERSIONS:
            with self.subTest(version=version):
                ftp = log_in(self.server, version=version)
                self.addCleanup(ftp.close)
                reply = self.refusal(ftp, f"full-{version}.bin")
                self.assertRegex(reply, "^522 .*(resum|reus)")
                self.assertFalse((self.server.home() / f"full-{version}.bin").exists())

    def refusal(self, ftp, name):
        """The reply to an upload, also when the data connection broke before ftplib came to read it."""
        try:
            return ftp.storbinary(f"STOR {name}", io.BytesIO(payload(100_000)))
        except ftplib.Error as error:
            return str(error)
        except OSError:
            with self.assertRaises(ftplib.Error) as refused:
                ftp.voidresp()
            return str(refused.exception)


class MissingCloseNotify(ServerCase):
    """`allow_missing_close_notify = true`, for clients that end their uploads with TCP alone."""

    server_options = {"policy": {"allow_missing_close_notify": True}}

    def test_upload_that_tcp_alone_ends_is_accepted(self):
        for version in TLS_VERSIONS:
            with self.subTest(tls=version), log_in(self.server, version=version) as ftp:
                name, data = f"fin-only-{version}.bin", payload(MIB + 3)
                ftp.voidcmd("TYPE I")
                connection = ftp.transfercmd(f"STOR {name}")
                connection.sendall(data)
                connection.close()
                self.assertEqual(ftp.voidresp()[:3], "226")
                self.assert_stored(name, data)
                self.assert_received(f"/{name}", data)
