"""A hook that is slow, wrong, hostile or somebody else lets nobody in, and stops nobody else."""

import itertools
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import paramiko

from attack.case import AttackCase, limits
from attack.control import Control
from support.hooks import ScriptedHook, answer, response
from support.sallyport import hash_password

TOKEN = "token-4711"
PASSWORD = "guest secret 0815"
# Each try costs a hash before the hook is asked, and 64 of them may wait.
WAVE = 45


def listen():
    return socket.create_server(("127.0.0.1", 0), backlog=256)


class HookCase(AttackCase):
    """`hook` answers for users that are not in the file; each class says where it listens."""

    timeout = "30s"
    numbers = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="sallyport-hook-"))
        cls.addClassCleanup(subprocess.run, ["rm", "-r", str(cls.folder)], check=True)
        token = cls.folder / "token"
        token.touch(0o600)
        token.write_text(TOKEN)
        cls.hook, url = cls.start_hook()
        cls.addClassCleanup(cls.hook.close)
        cls.server_options = {"protocols": ("ftps", "sftp"), "policies": {"guests": {"preset": "full"}},
                              "auth": {"providers": ["file", "http"],
                                       "http": {"url": url, "token": f"file:{token}", "timeout": cls.timeout,
                                                "policies": ["guests"], **cls.hook_options()}},
                              **limits(penalty_exempt=[])}
        super().setUpClass()

    @classmethod
    def start_hook(cls):
        listener = listen()
        return ScriptedHook(listener), f"http://127.0.0.1:{listener.getsockname()[1]}/login"

    @classmethod
    def hook_options(cls):
        return {}

    def setUp(self):
        super().setUp()
        self.hook.script = lambda question: answer(result="accept")

    def answer_to(self, user="guest", password=PASSWORD, **options):
        control = self.control(**options).start_tls()
        control.command(f"USER {user}")
        return control.command(f"PASS {password}")

    def assert_let_in(self):
        self.expect(self.answer_to(), "230")

    def assert_refused_because(self, reason):
        # A name of its own for each try: events come when they come, and that of another try is none of this one.
        user = f"guest-{next(self.numbers)}"
        self.expect(self.answer_to(user), "530")
        failed = self.server.wait_event("auth.hook_failed", timeout=30, user=user)
        self.assertIn(reason, failed["reason"])
        self.assert_names_the_session(failed)

    def assert_names_the_session(self, event):
        """Which is open, and whose address the event has."""
        self.server.wait_event("session.open", session=event["session"], address=event["address"])


