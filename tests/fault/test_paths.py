"""Names, links, special files, sizes and modes: the same outcome at both doors, and never outside (P1 to P6, P13 to P16)."""

import os
import socket
import stat
import unittest

from attack import ssh_channel
from attack.ssh_channel import FAILURE
from attack.ssh_wire import u32, u64
from fault.case import FaultCase, both_doors
from fault.doors import DOORS, FtpsDoor, Refused, SftpDoor, string
from support.case import payload
from support.sallyport import Server

REFUSED = None
# What a client says, and where it is stored below the home.
NAMES = [
    # P1: ways out
    ("../x", "x"), ("/../../etc/passwd", REFUSED), ("folder/../../x", "x"), ("..\\x", "..\\x"), ("%2e%2e", "%2e%2e"),
    ("./y", "y"), ("//z", "z"), ("folder//./w", "folder/w"), ("/folder/../v", "v"), ("missing/../u", "u"),
    ("...", "..."), ("folder/..", REFUSED), ("/", REFUSED), (".", REFUSED), ("..", REFUSED),
    # P4: bytes that deceive
    ("a\x01b", REFUSED), ("a\x1bb", REFUSED), ("a\x7fb", REFUSED), ("a\tb", REFUSED), ("a\0b", REFUSED),
    (os.fsdecode(b"a\xc0\xafb"), REFUSED), (os.fsdecode(b"a\xed\xa0\x80b"), REFUSED), (os.fsdecode(b"a\xffb"), REFUSED),
    ("a\u202ecod.exe", REFUSED), ("a\u2066b", REFUSED), ("a\u0085b", REFUSED),
    ("caf\u00e9", "caf\u00e9"), ("cafe\u0301", "cafe\u0301"),
    ("n" * 255, "n" * 255), ("n" * 256, REFUSED), ("\u00e9" * 127, "\u00e9" * 127), ("\u00e9" * 128, REFUSED),
    ("d/" * 500 + "x", REFUSED), ("folder/" + "p" * 3900, REFUSED),
    # P5: names that mean something to somebody
    (".sallyport", REFUSED), (".sallyport/x", REFUSED), ("folder/.sallyport", REFUSED), (".SALLYPORT", ".SALLYPORT"),
    ("-rf", "-rf"), ("con", "con"), (".htaccess", ".htaccess"), ("a;b|c&d", "a;b|c&d"), ("$(id)", "$(id)"), ("~", "~"),
    ("*", "*"), ("a b", "a b"),
]
SECRET = b"what is outside"
MAX_SIZE = 100 * 1024


class PathCase(FaultCase):
    def each_door(self, user="demo"):
        for door in DOORS:
            yield self.enter(door, user)

    def found(self, user="demo"):
        home = self.server.home(user)
        return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


class Names(PathCase):
    def setUp(self):
        super().setUp()
        (self.server.home() / "folder").mkdir(exist_ok=True)

    def test_P1_P4_P5_each_name_is_one_file_or_refused_at_both_doors(self):
        for session in self.each_door():
            for name, where in NAMES:
                with self.subTest(door=session.protocol, name=name[:40]):
                    try:
                        session.put(name, b"data")
                        outcome = name
                    except Refused:
                        outcome = REFUSED
                    self.assertEqual(self.found(), {} if where is REFUSED else {where: b"data"})
                    self.assertEqual(outcome is REFUSED, where is REFUSED)
                    for path in list(self.found()):
                        (self.server.home() / path).unlink()

    def test_P1_what_is_stored_under_one_spelling_is_found_under_each(self):
        for session in self.each_door():
            session.put("folder/file.bin", b"1")
            for spelling in ("folder/./file.bin", "//folder//file.bin", "../folder/file.bin", "folder/../folder/file.bin"):
                self.assertEqual(session.get(spelling), b"1")
                self.assertEqual(session.size(spelling), 1)
            session.remove("x/../folder/file.bin")
            self.assertEqual(self.found(), {})

    def test_P5_no_event_has_more_than_one_line(self):
        for session in self.each_door():
            for name in ("a\x1b[31m", "b\u2028c", "d\u0085e"):
                self.assertRaises(Refused, session.get, name)
        for line in self.server.log_path.read_text().splitlines():
            self.assertTrue(line.startswith("{") and line.endswith("}"), line)

    def test_P16_smallest_files_and_longest_names_arrive_and_resume(self):
        longest = "n" * 251 + ".bin"
        for session in self.each_door():
            for data in (b"", b"1"):
                session.put(longest, data)
                self.assert_stored(longest, data)
            before = len(self.server.events("file.abandoned"))
            broken = self.enter(type(session))
            upload = broken.begin(longest)
            upload.send(b"123")
            upload.cut()
            self.wait_until(lambda: len(self.server.events("file.abandoned")) > before, "the upload is abandoned")
            self.wait_until(lambda: self.partials().get(longest) == b"12", "the partial is kept")
            session.put(longest, b"345", offset=2)
            self.assert_stored(longest, b"12345")
            session.remove(longest)


