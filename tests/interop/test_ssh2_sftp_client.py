"""
ssh2-sftp-client, the SFTP client of Node.js programs: it sets the mode right after opening, and its fastPut writes
blocks in any order. The scenarios are in ssh2_sftp_client.mjs.
"""

import json
from pathlib import Path

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.npm import require_packages
from support.ssh_client import SshCase

HERE = Path(__file__).resolve().parent
MIB = 1 << 20


class Ssh2Case(SshCase):
    requires = ("node", "npm")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        require_packages(HERE)

    def command(self, scenario, login, **options):
        host, port = self.server.address("sftp")
        host_key = self.server.known_hosts.read_text().splitlines()[0].split()[2]
        settings = {"host": host, "port": port, "username": "demo", "hostKey": host_key, **login, **options}
        return "node", HERE / "ssh2_sftp_client.mjs", scenario, json.dumps(settings)

    def node(self, scenario, login=None, **options):
        return json.loads(self.client(*self.command(scenario, login or {"key": str(self.key)}, **options))
                          .splitlines()[-1])

    def copy_all(self, scenario, files, **options):
        """Uploads and downloads each file in one session; what arrived on either side must be what was sent."""
        for name, data in files.items():
            self.file(f"up/{name}", data)
        (self.work / "down").mkdir(exist_ok=True)
        self.node(scenario, names=list(files), **options)
        for name, data in files.items():
            self.assert_stored(name, data)
            self.assertEqual((self.work / "down" / name).read_bytes(), data, name)


class Ssh2SftpClient(Ssh2Case):
    def test_each_way_to_log_in(self):
        password = self.server.password("demo")
        for method, login in (("publickey", {"key": str(self.key)}), ("password", {"password": password}),
                              ("keyboard-interactive", {"prompted": password})):
            with self.subTest(method=method):
                self.assertEqual(self.node("login", login)["cwd"], "/")
                self.server.wait_event("auth.ok", user="demo", method=method)

    def test_files_of_all_sizes_and_awkward_names_survive(self):
        files = {f"size-{size}.bin": payload(size) for size in (0, 1, 32768, 16 * MIB + 3)}
        self.copy_all("put", {**files, **{name: name.encode() for name in AWKWARD_NAMES}})
        for name, data in files.items():
            self.assert_received(f"/{name}", data, protocol="sftp")

    def test_fast_transfers_with_blocks_in_any_order_survive(self):
        for concurrency, chunk in ((64, 32768), (4, 1000), (128, 200_000)):
            with self.subTest(concurrency=concurrency, chunk=chunk):
                files = {f"fast-{chunk}-{size}.bin": payload(size) for size in (0, 1, 2 * MIB + 3)}
                self.copy_all("fast", files, concurrency=concurrency, chunkSize=chunk)

    def test_large_fast_transfer_survives(self):
        data = payload(256 * MIB)
        self.copy_all("fast", {"large.bin": data}, concurrency=64, chunkSize=32768)
        self.assert_received("/large.bin", data)

    def test_buffers_and_streams_are_stored_and_appended_to(self):
        data = payload(MIB + 1)
        self.file("up.bin", data)
        self.assertEqual(self.node("forms")["text"], "from a buffer, appended")
        self.assert_stored("buffer.bin", b"from a buffer, appended")
        # ssh2 sets 0666 on each handle unless told otherwise, here when it appends.
        self.assertEqual((self.server.home() / "buffer.bin").stat().st_mode & 0o777, 0o666)
        self.assert_stored("stream.bin", data)

    def test_tree_survives_the_way_up_and_down(self):
        write_tree(self.work / "tree")
        self.node("tree", folder="some tree")
        self.assertEqual(read_tree(self.server.home() / "some tree"), read_tree(self.work / "tree"))
        self.assertEqual(read_tree(self.work / "back"), read_tree(self.work / "tree"))

    def test_files_and_folders_are_managed(self):
        found = self.node("manage")
        self.assertEqual((found["refused"], found["mode"], found["size"], found["kinds"]),
                         (True, 0o600, 5, ["d", "-", False]))
        self.assertEqual(found["list"], {"target.bin": "-", "two words": "d"})
        self.assertEqual((found["real"], found["missing"]), ("/managed", 2))
        self.assertFalse((self.server.home() / "managed").exists())

    def test_file_is_copied_through_the_client(self):
        data = payload(MIB + 1)
        self.file("up.bin", data)
        self.node("copy")
        self.assert_stored("twin.bin", data)

    def test_twenty_files_at_once_in_one_session(self):
        files = {f"at-once-{number:02}.bin": payload(300_000, seed=number) for number in range(20)}
        for name, data in files.items():
            self.file(f"up/{name}", data)
        self.node("parallel", names=list(files))
        for name, data in files.items():
            self.assert_stored(name, data)
            self.assert_received(f"/{name}", data)

    def test_interrupted_upload_resumes_by_appending(self):
        data = payload(6 * MIB)
        self.file("source.bin", data)
        stalled = self.spawn(*self.command("stall", {"key": str(self.key)}, name="resumed.bin", bytes=4 * MIB))
        self.kill_mid_upload(stalled, "/resumed.bin", MIB)
        self.assertGreaterEqual(self.node("resume", name="resumed.bin")["size"], MIB - 1)
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)
