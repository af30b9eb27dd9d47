"""lftp sftp://, which speaks SFTP itself over the machine's ssh."""

import shlex

from support.case import AWKWARD_NAMES, payload, read_tree, write_tree
from support.ssh_client import SshCase

MIB = 1 << 20


class LftpCase(SshCase):
    requires = ("lftp", "ssh")

    def script(self, *commands, password="", settings=()):
        host, port = self.server.address("sftp")
        ssh = "ssh -a -x " + " ".join(shlex.quote(word) for word in self.openssh_options())
        if password:
            ssh = ssh.replace("BatchMode=yes", "BatchMode=no") + " -o PubkeyAuthentication=no"
        lines = ["set cmd:fail-exit yes", "set net:max-retries 2", "set net:timeout 20",
                 f'set sftp:connect-program "{ssh}"', *settings, f"open -u 'demo,{password}' sftp://{host}:{port}",
                 *commands, "bye"]
        return self.file("commands.lftp", ("\n".join(lines) + "\n").encode())

    def lftp(self, *commands, password="", settings=(), **options):
        return self.client("lftp", "--norc", "-f", self.script(*commands, password=password, settings=settings),
                           **options)

    def assert_mirrors(self, folder, *flags):
        """Mirrors a tree up and down again; all three copies must be equal."""
        flags = " ".join(flags)
        write_tree(self.work / "tree")
        local = read_tree(self.work / "tree")
        self.lftp(f"mirror -R {flags} tree {folder}")
        self.assertEqual(read_tree(self.server.home() / folder), local)
        self.lftp(f"mirror {flags} {folder} back")
        self.assertEqual(read_tree(self.work / "back"), local)


class LftpSftp(LftpCase):
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

    def test_mirror_replaces_what_has_changed_and_deletes_what_is_gone(self):
        write_tree(self.work / "tree", depth=1)
        self.lftp("mirror -R tree changed")
        self.file("tree/plain.bin", payload(12_345))
        (self.work / "tree" / "another.bin").unlink()
        self.lftp("mirror -R --delete tree changed")
        self.assertEqual(read_tree(self.server.home() / "changed"), read_tree(self.work / "tree"))

    def test_password_logs_in(self):
        self.file("source.bin", b"12345")
        self.lftp("put source.bin -o by-password.bin", password=self.server.password("demo"))
        self.assert_stored("by-password.bin", b"12345")

    def test_large_file_survives_the_way_up_and_down(self):
        data = payload(256 * MIB)
        self.file("up.bin", data)
        self.lftp("put up.bin -o large.bin", "get large.bin -o down.bin")
        self.assert_stored("large.bin", data)
        self.assert_received("/large.bin", data, protocol="sftp")
        self.assertEqual((self.work / "down.bin").read_bytes(), data)

    def test_empty_file_and_awkward_names_survive(self):
        for name in ("empty.bin", *AWKWARD_NAMES):
            with self.subTest(name=name):
                data = b"" if name == "empty.bin" else name.encode()
                self.file("up", data)
                self.lftp(f'put up -o "{name}"', f'get -e "{name}" -o down')
                self.assert_stored(name, data)
                self.assertEqual((self.work / "down").read_bytes(), data)

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

    def test_temporary_file_of_a_put_replaces_the_target(self):
        settings = ["set xfer:use-temp-file yes", "set xfer:temp-file-name .upload-*"]
        for data in (b"a long first version", b"second"):
            self.file("same.bin", data)
            self.lftp("put same.bin", settings=settings)
            self.assert_stored("same.bin", data)
        self.assertEqual([path.name for path in self.server.home().glob(".upload-*")], [])

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
