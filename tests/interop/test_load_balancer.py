"""Real clients through a load balancer that tells the server whose connections it relays."""

import itertools

import paramiko

from support.balancer import BALANCER, BALANCERS, FRONT, Balancer, v1, v2
from support.case import payload
from support.sallyport import PASSWORDS
from support.ssh_client import SshCase

NUMBERS = itertools.count()
DATA = payload(300_000, seed="balancer")


class LoadBalancer(SshCase):
    server_options = {"protocols": ("ftps", "sftp", "ftps-implicit"), "listener": {"proxy_protocol": [BALANCERS]},
                      "limits": {"per_address": 2}}
    requires = ("curl",)

    def ports(self):
        """All that a balancer must relay: the listeners' ports and the passive ones."""
        ports = [port for _, _, port in self.server.listeners]
        for ports_of_listener in self.server.passive_ranges:
            first, last = map(int, ports_of_listener.split("-"))
            ports += range(first, last + 1)
        return ports

    def balancer(self, header):
        balancer = Balancer(self.ports(), header)
        self.addCleanup(balancer.__exit__)
        return balancer.__enter__()

    def curl(self, scheme, protocol, *options):
        port = self.server.address(protocol)[1]
        name = f"{next(NUMBERS)}.bin"
        # --insecure: the certificate is for 127.0.0.1, and the balancer has an address of its own.
        self.client("curl", "-sS", "--insecure", "--ssl-reqd", "-u", f"demo:{PASSWORDS['demo']}", *options,
                    "-T", self.file("data.bin", DATA), f"{scheme}://{FRONT}:{port}/{name}")
        # The next client may come before the balancer has let this one go, and two are the limit.
        self.wait_until(self.nobody_is_connected, "the session to end")
        return name

    def nobody_is_connected(self):
        return len(self.server.events("session.open")) == len(self.server.events("session.close"))

    def test_curl_delivers_by_ftps_with_either_version_of_header(self):
        for header in (v1, v2):
            with self.subTest(header.__name__), Balancer(self.ports(), header):
                for scheme, protocol in (("ftp", "ftps"), ("ftps", "ftps-implicit")):
                    for passive in ([], ["--disable-epsv", "--no-ftp-skip-pasv-ip"]):
                        name = self.curl(scheme, protocol, *passive)
                        self.assert_stored(name, DATA)
                        self.assert_received(f"/{name}", DATA, address="127.0.0.1")

    def test_sftp_delivers_with_either_version_of_header(self):
        for header in (v1, v2):
            with self.subTest(header.__name__), Balancer([self.server.address("sftp")[1]], header):
                name = f"{header.__name__}.bin"
                with paramiko.SSHClient() as client:
                    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
                    client.connect(FRONT, self.server.address("sftp")[1], "demo", PASSWORDS["demo"],
                                   look_for_keys=False, allow_agent=False, timeout=60)
                    with client.open_sftp() as sftp:
                        sftp.putfo(open(self.file("data.bin", DATA), "rb"), name)
                self.assert_stored(name, DATA)
                self.assert_received(f"/{name}", DATA, address="127.0.0.1")

    def test_openssh_delivers(self):
        self.balancer(v2)
        options = [word.replace("StrictHostKeyChecking=yes", "StrictHostKeyChecking=no")
                   for word in map(str, self.openssh_options())]
        batch = self.file("batch", f"put {self.file('data.bin', DATA)} openssh.bin\n".encode())
        self.client("sftp", *options, "-b", batch, f"demo@{FRONT}")
        self.assert_stored("openssh.bin", DATA)

    def test_events_tell_client_and_balancer(self):
        self.balancer(v1)
        name = self.curl("ftp", "ftps", "--interface", "127.0.0.5")
        self.assert_received(f"/{name}", DATA, address="127.0.0.5")
        self.server.wait_event("session.open", address="127.0.0.5", balancer=BALANCER)

    def test_limits_count_each_client_for_itself(self):
        # More clients than `per_address`, all by way of one balancer's address.
        self.balancer(v2)
        for i in range(20, 25):
            self.curl("ftp", "ftps", "--interface", f"127.0.0.{i}")

    def test_nobody_gets_past_the_balancer(self):
        port = self.server.address("ftps")[1]
        self.client("curl", "-sS", "--insecure", "--ssl-reqd", "-u", f"demo:{PASSWORDS['demo']}",
                    f"ftp://127.0.0.1:{port}/", status=None)
        self.server.wait_event("session.refused", address="127.0.0.1", reason="not through a trusted balancer")
        opened = [event for event in self.server.events("session.open") if "balancer" not in event]
        self.assertEqual(opened, [])
