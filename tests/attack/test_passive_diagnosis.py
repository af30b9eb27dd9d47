"""A client that cannot reach its passive port: the operator is told what to look at, and not too often."""

from attack.case import AttackCase, limits
from attack.control import connect


class PassiveDiagnosis(AttackCase):
    server_options = {**limits(data_accept="1s"), "server": {"threads": 1},
                      "listener": {"public_address": "127.0.0.7"}}

    def test_port_that_nobody_reaches_is_diagnosed_once_in_a_while(self):
        control = self.session()
        for command in ("PASV", "EPSV", "PASV"):
            host, port = control.passive(command)
            self.expect(control.command("LIST"), "150")
            self.expect(control.reply(), "425")
            event = self.server.wait_event("passive.unreached")
            if command == "PASV" and len(self.server.events("data.refused")) == 1:
                self.assertEqual((event["announced"], event["withheld"]), (f"127.0.0.7:{port}", 0))
        self.assertEqual(len(self.server.events("passive.unreached")), 1)

    def test_port_that_was_reached_is_not(self):
        before = self.warnings("passive.unreached")
        control = self.session()
        address = ("127.0.0.1", control.passive()[1])
        with connect(address):
            self.expect(control.command("NOOP"), "200")
            control.passive()
        self.assertEqual(self.warnings("passive.unreached"), before)
