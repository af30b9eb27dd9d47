"""Logins that lie: signatures, names, passwords, and how often one may try (S11 to S16, S18)."""

import os

from attack.ssh_case import SshCase, key_of, ssh_options, user
from attack.ssh_keys import Ed25519Key, RsaKey
from attack.ssh_wire import (DISCONNECT, SERVICE_REQUEST, UNIMPLEMENTED, USERAUTH_FAILURE, USERAUTH_INFO_REQUEST,
                             USERAUTH_INFO_RESPONSE, USERAUTH_PK_OK, USERAUTH_SUCCESS, boolean, string, u32)

ATTEMPTS = 10_000
BAD_SIGNATURES = 1000
MAX_FAILED_PASSWORDS = 3
MAX_PASSWORD_BYTES = 1024
# Just within the longest packet.
HUGE = 255 << 10
RSA = RsaKey(2048)
# So long that no test here passes because the server lost its patience.
PATIENT = {"handshake": "2m", "login_grace": "2m"}


class LoginCase(SshCase):
    server_options = ssh_options(users={"demo": user("demo"), "other": user("other"), "gone": user("gone", enabled=False),
                                        "rsa": {"password": "rsa secret", "ssh_keys": [RSA.line]}}, **PATIENT)

    def arrived(self):
        return self.peer().request_service()

    def answer_to(self, peer, request):
        """The number of what answers a login request; None for the end of the connection."""
        try:
            peer.send(request)
            while (answer := peer.receive()[0]) == UNIMPLEMENTED:
                pass
            return None if answer == DISCONNECT else answer
        except (EOFError, ConnectionError):
            return None

    def assert_refused(self, request_of, name):
        """What `request_of` makes for a fresh connection logs nobody in. Returns the answer's number."""
        logins = self.warnings("auth.ok")
        with self.subTest(name):
            peer = self.arrived()
            answer = self.answer_to(peer, request_of(peer))
            self.assertIn(answer, (USERAUTH_FAILURE, None))
            self.assertEqual(self.warnings("auth.ok"), logins)
            peer.close()
            return answer

    def assert_not_accepted(self, request_of, name, user="demo"):
        """
        The library drops bad signatures without a word, so the next request is what gets an answer; in any case nobody
        is logged in.
        """
        with self.subTest(name):
            peer = self.arrived()
            logins = self.warnings("auth.ok")
            answers = peer.answers_before([request_of(peer)], peer.auth_request(user, "none"), USERAUTH_FAILURE)
            self.assertLessEqual({answer[0] for answer in answers if answer}, {DISCONNECT, UNIMPLEMENTED}, answers)
            self.assertEqual(self.warnings("auth.ok"), logins)
            peer.close()


class Signatures(LoginCase):
    def test_S13_probe_of_an_authorised_key_is_no_login(self):
        logins = self.warnings("auth.ok")
        peer = self.arrived()
        self.assertEqual(self.answer_to(peer, peer.key_probe("demo", key_of("demo"))), USERAUTH_PK_OK)
        self.assertEqual(peer.answers_before([], peer.auth_request("demo", "none"), USERAUTH_FAILURE), [])
        self.assertEqual(self.warnings("auth.ok"), logins)

    def test_S13_signature_by_another_key_than_the_one_probed_is_refused(self):
        own, stranger = key_of("demo"), Ed25519Key()
        peer = self.arrived()
        self.assertEqual(self.answer_to(peer, peer.key_probe("demo", own)), USERAUTH_PK_OK)
        self.assertEqual(self.answer_to(peer, peer.key_request("demo", stranger)), USERAUTH_FAILURE)

    def test_S13_bent_signatures_are_not_accepted(self):
        own, stranger = key_of("demo"), Ed25519Key()

        def bent(peer, change):
            request = bytearray(peer.key_request("demo", own))
            change(request)
            return bytes(request)

        def flip(at):
            return lambda request: request.__setitem__(at, request[at] ^ 1)
        cases = {
            "by another key": lambda peer: peer.key_request("demo", own, signer=stranger),
            "of another connection": lambda peer: peer.key_request("demo", own, session_id=os.urandom(32)),
            "without the connection": lambda peer: peer.key_request("demo", own, session_id=b"\0"),
            "flipped first byte": lambda peer: bent(peer, flip(-64)),
            "flipped last byte": lambda peer: bent(peer, flip(-1)),
            "all zero": lambda peer: peer.key_request("demo", own)[:-64] + bytes(64),
            "none": lambda peer: peer.key_request("demo", own)[:-87],
            "empty": lambda peer: peer.key_request("demo", own)[:-87] + string(b""),
            "of another user": lambda peer: peer.key_request("other", own).replace(b"other", b"demo "),
            "called RSA": lambda peer: peer.key_request("demo", own, algorithm="rsa-sha2-512", signer=RSA),
            "by RSA with SHA-1": lambda peer: peer.key_request("rsa", RSA, "ssh-rsa", "ssh-rsa"),
            "by RSA with SHA-1 that was announced as SHA-2": lambda peer: peer.key_request(
                "rsa", RSA, "rsa-sha2-512", "ssh-rsa"),
        }
        for name, request_of in cases.items():
            self.assert_not_accepted(request_of, name)

    def test_S13_the_key_that_signed_is_the_one_recorded(self):
        own, other = key_of("demo"), key_of("other")
        peer = self.arrived()
        self.assertEqual(self.answer_to(peer, peer.key_probe("demo", other)), USERAUTH_FAILURE)
        self.assertEqual(self.answer_to(peer, peer.key_request("demo", own)), USERAUTH_SUCCESS)
        recorded = self.server.wait_event("auth.ok", user="demo", method="publickey")["key"]
        self.assertEqual(recorded, own.fingerprint)

    def test_S13_key_of_somebody_else_is_refused(self):
        for name in ("other", "gone", "nobody", "rsa"):
            self.assert_refused(lambda peer: peer.key_request(name, key_of("demo")), name)

    def test_S13_rightful_keys_log_in(self):
        self.arrived().log_in("demo", key_of("demo"))
        self.arrived().log_in("rsa", RSA)

    def test_S12_bad_signatures_without_end_are_ended_and_disturb_nobody(self):
        bystander = self.sftp()
        before = self.holdings()
        peer = self.arrived()
        request = peer.key_request("demo", key_of("demo"), signer=Ed25519Key())
        try:
            for i in range(BAD_SIGNATURES * 2):
                peer.send(request)
                if i % 200 == 0:
                    self.assertEqual(bystander.put("bystander.bin", b"still served"), 0)
            peer.rest()
        except (ConnectionError, EOFError):
            pass
        peer.close()
        self.assert_undisturbed(bystander)
        self.assert_back_to(before)


