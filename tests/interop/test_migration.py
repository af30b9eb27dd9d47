"""Users of the system who move in with the hashes of /etc/shadow, as docs/migration.md says."""

import ctypes
import datetime
import re
import subprocess
import tempfile
import tomllib
import unittest
from pathlib import Path

from support.doors import DOORS
from support.sallyport import Server, run

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = tomllib.loads((DOCS / "examples/vsftpd-users.toml").read_text())

GROUP = "root:x:0:\nftpusers:x:2000:maria,root,locked,open,weak,away,not$good\nstaff:x:50:clerk\n"
PASSWD = """\
root:x:0:0:root:/root:/bin/bash
maria:x:1001:1001:Maria,,,:/srv/ftp/maria:/usr/sbin/nologin
nils:x:1002:2000::/srv/ftp/accounts/nils:/usr/sbin/nologin
away:x:1003:1003::/home/away:/usr/sbin/nologin
clerk:x:1004:1004::/srv/ftp/clerk:/bin/bash
locked:x:1005:1005::/srv/ftp/locked:/usr/sbin/nologin
open:x:1006:1006::/srv/ftp/open:/usr/sbin/nologin
weak:x:1007:1007::/srv/ftp/weak:/usr/sbin/nologin
not$good:x:1008:1008::/srv/ftp/not:/usr/sbin/nologin
"""


def crypt(password, prefix):
    """A hash as passwd(1) makes it, by the system's own library."""
    library = ctypes.CDLL("libcrypt.so.1")
    for function in (library.crypt, library.crypt_gensalt):
        function.restype = ctypes.c_char_p
    setting = library.crypt_gensalt(prefix.encode(), ctypes.c_ulong(0), None, 0)
    return library.crypt(password.encode(), setting).decode()


def shadow():
    fields = {"root": (crypt("root secret", "$y$"), ""), "maria": (crypt("maria secret", "$y$"), ""),
              "nils": (crypt("nils secret", "$6$"), "25567"), "away": (crypt("away secret", "$2b$"), ""),
              "clerk": (crypt("clerk secret", "$y$"), ""), "locked": ("!" + crypt("a secret", "$y$"), ""),
              "open": ("", ""), "weak": ("$1$saltsalt$" + "x" * 22, ""), "not$good": (crypt("a secret", "$6$"), "")}
    return "".join(f"{name}:{hashed}:19700:0:99999:7::{expires}:\n" for name, (hashed, expires) in fields.items())


def command():
    """The one of the handbook that makes the tables."""
    text = (DOCS / "migration.md").read_text()
    return re.search(r"^awk -f users-from-shadow\.awk (?:.*\\\n)*.*$", text, re.MULTILINE)[0]