class Answers(HookCase):
    def test_question_holds_what_the_handbook_says(self):
        self.assert_let_in()
        self.assertEqual(self.hook.asked[-1], {
            "version": 1, "ask": "login", "user": "guest", "address": "127.0.0.1", "protocol": "ftps", "shown": [],
            "password": PASSWORD, "code_follows_password": True})
        head = self.hook.heads[-1]
        self.assertTrue(head.startswith(b"POST /login HTTP/1.1\r\n"), head)
        self.assertIn(f"\r\nAuthorization: Bearer {TOKEN}\r\n".encode(), head + b"\r\n")

    def test_whatever_is_no_answer_lets_nobody_in(self):
        accept = b'{"result":"accept"}'
        for said, reason in (
                (response(accept, status="500 Oops"), "the status is 500"),
                (response(accept, status="204 No Content"), "the status is 204"),
                (response(b"accept"), "not JSON"), (response(b""), "not JSON"), (response(b"[]"), "no object"),
                (answer(result="accept", admin=True), "a key is not known"),
                (answer(result="accept", policy="full"), "`policy`"),
                (answer(result="accept", policy="nobody's"), "`policy`"),
                (answer(result="accept", home="../other"), "`home`"), (answer(result="accept", home="/etc"), "`home`"),
                (answer(result="accept", home=".sallyport"), "`home`"),
                (answer(result="accept", max_file_size="many"), "`max_file_size`"),
                (answer(result="accept", overwrite="perhaps"), "`overwrite`"),
                (answer(result="accept", expires="some day"), "`expires`"),
                (response(accept + b" " * (1 << 20)), "too long"),
                (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000, "no HTTP response"),
                (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + accept, "no HTTP response"),
                (b"220 ftp.example.com\r\n", "no HTTP response"), (b"\0" * 100, "no HTTP response"),
                (b"", "no HTTP response")):
            with self.subTest(said[:60], reason=reason):
                self.hook.script = lambda question: said
                self.assert_refused_because(reason)

    def test_redirection_is_not_followed(self):
        elsewhere = ScriptedHook(listener := listen())
        self.addCleanup(elsewhere.close)
        place = f"Location: http://127.0.0.1:{listener.getsockname()[1]}/\r\n".encode()
        for status in ("301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"):
            self.hook.script = lambda question: response(b"", status=status, head=place)
            self.assert_refused_because(f"the status is {status[:3]}")
        self.assertEqual(elsewhere.asked, [])

    def test_answers_in_pieces_and_chunks_are_read(self):
        self.hook.script = lambda question: (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                             b"9\r\n{\"result\"\r\na\r\n:\"accept\"}\r\n0\r\n\r\n")
        self.assert_let_in()
        self.hook.script = lambda question: b'HTTP/1.0 200 OK\r\n\r\n{"result":"accept"}'
        self.assert_let_in()

    def test_rejected_and_unknown_users_hear_the_same(self):
        replies = set()
        for result in ("reject", "unknown"):
            self.hook.script = lambda question: answer(result=result)
            replies.add(self.answer_to(source="127.4.0.1"))
        self.hook.script = lambda question: b""
        replies.add(self.answer_to())
        self.assertEqual(len(replies), 1, replies)
        self.server.wait_event("auth.fail", user="guest", reason="unknown user")

    def test_user_of_the_file_is_not_asked_about(self):
        before = len(self.hook.asked)
        self.expect(self.answer_to("demo", "wrong", source="127.4.0.2"), "530")
        self.session().close()
        self.assertEqual(len(self.hook.asked), before)

    def test_failures_of_the_hook_are_not_penalised_and_rejections_are(self):
        self.hook.script = lambda question: b""
        for _ in range(8):
            self.expect(self.answer_to(source="127.4.0.3"), "530")
        self.hook.script = lambda question: answer(result="reject")
        for _ in range(3):
            self.expect(self.answer_to(source="127.4.0.3"), "530")
        self.assertEqual([e for e in self.server.events("penalty.start") if e["reason"] != "wrong credentials"], [])

    def test_exposed_password_is_asked_about_and_logs_nobody_in(self):
        control = self.control(source="127.4.0.4")
        control.send(f"USER guest\r\nPASS {PASSWORD}\r\n".encode())
        control.rest()
        event = self.server.wait_event("credential.exposed", user="guest")
        self.assertIs(event["locked"], False)
        self.assertEqual(self.hook.asked[-1]["ask"], "exposed_password")

    def test_failure_names_the_session_whatever_is_asked(self):
        self.hook.script = lambda question: b""
        control = self.control(source="127.4.0.6")
        control.send(f"USER in-clear\r\nPASS {PASSWORD}\r\n".encode())
        control.rest()
        for user, method, proof in (("key", "auth_publickey", paramiko.ECDSAKey.generate()),
                                    ("word", "auth_password", PASSWORD)):
            client = paramiko.Transport(self.server.address("sftp"))
            self.addCleanup(client.close)
            client.start_client(timeout=30)
            self.assertRaises(paramiko.SSHException, getattr(client, method), user, proof)
        for user in ("in-clear", "key", "word"):
            self.assert_names_the_session(self.server.wait_event("auth.hook_failed", user=user))

    def test_more_is_asked_for_until_it_is_enough(self):
        def script(question):
            if "code" in question:
                return answer(result="accept" if question["code"] == "123456" else "reject")
            return answer(result="more", missing=["totp"])
        self.hook.script = script
        self.expect(self.answer_to(source="127.4.0.5"), "530")

    def test_L1_passwords_and_the_token_are_not_in_the_log(self):
        self.assert_let_in()
        self.hook.script = lambda question: response(f'{{"result":"{question["password"]}"}}'.encode())
        self.assert_refused_because("`result`")
        log = self.server.log_path.read_text()
        self.assertNotIn(PASSWORD, log)
        self.assertNotIn(TOKEN, log)