class Names(LoginCase):
    def test_S14_another_name_ends_the_connection(self):
        for first, then in (("demo", "other"), ("other", "demo"), ("nobody", "demo"), ("demo", "Demo"), ("demo", "")):
            with self.subTest(first, then=then):
                peer = self.arrived()
                self.assertEqual(self.answer_to(peer, peer.auth_request(first, "none")), USERAUTH_FAILURE)
                self.assertIsNone(self.answer_to(peer, peer.key_request(then, key_of(then))))

    def test_S14_probe_as_one_and_login_as_another_ends_the_connection(self):
        peer = self.arrived()
        self.assertEqual(self.answer_to(peer, peer.key_probe("demo", key_of("demo"))), USERAUTH_PK_OK)
        self.assertIsNone(self.answer_to(peer, peer.key_request("other", key_of("other"))))

    def test_S14_prompt_for_one_is_not_answered_for_another(self):
        peer = self.arrived()
        prompt = peer.auth_request("demo", "keyboard-interactive", string("") + string(""))
        self.assertEqual(self.answer_to(peer, prompt), USERAUTH_INFO_REQUEST)
        self.assertIsNone(self.answer_to(peer, peer.password_request("other", self.server.password("other"))))

    def test_S14_service_that_is_none_logs_nobody_in(self):
        for service in ("", "ssh-userauth", "nobody-knows"):
            self.assert_refused(lambda peer: peer.auth_request(
                "demo", "password", boolean(False) + string(self.server.password("demo")), service=service), service)

    def test_S16_names_that_are_none_are_refused_and_logged_in_one_line(self):
        # Not with a NUL: libssh cuts names and passwords there, and what is left must be right all the same.
        names = {"CR LF": b"demo\r\nUSER other", "dots": b"../demo",
                 "slash": b"a/b", "shell": b"$(id);`id`|id", "invalid UTF-8": b"\xff\xfe\xc0\xaf", "empty": b"",
                 "terminal": b"\x1b[2Jdemo", "JSON": b'demo","user":"other', "long": b"x" * 65, "space": b"demo ",
                 "option": b"-demo", "hidden": b".sallyport", "bidi": "demo\u202e".encode()}
        password = self.server.password("demo")
        for name, wire in names.items():
            self.assert_refused(lambda peer: peer.password_request(wire, password), name)
        self.assert_log_is_whole()

    def test_S16_name_of_a_quarter_megabyte_is_refused(self):
        self.assert_refused(lambda peer: peer.password_request(b"x" * HUGE, "secret"), "huge")
        self.assert_log_is_whole()

    def assert_log_is_whole(self):
        """Each line of the log is one event, and none is long."""
        for line in self.server.log_path.read_bytes().splitlines():
            self.assertTrue(line.startswith(b'{"time":') and line.endswith(b"}"), line)
            self.assertLess(len(line), 2000)

    def test_S16_keys_with_names_that_are_none_are_refused(self):
        for wire in (b"demo\0", b"demo\0other", b"../demo"):
            self.assert_not_accepted(lambda peer: peer.key_request(wire, key_of("demo")), wire, user=wire)


