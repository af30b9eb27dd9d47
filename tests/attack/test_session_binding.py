"""A data connection belongs to its control connection: TLS sessions of any other never count (D3)."""

import ssl

from attack.case import AttackCase, limits
from attack.control import Control, connect
from attack.tls_pipe import TlsPipe
from support.ftps_client import client_context

TRANSFERS = 10
KINDS = ("TLS 1.2 session id", "TLS 1.2 ticket", "TLS 1.3 ticket")
DATA = b"bound to one control connection " * 500


def name_for(kind):
    return kind.replace(" ", "-") + ".bin"


class Binding(AttackCase):
    """Contexts are shared between the connections of a test: Python offers a session within its context only."""

    server_options = {"listener": {"data_session": "resume"}, **limits()}

    def contexts(self):
        for kind in KINDS:
            context = client_context(self.server, kind.split()[1])
            if kind == "TLS 1.2 session id":
                context.options |= ssl.OP_NO_TICKET
            with self.subTest(kind):
                yield kind, context

    def user_session(self, context, user="demo", session=None):
        control = Control(self.server, context=context)
        self.addCleanup(control.close)
        return control.start_tls(session).log_in(user)

    def ticket_of(self, control, kind):
        """The session of a control connection, checked to be of this kind."""
        session = control.tls.session
        self.assertEqual(session.has_ticket, kind != "TLS 1.2 session id")
        self.assertEqual(control.tls.version, "TLSv" + kind.split()[1])
        return session

    def upload(self, control, name, session):
        """Whether the data connection resumed, and the final reply."""
        connection = connect(control.passive())
        self.expect(control.command(f"STOR {name}"), "150")
        channel = TlsPipe(connection, control.context, session)
        try:
            channel.handshake()
            channel.sendall(DATA)
            channel.finish()
        except (ssl.SSLError, ConnectionError):
            pass  # the server may hang up as soon as it has seen the handshake
        return channel.session_reused, control.reply()

    def assert_refused(self, control, name, session):
        reused, reply = self.upload(control, name, session)
        self.assertFalse(reused, "the session was resumed")
        self.expect(reply, "522")
        self.assert_not_published(name)

    def assert_accepted(self, control, name, session):
        reused, reply = self.upload(control, name, session)
        self.assertTrue(reused, "the session was not resumed")
        self.expect(reply, "226")
        self.assert_stored(name, DATA)


