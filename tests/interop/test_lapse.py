"""What becomes of logins and of open sessions when the hours of a policy, or the days of an account, are over."""

import datetime
import time
import unittest

from support.clock import WallClock
from support.doors import DOORS, Ftps, Refused
from support.sallyport import Server

PASSWORD = "a secret"
NOTHING, HOURS, DAYS = datetime.timedelta(), datetime.timedelta(hours=4), datetime.timedelta(days=3)


def hours(first, last):
    """From so many hours from now to so many."""
    return "-".join(time.strftime("%H:%M", time.gmtime(time.time() + 3600 * offset)) for offset in (first, last))


def day(offset):
    return datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)


# User -> keys, how far the clock jumps, why a login is refused then, the rule that refuses transfers.
LAPSES = {
    "shift": ({"hours": hours(-1, 2)}, HOURS, "outside the allowed hours", "user.shift.hours"),
    "guest": ({"expires": day(2)}, DAYS, "user has expired", "user.guest.expires"),
}


def begin(session, path):
    """Begins an upload of b"first second"; what finishes it."""
    if isinstance(session, Ftps):
        session.ftp.voidcmd("TYPE I")
        connection = session.ftp.transfercmd(f"STOR {path}")
        connection.sendall(b"first ")

        def finish():
            connection.sendall(b"second")
            connection.unwrap()
            connection.close()
            session.ftp.voidresp()
        return finish
    file = session.sftp.open(path, "wb")
    file.write(b"first ")

    def close():
        file.write(b"second")
        file.close()
    return close


class Lapses(unittest.TestCase):
    def setUp(self):
        self.clock = WallClock()
        self.addCleanup(self.clock.close)
        users = {user: {"password": PASSWORD, **keys} for user, (keys, *_) in LAPSES.items()}
        users["night"] = {"password": PASSWORD, "hours": hours(3, 6)}
        self.server = Server(protocols=("ftps", "sftp"), users=users, limits={"failed_login_delay": "0s"},
                             environment={**self.clock.environment, "TZ": "UTC"}).start()
        self.addCleanup(self.server.stop)

    def each(self):
        for user, (_, jump, reason, rule) in LAPSES.items():
            for door in DOORS:
                with self.subTest(user=user, door=door.protocol):
                    self.clock.jump(NOTHING)
                    yield user, door, jump, reason, rule

    def test_nobody_logs_in_after_the_end(self):
        for user, door, jump, reason, _ in self.each():
            self.assertIsNone(door.refusal_of_login(self.server, user))
            wrong = door.refusal_of_login(self.server, user, "a wrong one")
            self.clock.jump(jump)
            self.assertEqual(door.refusal_of_login(self.server, user), wrong)
            self.server.wait_event("auth.fail", user=user, protocol=door.protocol, reason=reason)

    def test_open_session_begins_no_further_transfer(self):
        for user, door, jump, _, rule in self.each():
            session = door(self.server, user)
            self.addCleanup(session.close)
            session.put(f"/{door.protocol}.txt", b"in time")
            self.clock.jump(jump)
            self.assertRaises(Refused, session.put, f"/{door.protocol}-late.txt", b"late")
            self.assertRaises(Refused, session.get, f"/{door.protocol}.txt")
            for verb, path in (("upload", f"/{door.protocol}-late.txt"), ("download", f"/{door.protocol}.txt")):
                self.server.wait_event("policy.denied", user=user, verb=verb, path=path, rule=rule)
            self.assertFalse((self.server.home(user) / f"{door.protocol}-late.txt").exists())

    def test_upload_that_has_begun_is_finished_and_gets_its_name(self):
        for user, door, jump, *_ in self.each():
            session = door(self.server, user)
            self.addCleanup(session.close)
            finish = begin(session, f"/{door.protocol}.part")
            self.clock.jump(jump)
            finish()
            session.rename(f"/{door.protocol}.part", f"/{door.protocol}.csv")
            self.assertEqual(self.server.stored(f"{door.protocol}.csv", user), b"first second")

    def test_hours_that_begin_let_in(self):
        for door in DOORS:
            self.clock.jump(NOTHING)
            self.assertIsNotNone(door.refusal_of_login(self.server, "night"))
            self.clock.jump(HOURS)
            self.assertIsNone(door.refusal_of_login(self.server, "night"))


if __name__ == "__main__":
    unittest.main()
