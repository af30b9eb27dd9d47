"""Inside TLS: the channel never gets weaker, and nobody is logged in by accident."""

import socket

from attack.case import AttackCase
from attack.tls_pipe import APPLICATION_DATA, TlsPipe, record_types
from attack.control import TIMEOUT_SECONDS, connect
from support.recording_proxy import RecordingProxy

CONTENTS = b"contents that nobody else may read " * 3000


class Protection(AttackCase):
    def test_F8_second_auth_is_refused_and_tls_stays(self):
        control = self.control().start_tls()
        for mechanism in ("TLS", "SSL", "TLS-C", ""):
            self.expect(control.command(f"AUTH {mechanism}".rstrip()), "503", "534")
        self.expect(control.command("SYST"), "215")

    def test_F8_command_behind_a_second_auth_is_answered_inside_tls(self):
        control = self.control().start_tls()
        control.send(b"AUTH TLS\r\nSYST\r\n")
        self.expect(control.reply(), "503", "534")
        self.expect(control.reply(), "215")

    def test_F9_nothing_takes_protection_away(self):
        control = self.session()
        for codes, commands in ((("534",), ("CCC", "PROT C", "PROT S", "PROT E", "prot c")), (("504",), ("PROT X",)),
                                (("501",), ("PROT",)), (("502",), ("REIN",)),
                                (("500", "502"), ("SSCN ON", "CPSV", "MIC eA==", "CONF eA==", "ENC eA=="))):
            for command in commands:
                with self.subTest(command=command):
                    self.expect(control.command(command), *codes)
        self.expect(control.store("protected.bin", b"still encrypted"), "226")
        self.assert_stored("protected.bin", b"still encrypted")

    def test_F9_F11_transfer_without_prot_p_is_refused_and_nothing_is_opened(self):
        for before in ((), ("PBSZ 0",), ("PBSZ 0", "PROT C"), ("CCC",), ("PROT S",)):
            with self.subTest(before=before):
                control = self.control().log_in(protect=False)
                for command in before:
                    control.command(command)
                for command in ("STOR naked.bin", "APPE naked.bin", "STOU", "RETR naked.bin", "LIST", "NLST", "MLSD"):
                    opened = self.expect(control.command("EPSV"), "229")
                    self.expect(control.command(command), "521")
                    with self.assertRaises(OSError):
                        socket.create_connection(("127.0.0.1", int(opened.split("|")[3])), TIMEOUT_SECONDS).close()
                self.assert_not_published("naked.bin")

    def test_F10_protection_buffer_size(self):
        control = self.control().log_in(protect=False)
        self.expect(control.command("PROT P"), "200")
        self.expect(control.command("PBSZ 0"), "200")
        self.assertIn("PBSZ=0", self.expect(control.command("PBSZ 4096"), "200"))
        for size in ("-1", "4294967296", "99999999999999999999999", "zero", "", "0x10", "1 2", "+1"):
            with self.subTest(size=size):
                self.expect(control.command(f"PBSZ {size}".rstrip()), "501")
        self.expect(control.store("pbsz.bin", b"1"), "226")

    def test_F29_features_promise_nothing_that_is_refused(self):
        clear, control = self.control(), self.session()
        for name, reply in (("in clear", clear.command("FEAT")), ("inside TLS", control.command("FEAT"))):
            with self.subTest(name):
                features = {line.strip() for line in reply.splitlines()[1:-1]}
                self.assertLessEqual({"AUTH TLS", "PBSZ", "PROT", "EPSV"}, features)
                verbs = {feature.split()[0] for feature in features}
                self.assertFalse(verbs & {"CCC", "PORT", "EPRT", "REIN", "SSCN", "CPSV"}, verbs)

    def test_F29_features_promise_nothing_that_is_not_there(self):
        control = self.session()
        features = {line.split()[0] for line in control.command("FEAT").splitlines()[1:-1]}
        for verb in sorted(features - {"TVFS", "UTF8", "AUTH"}):
            with self.subTest(verb=verb):
                self.assertNotIn(control.command(verb)[:3], ("500", "502"))

    # ---------------------------------------------------------------- F30

    def test_F30_after_234_only_tls_records_cross_the_wire(self):
        with RecordingProxy(self.server.address()) as proxy:
            control = self.control()
            control.close()
            control.socket = connect(proxy.address)
            control.reply()
            control.log_in()
            channels = [self.transfer_through_proxy(control, f"{verb} wire.bin", data)
                        for verb, data in (("STOR", CONTENTS), ("RETR", None))]
            control.send(b"QUIT\r\n")
            self.expect(control.reply(), "221")
            self.assertEqual(control.rest(), b"")
            control.close()
        clear, _, private = bytes(proxy.sent_by_server).partition(b"234 ")
        self.assertTrue(clear.startswith(b"220 "))
        self.assertIn(APPLICATION_DATA, record_types(private.partition(b"\r\n")[2]))
        command, _, private = bytes(proxy.sent_by_client).partition(b"\r\n")
        self.assertEqual(command, b"AUTH TLS")
        self.assertIn(APPLICATION_DATA, record_types(private))
        for channel in channels:
            for stream in (channel.sent_by_client, channel.sent_by_server):
                self.assertTrue(record_types(stream))
                self.assertNotIn(CONTENTS[:20], stream)

    def transfer_through_proxy(self, control, command, data):
        address = control.passive()
        with RecordingProxy(address) as proxy:
            connection = connect(proxy.address)
            self.expect(control.command(command), "150")
            channel = TlsPipe(connection, control.context).handshake()
            if data is not None:
                channel.sendall(data)
            channel.finish()
            self.expect(control.reply(), "226")
        return proxy


