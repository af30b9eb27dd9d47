"""What fault tests share: a server with both doors, which lives, stays its size and serves whatever happens to it."""

import itertools
import os
import random

from attack.case import AttackCase, limits
from attack.ssh_case import user
from fault.doors import DOORS
from support.case import payload

SEED = int(os.environ.get("SALLYPORT_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)

_numbers = itertools.count()


def seeded(what):
    """Random numbers that SALLYPORT_FAULT_SEED repeats; the seed is printed."""
    print(f"{what}: SALLYPORT_FAULT_SEED={SEED}", flush=True)
    return random.Random(f"{what}:{SEED}")


def both_doors(users=("demo", "other"), **options):
    """Server options."""
    changed = options.pop("limits", {})
    tables = {name: user(name, **(users[name] if isinstance(users, dict) else {})) for name in users}
    return {"protocols": ("ftps", "sftp"), "users": tables, **limits(**changed), **options}


class FaultCase(AttackCase):
    """After each test both doors work; after all tests of a class the server holds what it held before."""

    server_options = both_doors()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.before = None

    def setUp(self):
        super().setUp()
        if self.before is None:
            self.assert_alive()
            self.wait_for_quiet()
            type(self).before = self.holdings()
        self.addCleanup(self.assert_settled)

    def tearDown(self):
        self.assert_alive()

    def assert_settled(self):
        """Runs after all other cleanups, when nobody is connected any more."""
        self.wait_for_quiet()
        self.assert_nothing_staged()
        self.assert_back_to(self.before)

    def assert_alive(self):
        """Both doors take a file, and no session has failed on the server's own account."""
        for door in DOORS:
            name, data = f"alive-{next(_numbers)}.bin", payload(5_000)
            session = door(self.server)
            try:
                session.put(name, data)
                self.assert_stored(name, data)
                session.remove(name)
            finally:
                session.close()
        self.assertEqual(self.server.events("session.failed"), [])

    def enter(self, door, user="demo"):
        session = door(self.server, user)
        self.addCleanup(session.close)
        return session

    def wait_for_quiet(self):
        """Nobody is connected."""
        self.wait_until(lambda: self.warnings("session.open") == self.warnings("session.close"), "all sessions have ended")

    def partials(self):
        """The contents of all interrupted uploads that the server keeps, by name."""
        folder = self.server.storage_root / ".sallyport" / "partials"
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def assert_nothing_staged(self):
        self.wait_until(lambda: not self.server.staged_sizes(), "nothing is staged")
