"""What the TLS layer negotiates and what it refuses: versions, suites, ALPN, renegotiation, malformed hellos."""

import random
import ssl
import threading

from attack import client_hello as hello
from attack.case import AttackCase, limits
from attack.control import TIMEOUT_SECONDS, connect, remainder
from attack.libssl import TLS_1_2, TLS_1_3, LibsslClient
from support.ftps_client import client_context

HANDSHAKE_FAILURE, PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK, NO_APPLICATION_PROTOCOL = 40, 70, 86, 120
WEAK_SUITES = {
    "NULL": (0x0001, 0x0002, 0x003B, 0xC006, 0xC010, 0xC0B4), "export": (0x0003, 0x0006, 0x0008, 0x0014, 0x0062,
                                                                         0x0064),
    "RC4": (0x0004, 0x0005, 0xC007, 0xC011), "DES and 3DES": (0x0009, 0x000A, 0x0015, 0x0016, 0xC008, 0xC012),
    "CBC": (0x002F, 0x0035, 0x003C, 0x003D, 0xC009, 0xC013, 0xC014, 0xC023, 0xC027, 0xC028),
    "RSA key exchange": (0x009C, 0x009D, 0xC09C, 0xC09D), "finite-field DHE": (0x0033, 0x0039, 0x009E, 0x009F,
                                                                               0xCCAA),
    "anonymous": (0x0018, 0x0034, 0x006C, 0x00A6, 0x00A7, 0xC018), "PSK": (0x008C, 0x00A8, 0x00AA, 0xCCAB),
    "CCM": (0xC0AC, 0xC0AD, 0xC0AE), "ARIA and Camellia": (0x0041, 0xC05C, 0xC060, 0xC072, 0xC086)}
FALLBACK = 0x5600
RENEGOTIATIONS = 100
KEY_UPDATES = 10_000
FLOOD_KEY_UPDATES = 100_000
SERVED_OR_CLOSED = (b"200", b"")
MALFORMED_HELLOS = 200


