"""Offsets, types, structures and names that a client may not choose: D12 to D15."""

import threading

from attack.case import AttackCase, limits
from attack.control import Control, connect
from attack.tls_pipe import TlsPipe
from support.sallyport import Server

BINARY = bytes(range(256)) * 40 + b"\r\n\n\r\r\n"
STORES_AT_ONCE = 8


class OffsetsAndTypes(AttackCase):
    def test_D12_ascii_converts_line_ends_and_nothing_else(self):
        for sent, stored in ((b"a\r\nb\nc\r\n", b"a\nb\nc\n"), (b"\r\r\n", b"\r\n"), (b"end\r", b"end\r"),
                             (b"\r\n" * 3, b"\n" * 3), (b"", b""),
                             (b"x" * 65535 + b"\r\n" + b"y" * 65535, b"x" * 65535 + b"\n" + b"y" * 65535)):
            with self.subTest(sent=sent[:20]):
                control = self.session()
                self.expect(control.command("TYPE A"), "200")
                self.expect(control.store("ascii.txt", sent), "226")
                self.assert_stored("ascii.txt", stored)

    def test_D12_binary_is_never_reinterpreted(self):
        for commands in ((), ("TYPE I",), ("TYPE L 8",), ("TYPE A", "TYPE I"), ("STRU F", "MODE S"), ("TYPE E",),
                         ("TYPE A X",)):
            with self.subTest(commands=commands):
                control = self.session()
                for command in commands:
                    control.command(command)
                self.expect(control.store("binary.bin", BINARY), "226")
                self.assert_stored("binary.bin", BINARY)

    def test_D12_other_types_structures_and_modes_are_refused(self):
        control = self.session()
        for command in ("MODE Z", "MODE B", "MODE C", "STRU R", "STRU P", "TYPE E", "TYPE L 7", "TYPE L 36",
                        "TYPE A C", "TYPE X"):
            self.expect(control.command(command), "504")
        self.expect(control.command("TYPE"), "501")

    # ---------------------------------------------------------------- D13: offsets

    def test_D13_offset_behind_the_end_is_refused_and_changes_nothing(self):
        control = self.session()
        self.expect(control.store("five.bin", b"12345"), "226")
        for offset in (6, 10, 2**31, 2**32, 2**62, 2**63 - 1):
            for command in ("STOR five.bin", "RETR five.bin", "STOR no-such.bin"):
                with self.subTest(offset=offset, command=command):
                    control.passive()
                    self.expect(control.command(f"REST {offset}"), "350")
                    self.expect(control.command(command), "554", "550", "501")
        self.assert_stored("five.bin", b"12345")
        self.assert_not_published("no-such.bin")

    def test_D13_impossible_offsets_are_refused(self):
        control = self.session()
        for offset in ("-1", "-0", str(2**63), str(2**64 - 1), str(2**64), "9" * 20, "9" * 400, "0x10", "1e3", "+5",
                       "5 5", "5abc", "", "1.5", "١"):
            with self.subTest(offset=offset):
                self.expect(control.command(f"REST {offset}".rstrip()), "501")
        self.expect(control.store("from-start.bin", b"whole"), "226")
        self.assert_stored("from-start.bin", b"whole")

    def test_D13_offset_counts_for_the_next_transfer_only(self):
        control = self.session()
        self.expect(control.store("once.bin", b"0123456789"), "226")
        control.command("REST 4")
        self.expect(control.store("once.bin", b"ABCDEF"), "226")
        self.assert_stored("once.bin", b"0123ABCDEF")
        self.expect(control.store("once.bin", b"all new"), "226")
        self.assert_stored("once.bin", b"all new")

    def test_D13_offset_of_a_refused_transfer_is_forgotten(self):
        control = self.session()
        control.command("REST 4")
        self.expect(control.command("STOR x.bin"), "425")
        self.expect(control.store("fresh.bin", b"whole"), "226")
        self.assert_stored("fresh.bin", b"whole")

    def test_D13_resuming_converted_text_is_refused(self):
        control = self.session()
        self.expect(control.store("text.txt", b"0123456789"), "226")
        control.command("TYPE A")
        control.command("REST 4")
        control.passive()
        self.expect(control.command("STOR text.txt"), "501", "504")
        self.assert_stored("text.txt", b"0123456789")

    def test_D13_huge_announced_sizes_are_survived(self):
        control = self.session()
        for size in ("-1", str(2**64), "9" * 300, "x", ""):
            self.expect(control.command(f"ALLO {size}".rstrip()), "501")
        for size in (2**63 - 1, 2**64 - 1):
            self.expect(control.command(f"ALLO {size}"), "200", "202", "452", "501", "552")
        control.passive()
        self.expect(control.command("STOR huge.bin"), "150", "452", "552")
        self.assert_not_published("huge.bin")

    def test_D13_announced_size_of_a_refused_transfer_is_forgotten(self):
        control = self.session()
        control.command(f"ALLO {2**62}")
        control.passive()
        if not control.command("STOR allocated.bin").startswith("150"):
            self.expect(control.store("allocated.bin", b"small"), "226")
            self.assert_stored("allocated.bin", b"small")

    # ---------------------------------------------------------------- D15: EPSV

    def test_D15_after_epsv_all_nothing_else_opens_a_port(self):
        control = self.session()
        self.expect(control.command("EPSV ALL"), "200")
        for command in ("PASV", "PORT 127,0,0,1,0,22", "EPRT |1|127.0.0.1|22|"):
            self.expect(control.command(command), "501", "502", "503")
        self.expect(control.store("extended.bin", b"x"), "226")

    def test_D15_odd_arguments_of_epsv_open_nothing(self):
        control = self.session()
        self.expect(control.command("EPSV 1"), "229")
        self.expect(control.command("EPSV 2"), "522")
        for argument in ("0", "3", "abc", "-1", "1 1", "ALL x", "9" * 30, "|1|"):
            with self.subTest(argument=argument):
                self.expect(control.command(f"EPSV {argument}"), "501", "522")