class SmallAnswers(HookCase):
    @classmethod
    def hook_options(cls):
        return {"max_answer": "1KiB"}

    def test_longest_answer_is_read_and_a_longer_one_refused(self):
        accept = b'{"result":"accept"}'
        self.hook.script = lambda question: response(accept.ljust(1024))
        self.assert_let_in()
        self.hook.script = lambda question: response(accept.ljust(1025))
        self.assert_refused_because("too long")


class Stalled(HookCase):
    timeout = "3s"

    def test_hook_that_never_answers_is_given_up(self):
        self.hook.script = lambda question: None
        self.assert_refused_because("no answer in time")

    def test_hook_that_trickles_is_given_up(self):
        def trickle(question):
            yield b"HTTP/1.1 200 OK\r\n"
            for number in range(100):
                time.sleep(0.2)
                yield f"X-{number}: still there\r\n".encode()
        self.hook.script = trickle
        self.assert_refused_because("no answer in time")

    def test_stalled_logins_are_bounded_and_stop_nobody_else(self):
        self.hook.script = lambda question: None
        before = self.holdings()
        controls = [Control(self.server).start_tls() for _ in range(2 * WAVE)]
        for wave in (controls[:WAVE], controls[WAVE:]):
            asked = len(self.hook.asked)
            for control in wave:
                control.send(f"USER guest\r\nPASS {PASSWORD}\r\n".encode())
            self.wait_until(lambda: len(self.hook.asked) > asked, "the hook is asked")
            self.assert_alive()
        for control in controls:
            self.expect(control.reply(), "331")
            self.expect(control.reply(), "530")
            control.close()
        self.assert_back_to(before)


class UnixSocket(HookCase):
    @classmethod
    def start_hook(cls):
        path = cls.folder / "hook.sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        path.chmod(0o777)
        cls.folder.chmod(0o755)
        listener.listen()
        return ScriptedHook(listener), f"unix:{path}"

    def test_hook_on_a_unix_socket_is_asked(self):
        self.assert_let_in()
        self.assertTrue(self.hook.heads[-1].startswith(b"POST / HTTP/1.1\r\n"))


class Https(HookCase):
    NAME = "localhost"

    @classmethod
    def start_hook(cls):
        certificate, key = cls.folder / "hook.pem", cls.folder / "hook.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=hook",
                        "-addext", f"subjectAltName=DNS:{cls.NAME}"], check=True, capture_output=True, timeout=60)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        listener = listen()
        return ScriptedHook(listener, context), f"https://localhost:{listener.getsockname()[1]}/login"

    @classmethod
    def hook_options(cls):
        return {"ca": str(cls.folder / "hook.pem")}

    def test_hook_that_proves_its_name_is_asked(self):
        self.assert_let_in()


class SomebodyElse(Https):
    NAME = "other.example.com"

    def test_hook_that_proves_its_name_is_asked(self):
        self.assert_refused_because("TLS: ")
        self.assertEqual(self.hook.asked, [])


class UntrustedAuthority(Https):
    @classmethod
    def hook_options(cls):
        return {}

    def test_hook_that_proves_its_name_is_asked(self):
        self.assert_refused_because("TLS: ")
        self.assertEqual(self.hook.asked, [])