class TlsParameters(AttackCase):
    server_options = {"protocols": ("ftps-implicit", "ftps"), **limits(handshake="3s")}

    def answer_to(self, data, pieces=None):
        """What the implicit port says first to `data`, sent at once or in `pieces` of so many bytes."""
        with connect(self.server.address("ftps-implicit")) as connection:
            try:
                for at in range(0, len(data), pieces or len(data)):
                    connection.sendall(data[at:at + (pieces or len(data))])
                return hello.Answer(connection.recv(65536))
            except ConnectionError:
                return hello.Answer(b"")

    def assert_no_hello(self, answer, what, alert=None):
        self.assertIsNone(answer.hello, f"{what} was accepted")
        if alert is not None:
            self.assertEqual(answer.alert, alert, what)

    # ---------------------------------------------------------------- F15: ALPN

    def alpn_of(self, *names):
        context = client_context(self.server)
        if names:
            context.set_alpn_protocols(names)
        return self.control(context=context, protocol="ftps-implicit").tls.alpn

    def test_F15_alpn_ftp_is_selected_and_absence_is_fine(self):
        self.assertEqual(self.alpn_of("ftp"), "ftp")
        self.assertEqual(self.alpn_of("http/1.1", "ftp"), "ftp")
        self.assertIsNone(self.alpn_of())

    def test_F15_alpn_without_ftp_is_refused_with_alert_120(self):
        for names in ((b"http/1.1",), (b"h2", b"http/1.1"), (b"imap",), (b"FTP",), (b"ftps",), (b"ft",), (b"ftp\0",)):
            for versions in (b"", hello.supported_versions(hello.TLS_1_3, hello.TLS_1_2) + hello.no_key_share()):
                with self.subTest(names=names, tls_1_3=bool(versions)):
                    suites = hello.MODERN_SUITES_1_3 + hello.MODERN_SUITES
                    extensions = hello.usual_extensions() + hello.alpn(*names) + versions
                    answer = self.answer_to(hello.client_hello(suites=suites, extensions=extensions))
                    # A TLS 1.3 server may ask for a key share before it looks at the names.
                    if versions and answer.hello:
                        continue
                    self.assert_no_hello(answer, names, NO_APPLICATION_PROTOCOL)

    def test_F15_alpn_without_ftp_is_refused_in_both_versions_by_a_whole_client(self):
        for version in ("1.2", "1.3"):
            with self.subTest(version=version):
                context = client_context(self.server, version)
                context.set_alpn_protocols(["http/1.1"])
                with self.assertRaisesRegex(ssl.SSLError, "NO_APPLICATION_PROTOCOL|alert"):
                    self.control(context=context, protocol="ftps-implicit")

    def test_F15_data_connection_with_foreign_alpn_is_refused(self):
        control = self.session(protocol="ftps")
        control.context = client_context(self.server)
        control.context.set_alpn_protocols(["http/1.1"])
        with self.assertRaises(ssl.SSLError):
            control.data("STOR alpn.bin")
        self.expect(control.reply(), "425")
        self.assert_not_published("alpn.bin")

    def test_F15_malformed_alpn_lists_are_refused(self):
        for body in (b"\0\0", b"\0\1\0", b"\0\4\7ftp", b"\0\5\3ftp\0", b"\xff\xff\3ftp", b""):
            with self.subTest(body=body):
                extensions = hello.usual_extensions() + hello.extension(16, body)
                self.assert_no_hello(self.answer_to(hello.client_hello(extensions=extensions)), body)

    # ---------------------------------------------------------------- F16: SNI

    def test_F16_any_server_name_is_survived(self):
        for name in (b"", b"unknown.example", b"a\0b.example", b"x" * 255, b"x" * 256, b"y" * 16000, b"../../etc",
                     b"\xff\xfe"):
            with self.subTest(name=name[:20]):
                extensions = hello.usual_extensions() + hello.server_name(name)
                answer = self.answer_to(hello.client_hello(extensions=extensions))
                self.assertTrue(answer.hello or answer.alert is not None)

    # ---------------------------------------------------------------- F17: versions and suites

    def test_F17_modern_hello_is_answered(self):
        self.assertIn(self.answer_to(hello.client_hello()).suite, hello.MODERN_SUITES)

    def test_F17_old_versions_are_refused(self):
        old_suites = hello.MODERN_SUITES + (0x002F, 0x0035, 0xC013, 0x000A, 0x0005)
        for version in (0x0002, hello.SSL_3_0, hello.TLS_1_0, hello.TLS_1_1):
            with self.subTest(version=hex(version)):
                answer = self.answer_to(hello.client_hello(version=version, suites=old_suites))
                self.assert_no_hello(answer, hex(version))
                self.assertIn(answer.alert, (PROTOCOL_VERSION, HANDSHAKE_FAILURE))
        ssl_2 = b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + b"\x01\x00\x80" * 7 + b"c" * 16
        self.assert_no_hello(self.answer_to(ssl_2), "SSL 2.0")

    def test_F17_weak_suites_are_refused_one_by_one(self):
        for family, suites in WEAK_SUITES.items():
            for suite in suites:
                with self.subTest(family=family, suite=hex(suite)):
                    self.assert_no_hello(self.answer_to(hello.client_hello(suites=(suite,))), family,
                                         HANDSHAKE_FAILURE)

    def test_F17_weak_suites_are_not_preferred(self):
        weak = tuple(suite for family in WEAK_SUITES.values() for suite in family)
        answer = self.answer_to(hello.client_hello(suites=weak + hello.MODERN_SUITES))
        self.assertIn(answer.suite, hello.MODERN_SUITES)

    def test_F17_weak_groups_and_signatures_are_refused(self):
        versions = hello.supported_versions(hello.TLS_1_3) + hello.no_key_share() + hello.signature_algorithms()
        finite_field = hello.client_hello(suites=hello.MODERN_SUITES_1_3,
                                          extensions=versions + hello.groups((hello.FFDHE2048,)))
        self.assert_no_hello(self.answer_to(finite_field), "ffdhe2048", HANDSHAKE_FAILURE)
        for group in (0x0001, 0x0013, 0x0015, hello.SECP521R1):
            weak = hello.groups((group,)) + hello.signature_algorithms()
            self.assert_no_hello(self.answer_to(hello.client_hello(extensions=weak)), hex(group), HANDSHAKE_FAILURE)
        sha1_only = hello.groups() + hello.signature_algorithms((0x0201, 0x0203, 0x0202, 0x0101))
        self.assert_no_hello(self.answer_to(hello.client_hello(extensions=sha1_only)), "SHA-1 and MD5",
                             HANDSHAKE_FAILURE)

    def test_F17_forced_fallback_is_refused(self):
        answer = self.answer_to(hello.client_hello(suites=hello.MODERN_SUITES + (FALLBACK,)))
        self.assert_no_hello(answer, "TLS_FALLBACK_SCSV", INAPPROPRIATE_FALLBACK)

    # ---------------------------------------------------------------- F18 - F20: after the hello

    def libssl_session(self, version):
        control = self.control(protocol="ftps")
        self.expect(control.command("AUTH TLS"), "234")
        client = self.enter(LibsslClient(control.socket, version))
        self.assertTrue(client.write(b"NOOP\r\n"))
        self.assertEqual(client.read()[:3], b"200")
        return control, client

    def enter(self, manager):
        value = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return value

    def test_F18_client_renegotiation_is_refused(self):
        before = self.holdings()
        for _ in range(RENEGOTIATIONS):
            self.assertFalse(self.libssl_session(TLS_1_2)[1].renegotiate())
        self.doCleanups()
        self.assert_back_to(before)

    def test_F19_key_updates_are_survived(self):
        before = self.holdings()
        _, client = self.libssl_session(TLS_1_3)
        for _ in range(KEY_UPDATES):
            if not client.update_keys():
                return
        if client.write(b"NOOP\r\n"):
            self.assertIn(client.read()[:3], SERVED_OR_CLOSED)
        self.assert_back_to(before)

    def test_F19_key_updates_whose_answers_are_not_read_do_not_pile_up(self):
        before = self.holdings()
        _, client = self.libssl_session(TLS_1_3)
        for _ in range(KEY_UPDATES):
            if not client.update_keys(ask_for_answer=True):
                break
        self.assert_back_to(before)

    def test_F19_a_key_update_flood_does_not_stop_other_sessions(self):
        others = [self.session(protocol="ftps") for _ in range(4)]
        control, client = self.libssl_session(TLS_1_3)
        flood = client.sealed_key_updates(FLOOD_KEY_UPDATES, b"NOOP\r\n")
        answers = []
        reading = threading.Thread(target=lambda: answers.append(client.read()), daemon=True)
        reading.start()
        sending = threading.Thread(target=send_all, args=(control.socket, flood), daemon=True)
        sending.start()
        for other in others * 2:
            self.expect(other.command("NOOP"), "200")
            self.assertFalse(any(answers), "the others had to wait until the whole flood was digested")
        reading.join(TIMEOUT_SECONDS)
        sending.join(TIMEOUT_SECONDS)
        self.assertIn(answers[0][:3], SERVED_OR_CLOSED)

    def test_F19_no_early_data_is_offered(self):
        _, client = self.libssl_session(TLS_1_3)
        self.assertTrue(client.has_ticket())
        self.assertEqual(client.max_early_data(), 0)

    def test_F20_compression_is_not_selected(self):
        self.assertEqual(self.answer_to(hello.client_hello(compression=b"\1\0")).compression, 0)
        self.assert_no_hello(self.answer_to(hello.client_hello(compression=b"\1")), "compression only")

    # ---------------------------------------------------------------- F22: malformed hellos

    def test_F22_sixteen_kilobytes_of_extensions_are_survived(self):
        padding = hello.extension(21, b"\0" * (16 * 1024 - 512))
        answer = self.answer_to(hello.client_hello(extensions=hello.usual_extensions() + padding))
        self.assertTrue(answer.hello or answer.alert is not None)
        unknown = b"".join(hello.extension(0xFA00 + i, b"x" * 12) for i in range(900))
        answer = self.answer_to(hello.client_hello(extensions=hello.usual_extensions() + unknown))
        self.assertTrue(answer.hello or answer.alert is not None)

    def test_F22_impossible_record_and_message_lengths_are_refused(self):
        message = hello.handshake_message()
        for data in (b"\x16\x03\x01\x00\x00" * 100, b"\x16\x03\x01\x40\x01" + b"\1" * 0x4001,
                     b"\x16\x03\x01\xff\xff" + b"\1" * 70000,
                     hello.record(b"\1\xff\xff\xff" + message[4:]), hello.record(b"\1\0\0\1\3"),
                     hello.record(b"\0\0\0\0"), hello.record(b"\x02" + message[1:])):
            with self.subTest(data=data[:12], size=len(data)):
                self.assert_no_hello(self.answer_to(data), data[:12])

    def test_F22_hello_in_tiny_records_and_segments_is_survived(self):
        message = hello.handshake_message()
        self.assertTrue(self.answer_to(hello.client_hello(), pieces=1).hello)
        records = b"".join(hello.record(message[i:i + 1]) for i in range(len(message)))
        answer = self.answer_to(records)
        self.assertTrue(answer.hello or answer.alert is not None)

    def test_F22_mutated_hellos_are_survived(self):
        source = random.Random(22)
        extensions = hello.usual_extensions() + hello.alpn(b"ftp") + hello.server_name(b"x.example")
        whole = hello.client_hello(extensions=extensions)
        before = self.holdings()
        for _ in range(MALFORMED_HELLOS):
            data = bytearray(whole)
            for _ in range(source.randint(1, 8)):
                data[source.randrange(5, len(data))] = source.randrange(256)
            with connect(self.server.address("ftps-implicit")) as connection:
                connection.sendall(data[:source.randint(6, len(data))])
        self.assert_back_to(before)


def send_all(connection, data):
    try:
        connection.sendall(data)
    except OSError:
        pass  # the server may have had enough


class MinimumVersion(AttackCase):
    server_options = {"protocols": ("ftps-implicit", "ftps"), "tls": {"min_version": "1.3"}, **limits()}

    def test_F17_tls_1_2_is_refused_when_1_3_is_the_minimum(self):
        with connect(self.server.address("ftps-implicit")) as connection:
            connection.sendall(hello.client_hello())
            self.assertEqual(hello.Answer(remainder(connection)).alert, PROTOCOL_VERSION)