class Links(PathCase):
    """P2 and P6: things in a home that no client has put there."""

    def setUp(self):
        super().setUp()
        home, self.outside = self.server.home(), self.server.directory / "outside"
        self.outside.mkdir(exist_ok=True)
        (self.outside / "secret").write_bytes(SECRET)
        home.mkdir(exist_ok=True)
        links = {"absolute": self.outside / "secret", "relative": "../../outside/secret", "chain": "absolute",
                 "dangling": self.outside / "missing", "magic": "/proc/self/root/etc/passwd"}
        for name, target in links.items():
            (home / name).symlink_to(target)
        (home / "folder-link").symlink_to(self.outside)
        self.links = [*links, *(f"folder-link/{name}" for name in ("secret", "new", "."))]
        self.addCleanup(lambda: [(home / name).unlink() for name in (*links, "folder-link")])

    def assert_untouched(self):
        self.assertEqual({path.name: path.read_bytes() for path in self.outside.iterdir()}, {"secret": SECRET})

    def test_P2_links_are_never_followed(self):
        for session in self.each_door():
            for name in self.links:
                for what, use in self.uses(session, name):
                    with self.subTest(door=session.protocol, link=name, what=what):
                        self.assertRaises(Refused, use)
            self.assert_untouched()

    def uses(self, session, name):
        yield "put", lambda: session.put(name, b"data")
        yield "append", lambda: session.put(name, b"data", append=True)
        yield "get", lambda: session.get(name)
        yield "names", lambda: session.names(name)
        yield "remove", lambda: session.remove(name)
        yield "rename", lambda: session.rename(name, "renamed")
        yield "mkdir", lambda: session.mkdir(name)
        yield "rmdir", lambda: session.rmdir(name)

    def test_P2_link_is_not_listed(self):
        for session in self.each_door():
            self.assertEqual(session.names("/"), [])

    def test_P6_special_files_are_refused_without_waiting(self):
        home = self.server.home()
        specials = self.make_specials(home)
        for session in self.each_door():
            for name in specials:
                for what, use in (("put", lambda: session.put(name, b"data")), ("get", lambda: session.get(name)),
                                  ("append", lambda: session.put(name, b"data", append=True)),
                                  ("remove", lambda: session.remove(name)),
                                  ("rename", lambda: session.rename(name, "renamed"))):
                    with self.subTest(door=session.protocol, special=name, what=what):
                        self.assertRaises(Refused, use)
            session.put("works.bin", b"as before")
            session.remove("works.bin")
        for name in specials:
            self.assertFalse(stat.S_ISREG((home / name).lstat().st_mode))

    def make_specials(self, home):
        os.mkfifo(home / "fifo")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(home / "socket"))
        self.addCleanup(listener.close)
        names = ["fifo", "socket"]
        try:
            os.mknod(home / "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
            names.append("device")
        except PermissionError:
            pass  # only outside of containers that forbid it
        self.addCleanup(lambda: [(home / name).unlink() for name in names])
        return names

    def test_P6_file_with_a_second_name_outside_is_neither_read_nor_changed(self):
        for session in self.each_door():
            os.link(self.outside / "secret", self.server.home() / "hard")
            self.assertRaises(Refused, session.get, "hard")
            self.assertRaises(Refused, session.put, "hard", b"data", append=True)
            self.assertRaises(Refused, session.put, "hard", b"data", offset=3)
            self.assert_untouched()
            session.put("hard", b"a file of its own")
            session.remove("hard")
            self.assert_untouched()


class Sizes(PathCase):
    server_options = both_doors(policy={"max_file_size": "100KiB"})

    def refused(self, session, action):
        with self.assertRaises(Refused) as caught:
            action()
        self.assertEqual(caught.exception.code, {"ftps": "552", "sftp": FAILURE}[session.protocol], caught.exception)
        self.assert_nothing_staged()
        self.assertEqual((self.found(), self.partials()), ({}, {}))

    def test_P13_file_that_outgrows_the_limit_ends_there_and_is_gone(self):
        for session in self.each_door():
            self.refused(session, lambda: session.put("large.bin", payload(MAX_SIZE + 1)))
            session.put("just.bin", payload(MAX_SIZE))
            session.remove("just.bin")

    def test_P13_too_much_is_refused_before_it_is_sent(self):
        ftps, sftp = self.enter(FtpsDoor), self.enter(SftpDoor)
        ftps.control.command(f"ALLO {MAX_SIZE + 1}")
        self.refused(ftps, lambda: ftps.begin("announced.bin"))
        def far_away():
            upload = sftp.begin("far.bin")
            upload.position = 1 << 62
            upload.send(b"x")
            upload.finish()
        def filled_up():
            upload = sftp.begin("filled.bin")
            try:
                sftp.do(ssh_channel.FSETSTAT, string(upload.handle) + u32(ssh_channel.SIZE_GIVEN) + u64(MAX_SIZE + 1))
            finally:
                try:
                    upload.finish()
                except Refused:
                    pass
        self.refused(sftp, far_away)
        self.refused(sftp, filled_up)


class Umask(unittest.TestCase):
    def test_P15_modes_are_the_policys_whatever_the_umask_is(self):
        options = both_doors(policy={"file_mode": "0664", "dir_mode": "0775"})
        for mask in (0, 0o777):
            server = Server(**options, wrapper=["sh", "-c", f'umask {mask:o}; exec "$@"', "sh"]).start()
            self.addCleanup(server.stop)
            for door in DOORS:
                session = door(server)
                session.put(f"{door.protocol}.bin", b"1")
                session.mkdir(door.protocol)
                session.close()
                modes = [stat.S_IMODE((server.home() / name).stat().st_mode) for name in (f"{door.protocol}.bin", door.protocol)]
                self.assertEqual(modes, [0o664, 0o775], oct(mask))
