"""Logins that need two proofs, attacked with one: what was proved counts for its user and connection only (S13, S14)."""

from attack.ssh_case import SshCase, key_of, ssh_options, user
from attack.ssh_keys import Ed25519Key
from attack.ssh_wire import (DISCONNECT, USERAUTH_FAILURE, USERAUTH_INFO_REQUEST, USERAUTH_INFO_RESPONSE, USERAUTH_PK_OK,
                             USERAUTH_SUCCESS, Fields, string, u32)
from support.totp import code

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODED = {"totp": SECRET}


class CombinationCase(SshCase):
    server_options = ssh_options(users={
        "demo": user("demo"),
        "both": user("both", login=["publickey+password"]),
        "twin": user("twin", login=["publickey+password"]),
        **{name: user(name, login=["publickey+totp"], **CODED) for name in ("unasked", "abandoned", "codes", "counted")},
        "words": user("words", login=["password+totp"], **CODED),
    }, handshake="2m", login_grace="2m")

    def arrived(self):
        return self.peer().request_service()

    def ask(self, peer, request):
        """What answers a request: its number, and for a failure the methods that go on and whether it is partial."""
        try:
            peer.send(request)
            answer = peer.receive()
        except (EOFError, ConnectionError):
            return (None,)
        if answer[0] != USERAUTH_FAILURE:
            return (answer[0],) if answer[0] != DISCONNECT else (None,)
        methods = Fields(answer[1:]).string().decode()
        return USERAUTH_FAILURE, set(methods.split(",")), bool(answer[-1])

    @staticmethod
    def question(peer, name):
        """A request to be asked."""
        return peer.auth_request(name, "keyboard-interactive", string("") + string(""))

    @staticmethod
    def response(*answers):
        return bytes([USERAUTH_INFO_RESPONSE]) + u32(len(answers)) + b"".join(map(string, answers))

    def shown_key(self, name):
        """A connection that has proved the key of a user who needs more."""
        peer = self.arrived()
        number, _, partial = self.ask(peer, peer.key_request(name, key_of(name)))
        self.assertEqual((number, partial), (USERAUTH_FAILURE, True))
        return peer


class PartialSuccess(CombinationCase):
    def test_methods_that_go_on_are_named_after_a_right_proof_and_after_a_wrong_one(self):
        peer = self.shown_key("both")
        wrong = self.ask(peer, peer.password_request("both", "wrong"))
        self.assertEqual(wrong, (USERAUTH_FAILURE, {"password", "keyboard-interactive"}, False))
        self.assertEqual(self.ask(peer, peer.password_request("both", "both secret")), (USERAUTH_SUCCESS,))

    def test_S13_probed_key_after_a_right_password_is_no_login(self):
        peer = self.arrived()
        request = peer.password_request("both", "both secret")
        self.assertEqual(self.ask(peer, request), (USERAUTH_FAILURE, {"publickey"}, True))
        self.assertEqual(self.ask(peer, peer.key_probe("both", key_of("both"))), (USERAUTH_PK_OK,))
        self.assertEqual(self.ask(peer, request)[0], USERAUTH_FAILURE)
        self.assertEqual(self.ask(peer, peer.key_request("both", Ed25519Key()))[0], USERAUTH_FAILURE)

    def test_S14_proved_as_one_and_finished_as_another_ends_the_connection(self):
        peer = self.shown_key("both")
        self.assertEqual(self.ask(peer, peer.password_request("twin", "twin secret")), (None,))
        peer = self.shown_key("both")
        self.assertEqual(self.ask(peer, peer.password_request("demo", "demo secret")), (None,))

    def test_proof_twice_is_not_two_proofs(self):
        peer = self.shown_key("both")
        self.assertEqual(self.ask(peer, peer.key_request("both", key_of("both")))[0], USERAUTH_FAILURE)
        peer = self.arrived()
        for _ in range(2):
            self.assertEqual(self.ask(peer, peer.password_request("both", "both secret"))[0], USERAUTH_FAILURE)

    def test_proof_of_one_connection_is_none_for_another(self):
        self.shown_key("both")
        peer = self.arrived()
        self.assertEqual(self.ask(peer, peer.password_request("both", "both secret")),
                         (USERAUTH_FAILURE, {"publickey"}, True))


class CodesThatNobodyAskedFor(CombinationCase):
    def test_code_without_a_question_is_not_looked_at(self):
        peer = self.shown_key("unasked")
        peer.send(self.response(code(SECRET)))
        answers = peer.answers_before([], peer.auth_request("unasked", "none"), USERAUTH_FAILURE)
        self.assertNotIn(USERAUTH_SUCCESS, {answer[0] for answer in answers if answer})

    def test_answer_to_a_question_that_was_given_up_is_not_looked_at(self):
        peer = self.shown_key("abandoned")
        self.assertEqual(self.ask(peer, self.question(peer, "abandoned")), (USERAUTH_INFO_REQUEST,))
        self.assertEqual(self.ask(peer, peer.auth_request("abandoned", "none"))[0], USERAUTH_FAILURE)
        peer.send(self.response(code(SECRET)))
        answers = peer.answers_before([], peer.auth_request("abandoned", "none"), USERAUTH_FAILURE)
        self.assertNotIn(USERAUTH_SUCCESS, {answer[0] for answer in answers if answer})

    def test_code_before_the_key_is_taken_for_a_password(self):
        peer = self.arrived()
        self.assertEqual(self.ask(peer, self.question(peer, "codes")), (USERAUTH_INFO_REQUEST,))
        self.assertEqual(self.ask(peer, self.response(code(SECRET)))[0], USERAUTH_FAILURE)

    def test_third_wrong_code_ends_the_connection(self):
        peer = self.shown_key("counted")
        for left in (2, 1, 0):
            self.assertEqual(self.ask(peer, self.question(peer, "counted")), (USERAUTH_INFO_REQUEST,))
            self.assertEqual(self.ask(peer, self.response("000000"))[0], USERAUTH_FAILURE if left else None)

    def test_answers_that_are_no_code_are_refused(self):
        for answers in ([], [""], ["1"], [code(SECRET), code(SECRET)], ["x" * 2000], [code(SECRET) + " "]):
            with self.subTest(answers=[answer[:20] for answer in answers]):
                peer = self.arrived()
                self.assertEqual(self.ask(peer, self.question(peer, "words")), (USERAUTH_INFO_REQUEST,))
                self.assertEqual(self.ask(peer, self.response("words secret")), (USERAUTH_INFO_REQUEST,))
                self.assertIn(self.ask(peer, self.response(*answers))[0], (USERAUTH_FAILURE, None))
                peer.close()
