"""The control connection as a stream of lines: over-long, broken, foreign, too many, never answered."""

import threading

from attack.case import MIB, AttackCase, is_sanitized, limits

MAX_LINE_BYTES = 4096
BAD_COMMANDS, BAD_COMMANDS_BEFORE_LOGIN = 20, 10
PIPELINED = 1000
OVERLONG_BYTES = 10 * MIB


class Lines(AttackCase):
    def pour(self, control, data):
        """Sends until the server hangs up."""
        try:
            control.send(data)
        except OSError:
            pass

    # ---------------------------------------------------------------- F14: cross-protocol, inside TLS

    def test_F14_other_protocols_are_dropped_inside_tls_without_a_word(self):
        for logged_in in (False, True):
            for line in (b"GET /<script> HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n", b"HEAD / HTTP/1.1\r\n",
                         b"PUT / HTTP/1.1\r\n", b"OPTIONS * HTTP/1.1\r\n", b"get / HTTP/1.1\r\n", b"EHLO x\r\n",
                         b"HELO x\r\n", b"LHLO x\r\n", b"SSH-2.0-x\r\n",
                         b"\xff\xfb\x01\r\n", b"\x16\x03\x01\x02\x00\r\n"):
                with self.subTest(line=line, logged_in=logged_in):
                    control = self.session() if logged_in else self.control().start_tls()
                    control.send(line + b"NOOP\r\n")
                    self.assertEqual(control.rest(), b"")

    def test_F14_an_http_body_never_becomes_commands(self):
        control = self.control().start_tls()
        body = f"USER demo\r\nPASS {self.server.password('demo')}\r\nMKD owned\r\n"
        control.send(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n" + body.encode())
        self.assertEqual(control.rest(), b"")
        self.assert_not_published("owned")

    def test_F14_replies_do_not_repeat_commands(self):
        control, marker = self.session(), "reflected-4711"
        for command in (marker[:8], f"XYZZY {marker}", f"HELP {marker}", f"SITE {marker}", f"OPTS {marker}",
                        f"TYPE {marker}", f"PROT {marker}", f"REST {marker}", f"LANG {marker}", f"MODE {marker}",
                        f"AUTH {marker}", f"HOST {marker}", f"CLNT {marker}"):
            self.assertNotIn(marker[:8], control.command(command))

    def test_F14_line_breaks_cannot_be_put_into_replies(self):
        control = self.session()
        for name in ("a\rb", "a\x1b[31mb", "a\x7fb", "a\x0bb", "a\x85b"):
            with self.subTest(name=name):
                reply = control.command(f"MKD {name}")
                self.assertEqual(len(reply.splitlines()), 1, reply)
                self.assertFalse([c for c in reply if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0], reply)

    # ---------------------------------------------------------------- F23: length

    def test_F23_line_without_end_is_refused_at_4096_bytes(self):
        for name, control in (("in clear", self.control()), ("inside TLS", self.control().start_tls()),
                              ("logged in", self.session())):
            with self.subTest(name):
                self.pour(control, b"NOOP " + b"x" * (MAX_LINE_BYTES - 4))
                self.refused(control, "500")

    def test_F23_longest_line_is_still_understood(self):
        control = self.session()
        self.expect(control.command("NOOP " + "x" * (MAX_LINE_BYTES - 7)), "200")
        self.pour(control, b"NOOP " + b"x" * (MAX_LINE_BYTES - 5) + b"\r\n")
        self.refused(control, "500")

    def test_F23_endless_line_costs_no_memory(self):
        before = self.holdings()
        for control in (self.control(), self.control().start_tls()):
            self.pour(control, b"x" * OVERLONG_BYTES)
            self.assertIn(control.rest()[:3], (b"500", b""))
            control.close()
        self.assert_back_to(before)

    # ---------------------------------------------------------------- F24: strange bytes

    def test_F24_strange_bytes_are_one_bad_command_and_never_split_it(self):
        for line in (b"NOOP\0QUIT", b"NO\0OP", b"\0NOOP", b"NOOP\rQUIT", b"\rNOOP", b"NOOP\r\rQUIT\r",
                     b"\x80\x81\x82", b"N\xd6\xd6P", b"\xef\xbb\xbfNOOP",
                     b" NOOP", b"", b"\t", b"NOOP\tx", b"N00P", b"ABCDEFGHI x", b"; ls", b"\x1b[2J", b"\x01", b"*"):
            for name, control in (("inside TLS", self.control().start_tls()), ("logged in", self.session())):
                with self.subTest(name, line=line):
                    control.send(line + b"\r\nSYST\r\n")
                    self.expect(control.reply(), "500")
                    self.expect(control.reply(), "215")

    def test_F24_strange_bytes_in_clear_are_refused(self):
        for line in (b"NOOP\0", b"AUTH TLS\0", b"AUTH\0TLS", b"AUTH TLS\rX", b"\rAUTH TLS", b"", b" AUTH TLS",
                     b"AUTH\tTLS", b"\x80"):
            with self.subTest(line=line):
                control = self.control()
                control.send(line + b"\r\n")
                self.expect(control.reply(), "530")

    def test_F24_line_feed_then_carriage_return_makes_no_extra_command(self):
        control = self.control().start_tls()
        control.send(b"NOOP\n\rQUIT\r\nSYST\r\n")
        self.assertEqual([control.reply()[:3] for _ in range(3)], ["200", "500", "215"])

    def test_F24_telnet_escapes_end_the_connection(self):
        for line in (b"\xff\xff\r\n", b"\xff\xfb\x01", b"\xff", b"\xff\xf4\xff\xf2\xff\xfaNOOP\r\n",
                     b"\xff\xf1NOOP\r\n"):
            with self.subTest(line=line):
                control = self.control().start_tls()
                control.send(line + b"\r\n")
                self.assertEqual(control.rest(), b"")

    def test_F24_a_hundred_empty_lines_are_counted(self):
        for control, limit in ((self.control(), 3), (self.control().start_tls(), BAD_COMMANDS_BEFORE_LOGIN),
                               (self.session(), BAD_COMMANDS)):
            self.pour(control, b"\r\n" * 100)
            replies = control.rest().splitlines()
            self.assertEqual(len(replies), limit)
            self.assertTrue(replies[-1].startswith(b"421"), replies[-1])

    # ---------------------------------------------------------------- F25: too many bad commands

    def test_F25_bad_commands_before_the_login_end_it(self):
        control = self.control().start_tls()
        for i in range(BAD_COMMANDS_BEFORE_LOGIN - 1):
            self.expect(control.command(("XYZZY", "PWD", "", "LIST")[i % 4]), "500", "530")
        control.send(b"XYZZY\r\n")
        self.refused(control, "421")

    def test_F25_bad_commands_after_the_login_end_it(self):
        control = self.session()
        for _ in range(BAD_COMMANDS - 1):
            self.expect(control.command("XYZZY"), "500")
        control.send(b"XYZZY\r\n")
        self.refused(control, "421")

    def test_F25_a_good_login_does_not_forgive_the_commands_before(self):
        control = self.control().start_tls()
        for _ in range(BAD_COMMANDS_BEFORE_LOGIN - 1):
            self.expect(control.command("XYZZY"), "500")
        control.log_in()
        for _ in range(BAD_COMMANDS - BAD_COMMANDS_BEFORE_LOGIN):
            self.expect(control.command("XYZZY"), "500")
        control.send(b"XYZZY\r\n")
        self.refused(control, "421")

    # ---------------------------------------------------------------- F26: pipelining

    def test_F26_a_thousand_commands_in_one_write_are_answered_in_order(self):
        control = self.session()
        control.send(b"".join(b"REST %d\r\n" % i for i in range(PIPELINED)))
        for i in range(PIPELINED):
            self.assertRegex(control.reply(), rf"^350 .* {i}\.")

    def test_F26_commands_behind_quit_are_not_run(self):
        control = self.session()
        control.send(b"QUIT\r\nMKD after-quit\r\n")
        self.expect(control.reply(), "221")
        self.assertEqual(control.rest(), b"")
        self.assert_not_published("after-quit")

    def test_F26_commands_of_a_client_that_is_gone_are_bounded(self):
        before = self.holdings()
        for _ in range(20):
            control = self.session()
            self.pour(control, b"HELP\r\n" * 2000)
            control.tls.reset()
        self.assert_back_to(before)


class UnreadReplies(AttackCase):
    """A client that sends commands and never reads an answer."""

    server_options = limits(connections=200)

    def test_F26_replies_that_are_not_read_pause_the_session_and_end_it(self):
        before = self.holdings()
        control, other = self.session(receive_bytes=4096), self.session()
        control.socket.settimeout(60)
        ended = threading.Event()
        threading.Thread(target=self.never_read, args=(control, ended), daemon=True).start()
        while not ended.wait(1):
            self.expect(other.command("NOOP"), "200")
            if not is_sanitized():
                self.assertLess(self.resident_bytes() - before[1], 32 * MIB)
        self.server.wait_event("session.close", reason="timed out")
        other.close()
        self.assert_back_to(before)

    def never_read(self, control, ended):
        sealed = control.tls.seal(b"HELP\r\n" * 1000)
        try:
            while True:
                control.socket.sendall(sealed)
                sealed = control.tls.seal(b"HELP\r\n" * 1000)
        except OSError:
            ended.set()
