"""curl, as scripts and cron jobs call it."""

import time
import unittest
from urllib.parse import quote

from support.case import AWKWARD_NAMES, ServerCase, has_ipv6, payload
from support.ftps_client import log_in

MIB = 1 << 20
VERSIONS = {"1.2": ("--tlsv1.2", "--tls-max", "1.2"), "1.3": ("--tlsv1.3",)}


class CurlCase(ServerCase):
    requires = ("curl",)

    def url(self, path="", protocol="ftps", ipv6=False):
        host, port = self.server.address(protocol, ipv6)
        scheme = "ftp" if protocol == "ftps" else "ftps"
        return f"{scheme}://{f'[{host}]' if ipv6 else host}:{port}/{quote(path)}"

    def options(self):
        return ("-sS", "--ssl-reqd", "--cacert", self.server.ca_file, "--user", f"demo:{self.server.password('demo')}")

    def curl(self, *arguments, **options):
        return self.client("curl", *self.options(), *arguments, **options)


class Transfers(CurlCase):
    server_options = {"protocols": ("ftps", "ftps-implicit")}

    def test_explicit_and_implicit_under_both_tls_versions(self):
        for protocol in ("ftps", "ftps-implicit"):
            for version, flags in VERSIONS.items():
                with self.subTest(protocol=protocol, tls=version):
                    name, data = f"{protocol}-{version}.bin", payload(MIB + 3, seed=protocol + version)
                    up, down = self.file(name, data), self.work / "down.bin"
                    said = self.curl("-v", *flags, "-T", up, self.url(name, protocol))
                    self.assertIn(f"SSL connection using TLSv{version}", said)
                    self.assert_stored(name, data)
                    self.assert_received(f"/{name}", data)
                    self.curl(*flags, "-o", down, self.url(name, protocol))
                    self.assertEqual(down.read_bytes(), data)

    def test_empty_file_arrives(self):
        self.curl("-T", self.file("empty.bin", b""), self.url())
        self.assert_stored("empty.bin", b"")

    def test_listings_long_and_names_only(self):
        self.curl("--ftp-create-dirs", "-T", self.file("entry one.bin", b"12345"), self.url("listed/"))
        self.curl("--ftp-create-dirs", "-T", self.file("nested.bin", b"1"), self.url("listed/folder/"))
        lines = self.curl(self.url("listed/")).splitlines()
        self.assertEqual({line.split(None, 8)[8]: line[0] for line in lines}, {"entry one.bin": "-", "folder": "d"})
        self.assertEqual(set(self.curl("-l", self.url("listed/")).splitlines()), {"entry one.bin", "folder"})

    def test_interrupted_upload_resumes(self):
        data = payload(8 * MIB)
        up = self.file("resumed.bin", data)
        slow = self.spawn("curl", *self.options(), "--limit-rate", "2M", "-T", up, self.url("resumed.bin"))
        self.kill_mid_upload(slow, "/resumed.bin", MIB)
        said = self.curl("-v", "-C", "-", "-T", up, self.url("resumed.bin"))
        self.assertRegex(said, r"213 [1-9]")
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)

    def test_interrupted_download_resumes(self):
        data = payload(3 * MIB)
        self.curl("-T", self.file("down.bin", data), self.url())
        part = self.file("part.bin", data[:MIB + 17])
        said = self.curl("-v", "-C", "-", "-o", part, self.url("down.bin"))
        self.assertIn(f"REST {MIB + 17}", said)
        self.assertEqual(part.read_bytes(), data)

    def test_hundred_small_files_use_one_session(self):
        files = {f"f{i:03}.bin": payload(100 + i, seed="small") for i in range(1, 101)}
        for name, data in files.items():
            self.file(name, data)
        before = len(self.server.events("session.open"))
        self.curl("--ftp-create-dirs", "-T", "f[001-100].bin", self.url("hundred/"))
        for name, data in files.items():
            self.assert_stored(f"hundred/{name}", data)
        self.assertEqual(len(self.server.events("session.open")) - before, 1)

    def test_answer_to_epsv_is_not_there_when_curl_first_looks(self):
        # curl that finds it there sleeps a second before it connects.
        waits = []
        with log_in(self.server) as ftp:
            for _ in range(20):
                asked = time.monotonic()
                ftp.sendcmd("EPSV")
                waits.append(time.monotonic() - asked)
        self.assertGreaterEqual(min(waits), 200e-6)

    def test_twenty_files_in_parallel(self):
        files = {f"p{i:02}.bin": payload(300_000, seed=i) for i in range(20)}
        pairs = []
        for name, data in files.items():
            pairs += ["-T", self.file(name, data), self.url(f"parallel-{name}")]
        self.curl("-Z", "--parallel-max", "20", *pairs)
        for name, data in files.items():
            self.assert_stored(f"parallel-{name}", data)
            self.assert_received(f"/parallel-{name}", data)

    def test_quote_renames_and_deletes(self):
        for name in ("old name.bin", "unwanted.bin"):
            self.curl("-T", self.file(name, b"data"), self.url(name))
        self.curl("-Q", "RNFR old name.bin", "-Q", "RNTO new name.bin", "-Q", "-DELE unwanted.bin", self.url())
        self.assert_stored("new name.bin", b"data")
        self.assertFalse((self.server.home() / "unwanted.bin").exists())

    def test_missing_folders_are_created_on_request(self):
        up = self.file("deep.bin", b"deep")
        self.curl("-T", up, self.url("made/on demand/größe/deep.bin"), status=9)
        self.curl("--ftp-create-dirs", "-T", up, self.url("made/on demand/größe/deep.bin"))
        self.assert_stored("made/on demand/größe/deep.bin", b"deep")

    def test_awkward_names_survive(self):
        for name in AWKWARD_NAMES:
            with self.subTest(name=name):
                data = name.encode()
                self.curl("-T", self.file("source", data), self.url(name))
                self.assert_stored(name, data)
                self.assertEqual(self.curl(self.url(name)), name)


