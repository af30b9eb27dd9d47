"""What SIGHUP changes, what it leaves alone, and what becomes of the sessions that are open meanwhile."""

import contextlib
import ftplib
import os
import shutil
import signal
import ssl
import subprocess
import threading
import time
import unittest
from datetime import timedelta
from pathlib import Path

import paramiko

from support.case import payload, sha256
from support.clock import WallClock
from support.doors import DOORS, Ftps, Refused, Sftp
from support.ftps_client import connect
from support.many_users import many_policies, many_users
from support.sallyport import Server, hash_password, run

MIB = 1 << 20
MANY_USERS, MANY_POLICIES = 1000, 200


def certificate(server):
    """The digest of the certificate that the FTPS door shows now."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with ftplib.FTP_TLS(context=context, timeout=30) as ftp:
        ftp.connect(*server.address("ftps"))
        ftp.auth()
        return sha256(ftp.sock.getpeercert(binary_form=True))


def make_credentials(folder):
    """A certificate and a host key that differ from those in use; quicker than `keygen`, which makes RSA keys, too."""
    folder.mkdir()
    for command in (["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "30",
                     "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
                    ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / "ed25519"]):
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)


def host_key(server):
    """The Ed25519 host key that the SFTP door shows now."""
    transport = paramiko.Transport(server.address("sftp"))
    try:
        transport.get_security_options().key_types = ("ssh-ed25519",)
        transport.start_client(timeout=30)
        return transport.get_remote_server_key().get_base64()
    finally:
        transport.close()


class ReloadCase(unittest.TestCase):
    options = {}

    def setUp(self):
        self.server = Server(protocols=("ftps", "sftp"), limits={"failed_login_delay": "100ms"},
                             durability="none", **self.options).start()
        self.addCleanup(self.server.stop)

    def enter(self, door, user="demo"):
        session = door(self.server, user)
        self.addCleanup(session.close)
        return session


class Mistakes(ReloadCase):
    def broken(self):
        """Name of a mistake -> what is said about it, for configurations that are in place one after the other."""
        good = self.server.config_path.read_text()
        write = self.server.config_path.write_text
        yield "broken TOML", write(good + "\n[limits\n") and "not valid TOML"
        yield "unknown key", write(good.replace('"drain"', '"drian"')) and 'did you mean "drain"?'
        yield "wrong type", write(good.replace('"5s"', "5")) and "a duration needs a unit"
        yield "duplicate user", write(good + '\n[user.demo]\npolicy = "full"\n') and "demo"
        yield "missing certificate", write(good.replace("tls/fullchain.pem", "tls/none.pem")) and "none.pem"
        yield "empty file", write("\n") and "needs `root`"
        with open(self.server.config_path, "a") as huge:
            huge.truncate(5 << 20)
        yield "huge file", "is too large"
        self.server.config_path.unlink()
        yield "no file", "No such file"
        write(good)

    def test_each_is_refused_with_its_reason_and_changes_nothing(self):
        sessions = [self.enter(door) for door in DOORS]
        for mistake, said in self.broken():
            with self.subTest(mistake):
                checked = run("check", self.server.config_path, check=False)
                self.assertEqual(checked.returncode, 1)
                self.assertIn(said, checked.stderr)
                answer = self.server.reload()
                self.assertEqual(answer["event"], "config.refused")
                self.assertGreaterEqual(answer["problems"], 1)
                self.assertTrue(answer["first"])
                for session in sessions:
                    session.put("/goes-on.txt", b"x")
                for door in DOORS:
                    self.assertIsNone(door.refusal_of_login(self.server, "demo"))
        self.assertEqual(self.server.reload()["event"], "config.reloaded")

    def test_certificate_and_keys_that_do_not_fit_are_refused(self):
        tls = self.server.directory / "tls"
        before = certificate(self.server)
        make_credentials(self.server.directory / "other")
        shutil.copy(self.server.directory / "other/privkey.pem", tls / "privkey.pem")
        self.assertEqual(self.server.reload()["event"], "config.refused")
        (self.server.directory / "ssh/ed25519").chmod(0o644)
        self.assertEqual(self.server.reload()["event"], "config.refused")
        self.assertEqual(certificate(self.server), before)

    def test_O9_certificate_that_nobody_would_accept_is_refused_with_its_reason(self):
        before = certificate(self.server)
        years = timedelta(days=365 * 10)
        for off_by, bits, reason in ((-years, 2048, "expired"), (years, 2048, "not valid yet"),
                                     (timedelta(), 1024, "key too small")):
            with self.subTest(reason):
                self.replace_certificate(off_by, bits)
                checked = run("check", self.server.config_path, check=False)
                self.assertEqual(checked.returncode, 1)
                self.assertIn(reason, checked.stderr)
                answer = self.server.reload()
                self.assertEqual(answer["event"], "config.refused")
                self.assertIn(reason, answer["first"])
                self.assertEqual(certificate(self.server), before)

    def replace_certificate(self, off_by, bits):
        """By one that was made at another time, or with a short key."""
        tls = self.server.directory / "tls"
        clock = WallClock()
        self.addCleanup(clock.close)
        clock.jump(off_by)
        subprocess.run(["openssl", "req", "-x509", "-newkey", f"rsa:{bits}", "-nodes", "-subj", "/CN=localhost", "-days",
                        "30", "-keyout", tls / "privkey.pem", "-out", tls / "fullchain.pem"], check=True,
                       capture_output=True, stdin=subprocess.DEVNULL, timeout=60, env={**os.environ, **clock.environment})


class Changes(ReloadCase):
    options = {"users": {"demo": {"password": "demo secret"}, "leaver": {"password": "leaver secret"}},
               "policies": {"reader": {"preset": "collect"}}}

    def test_certificate_and_host_keys_are_read_again_although_the_file_is_the_same(self):
        before = certificate(self.server), host_key(self.server)
        session = self.enter(Ftps)
        other = self.server.directory / "other"
        make_credentials(other)
        for name in ("tls/fullchain.pem", "tls/privkey.pem", "ssh/ed25519"):
            shutil.copy(other / Path(name).name, self.server.directory / name)
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        after = certificate(self.server), host_key(self.server)
        self.assertNotEqual(before[0], after[0])
        self.assertNotEqual(before[1], after[1])
        # A session keeps the credentials that it began with, for its data connections, too.
        session.put("/after.txt", b"after")

    def test_new_rights_hold_for_new_sessions_and_old_ones_keep_theirs(self):
        for door in DOORS:
            with self.subTest(door.protocol):
                self.server.configure(users={"demo": {"password": "demo secret"}})
                self.server.reload()
                old = self.enter(door)
                self.server.configure(users={"demo": {"password": "demo secret", "policy": "reader"}})
                self.server.reload()
                old.put("/old.txt", b"old")
                self.assertRaises(Refused, self.enter(door).put, "/new.txt", b"new")

    def test_removed_and_disabled_users_are_shown_out(self):
        gone = {"removed": {"demo": {"password": "demo secret"}},
                "disabled": {"demo": {"password": "demo secret"},
                             "leaver": {"password": "leaver secret", "enabled": False}}}
        for how, users in gone.items():
            for door in DOORS:
                with self.subTest(how=how, door=door.protocol):
                    self.server.configure(users=self.options["users"])
                    self.server.reload()
                    leaver, other = self.enter(door, "leaver"), self.enter(door)
                    leaver.put("/before.txt", b"before")
                    before = len(self.server.events("session.close"))
                    self.server.configure(users=users)
                    self.server.reload()
                    deadline = time.monotonic() + 20
                    while not any(event.get("user") == "leaver" and event["reason"] == "user removed"
                                  for event in self.server.events("session.close")[before:]):
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.02)
                    other.put("/goes-on.txt", b"x")
                    for entrance in DOORS:
                        self.assertIsNotNone(entrance.refusal_of_login(self.server, "leaver", "leaver secret"))

    def test_transfer_of_a_removed_user_may_finish(self):
        data = payload(4 * MIB)
        ftp = self.enter(Ftps, "leaver").ftp
        ftp.voidcmd("TYPE I")
        with ftp.transfercmd("STOR last.bin") as upload:
            upload.sendall(data[:MIB])
            self.server.configure(users={"demo": {"password": "demo secret"}})
            self.server.reload()
            upload.sendall(data[MIB:])
            upload.unwrap()
        self.assertEqual(ftp.voidresp()[:3], "226")
        self.assertRaisesRegex(ftplib.error_temp, "^421 This account is closed", ftp.getresp)
        self.assertEqual(self.server.stored("last.bin", "leaver"), data)

    def test_session_that_is_open_lets_nobody_in_who_is_gone(self):
        with connect(self.server) as ftp:
            ftp.login("demo", "demo secret")
            self.server.configure(users={"demo": {"password": "demo secret"}})
            self.server.reload()
            ftp.sendcmd("USER leaver")
            self.assertRaisesRegex(ftplib.error_perm, "^530", ftp.sendcmd, "PASS leaver secret")
            self.assertEqual([e for e in self.server.events("auth.ok") if e["user"] == "leaver"], [])


class Includes(ReloadCase):
    options = {"server": {"include": ["users.d/*.toml"]}}

    def setUp(self):
        super().setUp()
        self.folder = self.server.directory / "users.d"
        self.folder.mkdir()

    def set_password(self, password):
        """In a file of its own, named relative to the included file."""
        secret = self.folder / "newcomer.hash"
        secret.touch(0o600)
        secret.write_text(hash_password(password) + "\n")

    def assert_lets_in(self, *passwords):
        for door in DOORS:
            for password in ("first secret", "second secret"):
                refusal = door.refusal_of_login(self.server, "newcomer", password)
                self.assertEqual(refusal is None, password in passwords, (door.protocol, password, refusal))

    def test_files_of_a_pattern_and_their_secrets_are_read_again(self):
        self.assert_lets_in()
        self.set_password("first secret")
        file = self.folder / "newcomer.toml"
        file.write_text('[user.newcomer]\npolicy = "full"\npassword = "file:newcomer.hash"\n')
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        self.assert_lets_in("first secret")
        self.set_password("second secret")
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        self.assert_lets_in("second secret")
        file.unlink()
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        self.assert_lets_in()

    def test_mistake_in_one_of_them_changes_nothing_and_is_named(self):
        self.set_password("first secret")
        file = self.folder / "newcomer.toml"
        file.write_text('[user.newcomer]\npolicy = "full"\npassword = "file:newcomer.hash"\n')
        self.assertEqual(self.server.reload()["event"], "config.reloaded")
        file.write_text('[user.newcomer]\npolicy = "fall"\n')
        refused = self.server.reload()
        self.assertEqual(refused["event"], "config.refused")
        self.assertRegex(refused["first"], r'users\.d/newcomer\.toml:2:\d+: error: .*did you mean "full"\?')
        self.assert_lets_in("first secret")


class UnderLoad(ReloadCase):
    options = {"users": {"demo": {"password": "demo secret"}, "other": {"password": "other secret"}}}

    def deliver(self, door, user, stop, problems):
        """Logs in, delivers and leaves until told to stop; not one delivery may fail."""
        number = 0
        while not stop.is_set():
            data = payload(100_000, seed=f"{door.protocol}{user}{number % 3}")
            try:
                with contextlib.closing(door(self.server, user)) as session:
                    session.put(f"/{door.protocol}-{number}.bin", data)
                if self.server.stored(f"{door.protocol}-{number}.bin", user) != data:
                    problems.append(f"{door.protocol} {number}: other bytes")
            except Exception as error:
                problems.append(f"{door.protocol} {user} {number}: {error!r}")
            number += 1

    def test_a_hundred_reloads_disturb_no_delivery(self):
        stop, problems = threading.Event(), []
        threads = [threading.Thread(target=self.deliver, args=(door, user, stop, problems))
                   for door in DOORS for user in ("demo", "other")]
        for thread in threads:
            thread.start()
        try:
            for _ in range(100):
                self.server.signal(signal.SIGHUP)
                time.sleep(0.02)
            self.assertEqual(self.server.reload()["event"], "config.reloaded")
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)
        self.assertEqual(problems, [])
        self.assertEqual(self.server.events("config.refused"), [])

    def test_thousand_users_are_loaded_while_a_transfer_runs(self):
        users, policies = many_users(MANY_USERS, MANY_POLICIES), many_policies(MANY_POLICIES)
        self.server.configure(users={**self.options["users"], **users}, policies=policies)
        began = time.monotonic()
        run("check", self.server.config_path)
        checked = time.monotonic() - began
        session = self.enter(Ftps)
        session.ftp.voidcmd("TYPE I")
        longest = took = 0.0
        with session.ftp.transfercmd("STOR big.bin") as upload:
            block = payload(256 << 10)
            began = time.monotonic()
            self.server.signal(signal.SIGHUP)
            while not self.server.events("config.reloaded"):
                before = time.monotonic()
                upload.sendall(block)
                longest = max(longest, time.monotonic() - before)
            took = time.monotonic() - began
            upload.unwrap()
        self.assertEqual(session.ftp.voidresp()[:3], "226")
        self.assertIsNone(Sftp.refusal_of_login(self.server, "user999"))
        print(f"{MANY_USERS} users, {MANY_POLICIES} policies: check took {checked:.2f} s, reload {took:.2f} s; "
              f"the transfer waited {longest * 1000:.0f} ms at most for {len(block) >> 10} KiB to be taken")