class PresetServer(Server):
    """Has policies beside the one that all tests use."""

    def _configuration(self):
        tables = super()._configuration()
        tables["policy"].update(drop={"preset": "dropbox"}, swap={"preset": "exchange"})
        return tables


class Policy(AttackCase):
    """`dropbox` may upload and nothing else; `exchange` may not overwrite."""

    @classmethod
    def setUpClass(cls):
        users = {"demo": "demo secret", "drop": {"password": "drop secret", "policy": "drop"},
                 "swap": {"password": "swap secret", "policy": "swap"}}
        cls.server = PresetServer(users=users, **limits()).start()
        cls.addClassCleanup(cls.server.stop)

    def planted(self, user, name, data=b"was here before"):
        home = self.server.home(user)
        home.mkdir(exist_ok=True)
        (home / name).write_bytes(data)
        return data

    def test_D14_append_and_rename_do_not_get_around_the_overwrite_rule(self):
        for user in ("drop", "swap"):
            with self.subTest(user):
                control = self.session(user)
                before = self.planted(user, "taken.bin")
                self.expect(control.store("mine.bin", b"mine"), "226")
                for commands in (("STOR taken.bin",), ("APPE taken.bin",), ("REST 3", "STOR taken.bin"),
                                 ("RNFR mine.bin", "RNTO taken.bin"),
                                 ("RNFR taken.bin", "RNTO elsewhere.bin") if user == "drop" else ("STOR ./taken.bin",
                                                                                                  )):
                    control.passive()
                    for command in commands[:-1]:
                        control.command(command)
                    self.expect(control.command(commands[-1]), "550", "553", "503")
                self.assert_stored("taken.bin", before, user=user)

    def test_D14_dropbox_reads_and_deletes_nothing_of_others(self):
        control = self.session("drop")
        before = self.planted("drop", "theirs.bin")
        for command in ("RETR theirs.bin", "DELE theirs.bin", "SIZE theirs.bin", "MDTM theirs.bin", "MLST theirs.bin",
                        "RNFR theirs.bin", "HASH theirs.bin", "XSHA256 theirs.bin", "MFMT 20200101000000 theirs.bin",
                        "SITE CHMOD 777 theirs.bin"):
            control.passive()
            self.expect(control.command(command), "550", "553")
        self.assert_stored("theirs.bin", before, user="drop")

    def test_D14_unique_names_never_collide(self):
        names = []

        def store(i):
            control = Control(self.server).log_in("swap")
            channel = control.data("STOU clash.bin")
            channel.sendall(b"%d" % i)
            channel.finish()
            names.append((i, control.reply()))
            control.close()
        threads = [threading.Thread(target=store, args=(i,)) for i in range(STORES_AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(names), STORES_AT_ONCE)
        self.assertTrue(all(reply.startswith("226") for _, reply in names), names)
        received = [e for e in self.server.events("file.received") if e["user"] == "swap" and "clash" in e["path"]]
        paths = {e["path"] for e in received}
        self.assertEqual(len(paths), STORES_AT_ONCE)
        contents = {self.server.stored(path, "swap") for path in paths}
        self.assertEqual(contents, {b"%d" % i for i in range(STORES_AT_ONCE)})

    def test_D14_same_name_at_the_same_time_has_one_winner(self):
        first, second = self.session("swap"), self.session("swap")
        channels = []
        for control in (first, second):
            address = control.passive()
            reply = control.command("STOR race.bin")
            channels.append((control, address, reply))
        replies = []
        for letter, (control, address, reply) in zip(b"AB", channels):
            if reply.startswith("150"):
                reply = self.complete(control, address, bytes([letter]) * 100_000)
            replies.append(reply[:3])
        self.assertEqual(replies.count("226"), 1, replies)
        self.assertIn(self.server.stored("race.bin", "swap"), (b"A" * 100_000, b"B" * 100_000))

    def complete(self, control, address, data):
        channel = TlsPipe(connect(address), control.context).handshake()
        channel.sendall(data)
        channel.finish()
        return control.reply()