class ClearText(CurlCase):
    def test_clear_text_fails_with_530_and_says_what_to_do(self):
        said = self.client("curl", "-sS", "-v", "--user", f"demo:{self.server.password('demo')}", self.url(), status=67)
        self.assertRegex(said, r"< 530 .*AUTH TLS")
        self.assertNotIn("> PASS", said)

    def test_wrong_password_is_a_login_failure(self):
        self.client("curl", *self.options(), "--user", "demo:wrong", self.url(), status=67)


@unittest.skipUnless(has_ipv6(), "this machine has no ::1")
class Ipv6(CurlCase):
    server_options = {"ipv6": True}

    def test_upload_and_download_over_ipv6(self):
        data = payload(MIB + 3)
        self.curl("-T", self.file("six.bin", data), self.url("six.bin", ipv6=True))
        self.assert_stored("six.bin", data)
        self.curl("-o", self.work / "down.bin", self.url("six.bin", ipv6=True))
        self.assertEqual((self.work / "down.bin").read_bytes(), data)


class ResumedDataSessions(CurlCase):
    """`data_session = "resume"`: data connections must resume the control connection's TLS session."""

    server_options = {"protocols": ("ftps", "ftps-implicit"), "listener": {"data_session": "resume"}}

    def test_ten_transfers_in_one_session(self):
        files = {f"t{i}.bin": payload(100_000, seed=i) for i in range(10)}
        for name, data in files.items():
            self.file(name, data)
        for protocol in ("ftps", "ftps-implicit"):
            for version, flags in VERSIONS.items():
                with self.subTest(protocol=protocol, tls=version):
                    folder = f"ten-{protocol}-{version}"
                    before = len(self.server.events("session.open"))
                    self.curl(*flags, "--ftp-create-dirs", "-T", "t[0-9].bin", self.url(f"{folder}/", protocol))
                    self.assertEqual(len(self.server.events("session.open")) - before, 1)
                    for name, data in files.items():
                        self.assert_stored(f"{folder}/{name}", data)

    def test_ten_downloads_in_one_session(self):
        data = payload(100_000)
        self.curl("-T", self.file("source.bin", data), self.url("source.bin"))
        for version, flags in VERSIONS.items():
            with self.subTest(tls=version):
                outputs = [self.work / f"{version}-{i}.bin" for i in range(10)]
                pairs = [word for path in outputs for word in ("-o", path, self.url("source.bin"))]
                self.curl(*flags, *pairs)
                self.assertEqual([path.read_bytes() == data for path in outputs], [True] * 10)

    def test_without_session_reuse_the_transfer_is_refused_with_522(self):
        said = self.curl("-v", "--no-sessionid", "-T", self.file("full.bin", b"data"), self.url("full.bin"),
                         status=None)
        self.assertRegex(said, r"< 522 ")
        self.assertFalse((self.server.home() / "full.bin").exists())