class LoginState(AttackCase):
    def setUp(self):
        super().setUp()
        self.secret = {user: self.server.password(user) for user in ("demo", "other")}

    def test_F28_commands_before_the_login_are_refused(self):
        control = self.control().start_tls()
        for command in ("PWD", "CWD /", "EPSV", "STOR x", "DELE x", "SITE HELP", "STAT /"):
            self.expect(control.command(command), "530")

    def test_F28_password_without_user_is_refused(self):
        control = self.control().start_tls()
        self.expect(control.command(f"PASS {self.secret['demo']}"), "503")
        self.expect(control.command("PWD"), "530")

    def test_F28_password_counts_for_the_last_user_named(self):
        control = self.control().start_tls()
        control.command("USER demo")
        self.expect(control.command("USER other"), "331")
        self.expect(control.command(f"PASS {self.secret['demo']}"), "530")
        self.expect(control.command("PWD"), "530")

    def test_F28_one_user_name_takes_one_password(self):
        control = self.control().start_tls()
        control.command("USER demo")
        self.expect(control.command("PASS wrong"), "530")
        self.expect(control.command(f"PASS {self.secret['demo']}"), "503")

    def test_F28_another_user_ends_the_login_and_what_it_set_up(self):
        control = self.session()
        self.expect(control.command("MKD private"), "257")
        control.command("CWD private")
        self.expect(control.store("rename.bin", b"x"), "226")
        control.command("REST 3")
        self.expect(control.command("RNFR rename.bin"), "350")
        self.expect(control.command("USER other"), "331")
        for command in ("PWD", "LIST", "STOR stolen.bin", "RNTO stolen.bin", "DELE rename.bin"):
            self.expect(control.command(command), "530")
        self.expect(control.command(f"PASS {self.secret['other']}"), "230")
        self.assertIn('"/"', control.command("PWD"))
        self.expect(control.command("RNTO stolen.bin"), "503")
        self.expect(control.store("mine.bin", b"whole"), "226")
        self.assert_stored("mine.bin", b"whole", user="other")
        self.assert_not_published("mine.bin")

    def test_F28_failed_second_login_leaves_nobody_logged_in(self):
        control = self.session()
        control.command("USER demo")
        self.expect(control.command("PASS wrong"), "530")
        for command in ("PWD", "EPSV", "STOR x"):
            self.expect(control.command(command), "530")

    def test_F28_passive_port_of_the_user_before_is_closed(self):
        control = self.session()
        address = control.passive()
        control.command("USER other")
        control.command(f"PASS {self.secret['other']}")
        with self.assertRaises(OSError):
            connect(address).close()
        self.expect(control.command("STOR takeover.bin"), "425")
        self.assert_not_published("takeover.bin")

    def test_F28_three_wrong_passwords_end_the_connection(self):
        control = self.control().start_tls()
        for _ in range(2):
            control.command("USER demo")
            self.expect(control.command("PASS wrong"), "530")
        control.command("USER demo")
        control.send(b"PASS wrong\r\n")
        self.refused(control, "421")

    def test_F28_unknown_and_wrong_get_the_same_words(self):
        answers = set()
        for user, password in (("demo", "wrong"), ("nobody-4711", "wrong"), ("demo", ""), ("demo", "x" * 2000),
                               ("a/b", "x")):
            control = self.control().start_tls()
            self.expect(control.command(f"USER {user}"), "331")
            answers.add(control.command(f"PASS {password}"))
        self.assertEqual(len(answers), 1, answers)