class Resume(Binding):
    def test_D3_own_session_is_resumed_ten_times_in_a_row(self):
        for kind, context in self.contexts():
            control = self.user_session(context)
            for i in range(TRANSFERS):
                control.command("NOOP")  # its reply brings along the next ticket
                self.assert_accepted(control, f"own-{i}-{name_for(kind)}", self.ticket_of(control, kind))

    def test_D3_session_of_another_user_is_never_resumed(self):
        for kind, context in self.contexts():
            stolen = self.ticket_of(self.user_session(context, "other"), kind)
            self.assert_refused(self.user_session(context), "of-other.bin", stolen)

    def test_D3_session_of_the_same_user_elsewhere_is_never_resumed(self):
        for kind, context in self.contexts():
            elsewhere = self.user_session(context)
            control = self.user_session(context)
            self.assert_refused(control, "of-same.bin", self.ticket_of(elsewhere, kind))
            self.assert_accepted(control, f"after-{name_for(kind)}", self.ticket_of(control, kind))
            self.assert_accepted(elsewhere, f"victim-{name_for(kind)}", self.ticket_of(elsewhere, kind))

    def test_D3_session_of_a_data_connection_elsewhere_is_never_resumed(self):
        for kind, context in self.contexts():
            elsewhere = self.user_session(context)
            channel = elsewhere.data("STOR of-data.bin", session=self.ticket_of(elsewhere, kind))
            channel.sendall(DATA)
            channel.finish()
            self.expect(elsewhere.reply(), "226")
            self.assert_refused(self.user_session(context), "of-foreign-data.bin", channel.session)

    def test_D3_session_of_a_closed_control_connection_is_never_resumed(self):
        for kind, context in self.contexts():
            gone = self.user_session(context)
            session = self.ticket_of(gone, kind)
            gone.close()
            self.assert_refused(self.user_session(context), "of-closed.bin", session)

    def test_D3_rightful_connection_still_comes_after_a_thief_at_the_same_address(self):
        for kind, context in self.contexts():
            stolen = self.ticket_of(self.user_session(context, "other"), kind)
            for what in ("a foreign session", "no session", "bytes in clear", "nothing"):
                with self.subTest(kind, thief=what):
                    self.steal_and_store(self.user_session(context), kind, what, stolen)

    def steal_and_store(self, control, kind, what, stolen):
        address = control.passive()
        thief, rightful = connect(address), connect(address)
        self.addCleanup(thief.close)
        self.expect(control.command("STOR rightful.bin"), "150")
        if what in ("a foreign session", "no session"):
            try:
                TlsPipe(thief, control.context, stolen if what == "a foreign session" else None).handshake()
            except (ssl.SSLError, ConnectionError):
                pass
        elif what == "bytes in clear":
            thief.sendall(b"not TLS at all\r\n")
        else:
            thief.close()
        channel = TlsPipe(rightful, control.context, self.ticket_of(control, kind)).handshake()
        self.assertTrue(channel.session_reused)
        channel.sendall(DATA)
        channel.finish()
        self.expect(control.reply(), "226")
        self.assert_stored("rightful.bin", DATA)

    def test_D3_data_connection_without_a_session_is_refused_with_522(self):
        for _, context in self.contexts():
            self.assert_refused(self.user_session(context), "of-nobody.bin", None)

    def test_D3_control_connection_neither_resumes_another_nor_inherits_its_login(self):
        for kind, context in self.contexts():
            first = self.user_session(context)
            second = Control(self.server, context=context)
            self.addCleanup(second.close)
            second.start_tls(self.ticket_of(first, kind))
            self.assertFalse(second.tls.session_reused)
            self.expect(second.command("PWD"), "530")

    def test_D3_listing_and_download_are_bound_too(self):
        for kind, context in self.contexts():
            control = self.user_session(context)
            self.assert_accepted(control, f"down-{name_for(kind)}", self.ticket_of(control, kind))
            for command in ("LIST", "MLSD", f"RETR down-{name_for(kind)}"):
                connection = connect(control.passive())
                self.expect(control.command(command), "150")
                channel = TlsPipe(connection, context)
                try:
                    channel.handshake()
                    self.assertEqual(channel.recv(65536), b"")
                except (ssl.SSLError, ConnectionError):
                    pass
                channel.close()
                self.expect(control.reply(), "522")


class Any(Binding):
    """`data_session = "any"`: a foreign session means a full handshake, not a refusal."""

    server_options = limits()

    def assert_full_handshake(self, control, name, session):
        reused, reply = self.upload(control, name, session)
        self.assertFalse(reused, "the session was resumed")
        self.expect(reply, "226")
        self.assert_stored(name, DATA)

    def test_D3_foreign_session_gets_a_full_handshake(self):
        for kind, context in self.contexts():
            for user in ("demo", "other"):
                stolen = self.ticket_of(self.user_session(context, user), kind)
                self.assert_full_handshake(self.user_session(context), f"any-{user}-{name_for(kind)}", stolen)

    def test_D3_own_session_is_resumed_all_the_same(self):
        for kind, context in self.contexts():
            control = self.user_session(context)
            self.assert_accepted(control, f"any-own-{name_for(kind)}", self.ticket_of(control, kind))


class PolicyOfOneUser(Binding):
    server_options = {"users": {"demo": "demo secret", "other": {"password": "other secret",
                                                                 "data_session": "resume"}}, **limits()}

    def test_D3_resumption_can_be_asked_of_one_user(self):
        context = client_context(self.server)
        self.assertIn("226", self.upload(self.user_session(context), "free.bin", None)[1])
        reused, reply = self.upload(self.user_session(context, "other"), "bound.bin", None)
        self.assertFalse(reused)
        self.expect(reply, "522")
        self.assert_not_published("bound.bin", user="other")
