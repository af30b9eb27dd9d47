"""lftp: mirrors, resumed uploads and file management."""

from support.case import ServerCase, payload, read_tree, write_tree

MIB = 1 << 20


class LftpCase(ServerCase):
    requires = ("lftp",)
    protocol = "ftps"

    def script(self, *commands, settings=()):
        host, port = self.server.address(self.protocol)
        scheme = "ftp" if self.protocol == "ftps" else "ftps"
        lines = ["set cmd:fail-exit yes", "set net:max-retries 2", "set net:timeout 20", "set ftp:ssl-force yes",
                 "set ftp:ssl-protect-data yes", f"set ssl:ca-file {self.server.ca_file}", *settings,
                 f"open -u 'demo,{self.server.password('demo')}' {scheme}://{host}:{port}", *commands, "bye"]
        path = self.work / "commands.lftp"
        path.write_text("\n".join(lines) + "\n")
        return path

    def lftp(self, *commands, settings=(), **options):
        return self.client("lftp", "--norc", "-f", self.script(*commands, settings=settings), **options)

    def assert_mirrors(self, folder, *flags, settings=()):
        """Mirrors a tree up and down again; all three copies must be equal."""
        flags = " ".join(flags)
        write_tree(self.work / "tree")
        local = read_tree(self.work / "tree")
        self.lftp(f"mirror -R {flags} tree {folder}", settings=settings)
        self.assertEqual(read_tree(self.server.home() / folder), local)
        self.lftp(f"mirror {flags} {folder} back", settings=settings)
        self.assertEqual(read_tree(self.work / "back"), local)


class Session(LftpCase):
    def test_tree_survives_the_way_up_and_down(self):
        self.assert_mirrors("mirrored")

    def test_tree_survives_parallel_mirrors(self):
        self.assert_mirrors("parallel", "--parallel=4")

    def test_second_mirror_finds_nothing_to_do(self):
        write_tree(self.work / "tree", depth=1)
        self.lftp("mirror -R tree twice")
        before = len(self.server.events("file.received"))
        self.lftp("mirror -R tree twice")
        self.assertEqual(len(self.server.events("file.received")), before)

    def test_unverified_certificate_works_when_the_user_insists(self):
        self.file("insecure.bin", b"data")
        self.lftp("put insecure.bin", settings=["set ssl:ca-file /dev/null", "set ssl:verify-certificate no"])
        self.assert_stored("insecure.bin", b"data")

    def test_unknown_certificate_is_refused_by_the_client(self):
        said = self.lftp("ls", settings=["set ssl:ca-file /dev/null"], status=1)
        self.assertIn("Certificate verification", said)

    def test_interrupted_put_resumes_with_continue(self):
        data = payload(8 * MIB)
        self.file("resumed.bin", data)
        slow = self.spawn("lftp", "--norc", "-f", self.script("put resumed.bin", settings=["set net:limit-rate 2M"]))
        self.kill_mid_upload(slow, "/resumed.bin", MIB)
        self.lftp("put -c resumed.bin")
        self.assert_stored("resumed.bin", data)
        self.assert_received("/resumed.bin", data, resumed=True)

    def test_interrupted_get_resumes_with_continue(self):
        data = payload(3 * MIB)
        self.file("get.bin", data)
        self.lftp("put get.bin -o got.bin")
        self.file("got.bin", data[:MIB + 17])
        self.lftp("get -c got.bin")
        self.assertEqual((self.work / "got.bin").read_bytes(), data)

    def test_files_and_folders_are_managed(self):
        self.file("source file.bin", b"12345")
        home = self.server.home() / "managed"
        said = self.lftp("mkdir -p managed/sub/größe", "put -O managed 'source file.bin'",
                         "mv 'managed/source file.bin' managed/sub/moved.bin", "chmod 600 managed/sub/moved.bin",
                         "cls -1 --size --block-size=1 managed/sub", "pwd")
        self.assertEqual((home / "sub" / "moved.bin").read_bytes(), b"12345")
        self.assertEqual((home / "sub" / "moved.bin").stat().st_mode & 0o777, 0o600)
        self.assertRegex(said, r"5 .*moved\.bin")
        self.assertRegex(said, r"größe/")
        self.lftp("rm managed/sub/moved.bin", "rmdir managed/sub/größe", "rm -r managed")
        self.assertFalse(home.exists())


class Implicit(LftpCase):
    server_options = {"protocols": ("ftps-implicit",)}
    protocol = "ftps-implicit"

    def test_tree_survives_the_way_up_and_down(self):
        self.assert_mirrors("mirrored")


class ResumedDataSessions(LftpCase):
    """`data_session = "resume"`: data connections must resume the control connection's TLS session."""

    server_options = {"listener": {"data_session": "resume"}}

    def test_tree_survives_under_both_tls_versions(self):
        for version in ("1.2", "1.3"):
            with self.subTest(tls=version):
                self.assert_mirrors(f"tls-{version}",
                                    settings=[f"set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS{version}"])
                self.client("rm", "-r", "tree", "back")

    def test_parallel_mirror(self):
        self.assert_mirrors("parallel", "--parallel=4")
