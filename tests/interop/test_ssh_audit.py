"""ssh-audit finds nothing to object to, and exactly the algorithms that server/ssh/algorithms.hpp names."""

import json
import re
from pathlib import Path

from support.ssh_client import SshCase

ALGORITHMS = Path(__file__).resolve().parents[2] / "server" / "ssh" / "algorithms.hpp"
# Announces strict key exchange, the remedy for the Terrapin attack; ssh-audit 2.5 of Debian 12 is older than it.
STRICT_KEY_EXCHANGE = "kex-strict-s-v00@openssh.com"


def configured(name):
    """The algorithms that the header lists under `name`."""
    found = re.search(rf"\b{name}\s*=\s*((?:\"[^\"]*\"\s*)+);", ALGORITHMS.read_text())
    return "".join(re.findall(r'"([^"]*)"', found[1])).split(",")


class SshAudit(SshCase):
    requires = ("ssh-audit",)

    def audit(self, *flags):
        """The report, whatever it says."""
        host, port = self.server.address("sftp")
        return self.client("ssh-audit", "--no-colors", *flags, "-p", port, host, status=None)

    def test_no_failure_and_no_warning(self):
        report = self.audit()
        self.assertIn("(kex) curve25519-sha256", report)
        objections = [line for line in report.splitlines()
                      if re.search(r"\[(warn|fail)\]", line) and STRICT_KEY_EXCHANGE not in line]
        self.assertEqual(objections, [])

    def test_algorithms_are_exactly_those_of_the_header(self):
        report = json.loads(self.audit("--json"))
        offered = {name: [entry["algorithm"] for entry in report[name]] for name in ("kex", "key")}
        offered["kex"].remove(STRICT_KEY_EXCHANGE)
        self.assertEqual(offered["kex"], configured("key_exchange"))
        self.assertEqual(set(offered["key"]), set(configured("host_keys")))
        self.assertEqual([report["enc"], report["mac"]], [configured("ciphers"), configured("macs")])
        self.assertEqual(report["compression"], configured("compression"))

    def test_rsa_host_key_is_long_enough(self):
        sizes = [entry["keysize"] for entry in json.loads(self.audit("--json"))["key"] if "keysize" in entry]
        self.assertTrue(sizes and min(sizes) >= 3072, sizes)
