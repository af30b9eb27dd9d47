"""wget, which fetches over explicit and implicit FTPS and resumes the session of its control connection."""

from support.case import ServerCase, payload, read_tree, write_tree

MIB = 1 << 20


class Wget(ServerCase):
    server_options = {"protocols": ("ftps", "ftps-implicit"), "listener": {"data_session": "resume"}}
    requires = ("wget",)

    def wget(self, path, *flags, protocol="ftps", **options):
        host, port = self.server.address(protocol)
        implicit = ["--ftps-implicit"] if protocol == "ftps-implicit" else []
        return self.client("wget", "-nv", "--tries=1", "--timeout=60", "--ca-certificate", self.server.ca_file, "--user",
                           "demo", "--password", self.server.password("demo"), *implicit, *flags,
                           f"ftps://{host}:{port}/{path}", **options)

    def store(self, name, data):
        path = self.server.home() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def test_file_is_fetched_over_either_kind_of_tls(self):
        data = payload(3 * MIB + 1)
        self.store("large.bin", data)
        for protocol in ("ftps", "ftps-implicit"):
            with self.subTest(protocol):
                self.wget("large.bin", "-O", "fetched.bin", protocol=protocol)
                self.assertEqual((self.work / "fetched.bin").read_bytes(), data)

    def test_interrupted_download_resumes_with_continue(self):
        data = payload(2 * MIB)
        self.store("resumed.bin", data)
        self.file("resumed.bin", data[:MIB + 17])
        self.wget("resumed.bin", "-c")
        self.assertEqual((self.work / "resumed.bin").read_bytes(), data)

    def test_tree_is_fetched_by_its_listings(self):
        write_tree(self.work / "tree")
        for path in (self.work / "tree").rglob("*"):
            if path.is_file():
                self.store(f"tree/{path.relative_to(self.work / 'tree')}", path.read_bytes())
        self.wget("tree/", "-r", "-nH", "-P", "back")
        self.assertEqual(read_tree(self.work / "back" / "tree"), read_tree(self.work / "tree"))

    def test_wrong_password_and_missing_file_are_told(self):
        self.wget("x.bin", "--password", "wrong", status=6)
        self.wget("missing.bin", status=8)