class Shadow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="sallyport-shadow-")
        cls.addClassCleanup(folder.cleanup)
        cls.etc = Path(folder.name)
        for name, text in (("group", GROUP), ("passwd", PASSWD), ("shadow", shadow())):
            (cls.etc / name).write_text(text)
        cls.made = cls.make(command())

    @classmethod
    def make(cls, line):
        """Runs a command of the handbook on the files of this test; the tables go to standard output."""
        line = line.partition(">")[0].replace("/etc/", f"{cls.etc}/")
        return subprocess.run(["sh", "-c", line], cwd=DOCS / "examples", capture_output=True, text=True, timeout=60)

    def test_members_of_the_group_get_tables(self):
        self.assertEqual(self.made.returncode, 0, self.made.stderr)
        hashes = {name: hashed for name, hashed, *_ in (line.split(":") for line in shadow_lines(self.etc))}
        users = tomllib.loads(self.made.stdout)["user"]
        self.assertEqual(sorted(users), ["away", "maria", "nils"])
        for name, table in users.items():
            self.assertEqual((table["password"], table["policy"]), (hashes[name], "members"))
        self.assertEqual({name: table.get("home") for name, table in users.items()},
                         {"maria": "maria", "nils": "accounts/nils", "away": None})
        self.assertEqual({name: str(table["expires"]) for name, table in users.items() if "expires" in table},
                         {"nils": "2040-01-01"})

    def test_without_a_root_homes_are_the_names(self):
        made = self.make(command().replace("-v root=/srv/ftp", ""))
        self.assertNotIn("home", made.stdout)
        self.assertEqual(sorted(tomllib.loads(made.stdout)["user"]), ["away", "maria", "nils"])

    def test_every_day_is_the_one_that_it_is(self):
        program = (DOCS / "examples/users-from-shadow.awk").read_text()
        functions = program[program.index("function date_of"):]
        days = [0, 58, 59, 789, 790, 10956, 11016, 11017, 20454, 24855, 47540, 47541, *range(20800, 22300, 7)]
        loop = "".join(f"print date_of({day});" for day in days)
        made = subprocess.run(["awk", f"BEGIN {{ {loop} }}\n{functions}"], capture_output=True, text=True, timeout=60)
        epoch = datetime.date(1970, 1, 1)
        self.assertEqual(made.stdout.split(), [str(epoch + datetime.timedelta(days=day)) for day in days])

    def test_who_is_left_out_is_named_with_the_reason_and_without_the_hash(self):
        for name, reason in (("root", "is root"), ("locked", "locked"), ("open", "no password"),
                             ("weak", "set a new password"), ("not$good", "name")):
            self.assertRegex(self.made.stderr, f"(?m)^{re.escape(name)}: left out: .*{reason}")
        self.assertRegex(self.made.stderr, "(?m)^away: /home/away is not below /srv/ftp")
        self.assertNotIn("$6$", self.made.stderr)
        self.assertNotIn("clerk", self.made.stderr)

    def test_group_that_does_not_exist_is_an_error(self):
        made = self.make(command().replace("group=ftpusers", "group=nobodys"))
        self.assertEqual((made.returncode, made.stdout, made.stderr), (1, "", "no group nobodys\n"))

    def test_members_log_in_with_the_passwords_they_had(self):
        def prepare(directory):
            (directory / "members.toml").write_text(self.made.stdout)
        with Server(protocols=("ftps", "sftp"), users={}, policies={"members": EXAMPLE["policy"]["members"]},
                    server={"include": ["members.toml"]}, limits={"failed_login_delay": "0s"},
                    prepare=prepare) as server:
            for door in DOORS:
                for user in ("maria", "nils", "away"):
                    with self.subTest(user=user, door=door.protocol):
                        self.assertIsNotNone(door.refusal_of_login(server, user, "a wrong one"))
                        self.assertIsNone(door.refusal_of_login(server, user, f"{user} secret"))
                        event = server.wait_event("auth.ok", user=user, protocol=door.protocol)
                        self.assertIn("sallyport hash-password", event["hint"])


def shadow_lines(etc):
    return (etc / "shadow").read_text().splitlines()


class Example(unittest.TestCase):
    def test_its_users_log_in_and_what_they_may_do_is_what_it_says(self):
        users = {name: {"password": f"{name} secret", "hash": table["password"], "home": table["home"],
                        "policy": table["policy"]} for name, table in EXAMPLE["user"].items()}
        with Server(protocols=("ftps", "sftp"), users=users, policies=EXAMPLE["policy"]) as server:
            for door in DOORS:
                for user in users:
                    with self.subTest(user=user, door=door.protocol):
                        session = door(server, user)
                        self.addCleanup(session.close)
                        session.put(f"/{door.protocol}.txt", b"moved in")
                        stored = server.storage_root / users[user]["home"] / f"{door.protocol}.txt"
                        self.assertEqual(stored.read_bytes(), b"moved in")
                        self.assertEqual(stored.stat().st_mode & 0o777, 0o664)

    def test_a_new_hash_ends_the_hint(self):
        users = {"maria": {"password": "maria secret", "hash": run("hash-password", stdin="maria secret\n").stdout.strip()}}
        with Server(protocols=("ftps", "sftp"), users=users) as server:
            for door in DOORS:
                self.assertIsNone(door.refusal_of_login(server, "maria"))
                self.assertNotIn("hint", server.wait_event("auth.ok", user="maria", protocol=door.protocol))


if __name__ == "__main__":
    unittest.main()