class Passwords(LoginCase):
    def test_S15_passwords_that_are_none_are_refused(self):
        right = self.server.password("demo").encode()
        for name, password in {"empty": b"", "too long": b"x" * (MAX_PASSWORD_BYTES + 1), "NUL and right": b"\0" + right,
                               "right and more": right + b" ", "half": right[:-1],
                               "right and 1,024 more": right + b"x" * MAX_PASSWORD_BYTES}.items():
            self.assert_refused(lambda peer: peer.password_request("demo", password), name)

    def test_S15_prompted_passwords_that_are_none_are_refused(self):
        logins = self.warnings("auth.ok")
        right = self.server.password("demo").encode()
        for answers in ([], [right, right], [b""], [b"x" * (MAX_PASSWORD_BYTES + 1)]):
            with self.subTest(answers=[answer[:30] for answer in answers]):
                peer = self.arrived()
                prompt = peer.auth_request("demo", "keyboard-interactive", string("") + string(""))
                self.assertEqual(self.answer_to(peer, prompt), USERAUTH_INFO_REQUEST)
                response = bytes([USERAUTH_INFO_RESPONSE]) + u32(len(answers)) + b"".join(map(string, answers))
                self.assertIn(self.answer_to(peer, response), (USERAUTH_FAILURE, None))
                peer.close()
        self.assertEqual(self.warnings("auth.ok"), logins)

    def test_S15_answer_to_no_prompt_logs_nobody_in(self):
        response = bytes([USERAUTH_INFO_RESPONSE]) + u32(1) + string(self.server.password("demo"))
        peer = self.arrived()
        answers = peer.answers(response)
        self.assertNotIn(USERAUTH_SUCCESS, {answer[0] for answer in answers if answer})
        peer = self.arrived()
        self.answer_to(peer, peer.auth_request("demo", "none"))
        answers = peer.answers_before([response], peer.auth_request("demo", "none"), USERAUTH_FAILURE)
        self.assertNotIn(USERAUTH_SUCCESS, {answer[0] for answer in answers if answer})

    def test_S15_response_that_counts_more_answers_than_it_has_is_refused(self):
        for count in (2, 256, 257, 2**32 - 1):
            with self.subTest(count=count):
                peer = self.arrived()
                prompt = peer.auth_request("demo", "keyboard-interactive", string("") + string(""))
                self.assertEqual(self.answer_to(peer, prompt), USERAUTH_INFO_REQUEST)
                peer.send(bytes([USERAUTH_INFO_RESPONSE]) + u32(count) + string(self.server.password("demo")))
                answers = peer.answers_before([], peer.auth_request("demo", "none"), USERAUTH_FAILURE)
                self.assertNotIn(USERAUTH_SUCCESS, {answer[0] for answer in answers if answer})
                peer.close()

    def test_S15_password_of_a_quarter_megabyte_is_refused(self):
        before = self.holdings()
        for size in (HUGE, HUGE - 10_000, 100_000):
            self.assert_refused(lambda peer: peer.password_request("demo", b"x" * size), size)
        self.assert_back_to(before)

    def test_S18_third_wrong_password_ends_the_connection(self):
        peer = self.arrived()
        request = peer.password_request("demo", "wrong")
        answers = [self.answer_to(peer, request) for _ in range(MAX_FAILED_PASSWORDS)]
        self.assertEqual(answers, [USERAUTH_FAILURE] * (MAX_FAILED_PASSWORDS - 1) + [None])

    def test_S18_wrong_passwords_lock_out_neither_the_user_nor_another_address(self):
        for _ in range(5):
            peer = self.arrived()
            self.answer_to(peer, peer.password_request("demo", "wrong"))
            peer.close()
        peer = self.peer(source="127.0.0.9")
        self.assertEqual(peer.log_in("demo").answers(), [])

    def test_S11_attempts_without_reading_the_answers_are_ended_and_leave_nothing(self):
        # libssh answers gssapi-with-mic alone; only the bytes before the login are counted there.
        for method in ("none", "nobody-knows", "hostbased"):
            with self.subTest(method):
                before = self.holdings()
                peer = self.peer(receive_bytes=4096).request_service()
                requests = b"".join(peer.seal(peer.auth_request("demo", method)) for _ in range(ATTEMPTS))
                try:
                    peer.send_raw(requests)
                    self.assertLess(len(peer.rest()), 100)
                except ConnectionError:
                    pass
                self.assert_back_to(before)

    def test_S11_requests_for_the_service_without_end_are_ended(self):
        peer = self.peer(receive_bytes=4096).request_service()
        try:
            peer.send(*[bytes([SERVICE_REQUEST]) + string("ssh-userauth")] * ATTEMPTS)
            self.assertLess(len(peer.rest()), 100)
        except ConnectionError:
            pass

    def test_S11_unknown_service_ends_the_connection(self):
        for service in ("ssh-connection", "", "nobody-knows", "x" * 200_000):
            with self.subTest(service[:20]):
                peer = self.peer().exchange_keys()
                peer.send(bytes([SERVICE_REQUEST]) + string(service))
                self.assert_ends(peer)
