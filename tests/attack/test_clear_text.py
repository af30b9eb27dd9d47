"""The clear-text phase: nothing but AUTH TLS leads anywhere, and nothing said in clear is heard inside TLS."""

import secrets
import time

from attack.case import AttackCase, limits
from attack.client_hello import client_hello
from attack.control import connect, remainder
from attack.tls_pipe import TlsPipe

# The reply after 234, if any, may only be the refusal of bytes before the handshake.
REFUSAL_OF_INJECTION = b"503 "
TLS_ALERT = b"\x15"


class ClearText(AttackCase):
    server_options = {"protocols": ("ftps", "ftps-implicit"), **limits(handshake="3s")}

    def assert_nothing_was_run(self, before):
        for name in ("auth.ok", "auth.fail"):
            self.assertEqual(self.warnings(name), before[name], name)

    def login_events(self):
        return {name: self.warnings(name) for name in ("auth.ok", "auth.fail")}

    # ---------------------------------------------------------------- F1, F2: default refusal

    def test_F1_user_is_refused_and_the_third_time_ends_it(self):
        before, control = self.login_events(), self.control()
        for _ in range(2):
            self.assertIn("AUTH TLS", self.expect(control.command("USER demo"), "530"))
        control.send(b"USER demo\r\n")
        self.refused(control, "421")
        self.assert_nothing_was_run(before)

    def test_F1_password_in_clear_is_refused_unread_whether_right_or_wrong(self):
        before, seen, answers = self.login_events(), self.warnings("auth.cleartext"), []
        for password in (self.server.password("demo"), "wrong-" + secrets.token_hex(8)):
            control = self.control()
            control.send(f"USER demo\r\nPASS {password}\r\n".encode())
            answers.append(control.rest())
            self.assertNotIn(password, self.server.log_path.read_text())
        self.assertEqual(answers[0], answers[1])
        self.assertEqual([line[:3] for line in answers[0].splitlines()], [b"530", b"530"])
        self.wait_warning("auth.cleartext", seen + 1)
        self.assert_nothing_was_run(before)

    def test_F1_password_alone_is_refused_and_ends_the_connection(self):
        control = self.control()
        control.send(b"PASS anything\r\nNOOP\r\n")
        self.assertEqual([line[:3] for line in control.rest().splitlines()], [b"530"])

    def test_F2_every_other_command_is_refused(self):
        for command in ("PASV", "EPSV", "PORT 127,0,0,1,0,22", "STOR x", "RETR x", "APPE x", "LIST", "MLSD",
                        "SITE HELP", "PROT P", "PBSZ 0", "HOST files.example.com", "SYST", "OPTS UTF8 ON", "CWD /",
                        "DELE x", "REIN", "CCC", "ACCT x", "ADAT eA==", "STAT", "XYZZY", "user demo"):
            with self.subTest(command=command):
                self.expect(self.control().command(command), "530")

    def test_F2_five_commands_are_answered(self):
        control = self.control()
        for command, code in (("NOOP", "200"), ("FEAT", "211"), ("HELP", "214"), ("AUTH", "501"), ("QUIT", "221")):
            self.expect(control.command(command), code)
        self.assertEqual(control.rest(), b"")

    # ---------------------------------------------------------------- F3, F4: injection

    def test_F3_command_behind_auth_tls_is_refused_and_never_run(self):
        for segment in (b"AUTH TLS\r\nUSER demo\r\n", b"AUTH TLS\r\nU", b"AUTH TLS\n\n",
                        b"NOOP\r\nAUTH TLS\r\nNOOP\r\n", b"AUTH TLS\r\n" + client_hello()):
            with self.subTest(segment=segment[:40]):
                before, seen, control = self.login_events(), self.warnings("tls.injection"), self.control()
                control.send(segment)
                lines = control.rest().splitlines()
                self.assertTrue(lines[-1].startswith(b"503 "), lines)
                self.assertFalse([line for line in lines if line[:3] in (b"234", b"331")], lines)
                self.wait_warning("tls.injection", seen)
                self.assert_nothing_was_run(before)

    def injected_after_234(self, injected):
        control = self.control()
        self.expect(control.command("AUTH TLS"), "234")
        control.send(injected)
        return control.rest()

    def test_F4_command_between_234_and_the_handshake_is_never_run(self):
        for injected in (b"USER demo\r\n", b"NOOP\r\n" + client_hello(), b"\r\n", b"A"):
            with self.subTest(injected=injected[:20]):
                before, seen = self.login_events(), self.warnings("tls.injection")
                answer = self.injected_after_234(injected)
                self.assertTrue(answer == b"" or answer.startswith(REFUSAL_OF_INJECTION), answer)
                self.wait_warning("tls.injection", seen)
                self.assert_nothing_was_run(before)

    def test_F4_command_in_the_middle_of_the_handshake_is_never_run(self):
        before = self.login_events()
        answer = self.injected_after_234(client_hello() + b"USER demo\r\nPASS x\r\n")
        self.assertNotIn(b"331", answer)
        self.assert_nothing_was_run(before)

    # ---------------------------------------------------------------- F5 - F7: AUTH itself

    def test_F5_auth_tls_split_into_bytes_works_and_leaves_nothing_behind(self):
        for command in (b"AUTH TLS\r\n", b"auth tls\n"):
            with self.subTest(command=command):
                control = self.control()
                for byte in command:
                    control.send(bytes([byte]))
                    time.sleep(0.005)
                self.expect(control.reply(), "234")
                control.tls = TlsPipe(control.socket, control.context).handshake()
                self.expect(control.command("SYST"), "215")

    def test_F6_nothing_said_in_clear_counts_inside_tls(self):
        control = self.control()
        self.expect(control.command("USER demo"), "530")
        self.expect(control.command("REST 5"), "530")
        control.start_tls()
        self.expect(control.command(f"PASS {self.server.password('demo')}"), "503")
        control.log_in()
        self.assertIn('"/"', self.expect(control.command("PWD"), "257"))
        self.expect(control.store("reset.bin", b"0123456789"), "226")
        self.assert_stored("reset.bin", b"0123456789")

    def test_F7_auth_with_an_unknown_mechanism_changes_nothing(self):
        control = self.control()
        for argument, code in (("FOO", "504"), ("", "501"), ("GSSAPI", "504"), ("TLS-P", "504"), ("TLS x", "504")):
            self.expect(control.command(f"AUTH {argument}".rstrip()), code)
        self.expect(control.command("USER demo"), "530")
        self.expect(control.command("AUTH SSL"), "234")

    # ---------------------------------------------------------------- F12, F13: other protocols

    def test_F12_what_is_no_handshake_gets_no_answer_in_clear(self):
        for first in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"SSH-2.0-x\r\n", b"\0" * 64,
                      b"\x80\x2e\x01\x03\x01" + b"\0" * 60, b"\x16\x03\x01\x00\x05hello", b"\x16" + b"\xff" * 200,
                      b"\x17\x03\x03\x00\x01x", b"\x15\x03\x03\x00\x02\x02\x28"):
            with self.subTest(first=first[:20]):
                answer = self.injected_after_234(first)
                acceptable = answer == b"" or answer.startswith((TLS_ALERT, REFUSAL_OF_INJECTION))
                self.assertTrue(acceptable, answer)

    def test_F12_implicit_port_never_answers_in_clear(self):
        for first in (b"USER demo\r\n", b"AUTH TLS\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\xff\xf4"):
            with self.subTest(first=first), connect(self.server.address("ftps-implicit")) as connection:
                connection.sendall(first)
                answer = remainder(connection)
                self.assertTrue(answer == b"" or answer.startswith(TLS_ALERT), answer)

    def test_F13_other_protocols_are_dropped_on_the_first_line_without_a_word(self):
        for line in (b"GET /<script>alert(1)</script> HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n", b"HEAD / HTTP/1.0\r\n",
                     b"PUT /x HTTP/1.1\r\n", b"DELETE /x HTTP/1.1\r\n", b"OPTIONS * HTTP/1.1\r\n",
                     b"CONNECT a:1 HTTP/1.1\r\n", b"get / http/1.1\r\n",
                     b"PRI * HTTP/2.0\r\n", b"EHLO mail.example\r\n", b"HELO x\r\n", b"SSH-2.0-x\r\n",
                     b"\xff\xfd\x03", client_hello()):
            with self.subTest(line=line[:20]):
                control = self.control()
                control.send(line + b"USER demo\r\n")
                self.assertEqual(control.rest(), b"")

    def test_F13_refusals_do_not_repeat_what_the_client_said(self):
        marker = "reflected-4711"
        for command in (marker, f"USER {marker}", f"HELP {marker}", f"AUTH {marker}", f"NOOP {marker}",
                        f"FEAT {marker}"):
            with self.subTest(command=command):
                self.assertNotIn(marker, self.control().command(command))
