"""
basic-ftp, the FTP client of Node.js programs. The scenarios are in basic_ftp.mjs.

No empty files: basic-ftp may end an empty upload before its own TLS handshake is over. It then sends no close_notify,
and the upload is refused with 426 or not, as chance has it.
"""

import json
from pathlib import Path

from support.case import AWKWARD_NAMES, ServerCase, payload, read_tree, write_tree
from support.npm import require_packages

HERE = Path(__file__).resolve().parent
MIB = 1 << 20
VERSIONS = ("1.2", "1.3")


class BasicFtpCase(ServerCase):
    requires = ("node", "npm")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        require_packages(HERE)

    def command(self, scenario, *, protocol="ftps", tls="1.3", **options):
        host, port = self.server.address(protocol)
        settings = {"host": host, "port": port, "ca": str(self.server.ca_file), "tls": f"TLSv{tls}", "user": "demo",
                    "password": self.server.password("demo"), "implicit": protocol == "ftps-implicit", **options}
        return "node", HERE / "basic_ftp.mjs", scenario, json.dumps(settings)

    def node(self, scenario, **options):
        return json.loads(self.client(*self.command(scenario, **options)).splitlines()[-1])

    def copy_all(self, files, **options):
        """Uploads and downloads each file in one session; what arrived on either side must be what was sent."""
        for name, data in files.items():
            self.file(f"up/{name}", data)
        (self.work / "down").mkdir(exist_ok=True)
        found = self.node("copies", names=list(files), **options)
        for name, data in files.items():
            self.assert_stored(name, data)
            self.assertEqual((self.work / "down" / name).read_bytes(), data, name)
        return found

    def copy_tree(self, folder):
        write_tree(self.work / "tree", smallest=1)
        self.node("tree", folder=folder)
        self.assertEqual(read_tree(self.server.home() / folder), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def ten_transfers_on_each_door(self):
        for protocol in ("ftps", "ftps-implicit"):
            for tls in VERSIONS:
                with self.subTest(protocol=protocol, tls=tls):
                    files = {f"{protocol}-{tls}-{i}.bin": payload(100_000, seed=i) for i in range(5)}
                    found = self.copy_all(files, protocol=protocol, tls=tls)
                    self.assertEqual(found["protocol"], f"TLSv{tls}")


class Session(BasicFtpCase):
    server_options = {"protocols": ("ftps", "ftps-implicit")}

    def test_ten_transfers_in_one_session(self):
        self.ten_transfers_on_each_door()

    def test_files_of_all_sizes_and_awkward_names_survive(self):
        files = {f"size-{size}.bin": payload(size) for size in (1, 4096, 16 * MIB + 3)}
        self.copy_all({**files, **{name: name.encode() for name in AWKWARD_NAMES}})
        for name, data in files.items():
            self.assert_received(f"/{name}", data)

    def test_files_and_folders_are_managed(self):
        self.file("source.bin", b"12345")
        found = self.node("manage")
        self.assertEqual(found["pwd"], "/managed/two words/größe")
        self.assertEqual((found["size"], found["modified"]), (5, True))
        self.assertEqual(found["list"], {"after name.bin": {"folder": False, "size": 5}})
        self.assertEqual(found["left"], {})
        self.assertFalse((self.server.home() / "managed").exists())

    def test_tree_survives_the_way_up_and_down(self):
        self.copy_tree("some tree")

    def test_interrupted_upload_resumes_by_appending(self):
        data = payload(6 * MIB)
        self.file("source.bin", data)
        stalled = self.spawn(*self.command("stall", name="resumed.bin", bytes=4 * MIB))
        self.kill_mid_upload(stalled, "/resumed.bin", MIB)
        self.assertGreaterEqual(self.node("resume", name="resumed.bin")["size"], MIB)
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)


class ResumedDataSessions(BasicFtpCase):
    """`data_session = "resume"`: data connections must resume the control connection's TLS session."""

    server_options = {"protocols": ("ftps", "ftps-implicit"), "listener": {"data_session": "resume"}}

    def test_ten_transfers_in_one_session(self):
        self.ten_transfers_on_each_door()

    def test_tree_survives_the_way_up_and_down(self):
        self.copy_tree("some tree")
