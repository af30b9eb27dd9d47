"""What is written for Prometheus and Grafana fits what a real server tells, and Prometheus's own tool has no complaint."""

import contextlib
import ftplib
import http.client
import json
import re
import shutil
import socket
import unittest
from pathlib import Path

from support.case import ServerCase, payload
from support.doors import DOORS, Refused
from support.ftps_client import log_in

ROOT = Path(__file__).resolve().parents[2]
DASHBOARD = ROOT / "docs" / "monitoring" / "grafana.json"
ALERTS = ROOT / "docs" / "monitoring" / "alerts.yml"
HANDBOOK = ROOT / "docs" / "operations.md"
ALERT_TESTS = Path(__file__).resolve().parent / "monitoring" / "alerts_test.yml"
METRIC = re.compile(r"\bsallyport_[a-z0-9_]+")


def expressions(node):
    """All queries of a dashboard."""
    if isinstance(node, dict):
        found = [node[key] for key in ("expr", "definition") if isinstance(node.get(key), str)]
        return found + [text for value in node.values() for text in expressions(value)]
    if isinstance(node, list):
        return [text for value in node for text in expressions(value)]
    return []


def labels_of(text):
    """Metric -> names of the labels of its samples."""
    found = {}
    for name, labels in re.findall(r"^([a-z0-9_]+)(?:\{(.*)\})? [^ ]+$", text, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


class Monitoring(ServerCase):
    server_options = {"protocols": ("ftps", "sftp"), "admin": {"address": "127.0.0.1:0"}, "durability": "none",
                      "users": {"demo": "demo secret", "reader": {"password": "demo secret", "policy": "collect"}},
                      "policies": {"collect": {"preset": "collect"}},
                      "limits": {"failed_login_delay": "0s"}}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_traffic()
        host, _, port = cls.server.events("server.ready")[0]["admin"].split()[0].rpartition(":")
        with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=60)) as connection:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            cls.content_type = answer.getheader("Content-Type")
            cls.metrics = answer.read().decode()

    @classmethod
    def make_traffic(cls):
        """Something of everything that can be brought about from outside."""
        for door in DOORS:
            session = door(cls.server, "demo")
            session.put("/sent.bin", payload(100_000))
            session.get("/sent.bin")
            session.begin("/broken.bin", b"x" * 1000)
            reader = door(cls.server, "reader")
            with contextlib.suppress(Refused):
                reader.put("/refused.bin", b"x")
            reader.close()
        cls.wrong_password()
        cls.stranger_in_clear()
        with contextlib.closing(log_in(cls.server)) as ftp:
            ftp.voidcmd("EPSV")
            cls.foreign_data_connection(ftp)
        cls.server.wait_event("file.abandoned", protocol="ftps")
        cls.server.wait_event("file.abandoned", protocol="sftp")
        cls.server.wait_event("session.close", protocol="sftp")
        cls.server.wait_event("data.refused")

    @classmethod
    def wrong_password(cls):
        ftp = ftplib.FTP_TLS(timeout=60)
        ftp.connect(*cls.server.address("ftps"))
        with contextlib.closing(ftp), contextlib.suppress(ftplib.error_perm):
            ftp.login("demo", "wrong")

    @classmethod
    def stranger_in_clear(cls):
        with socket.create_connection(cls.server.address("ftps"), timeout=60) as client:
            client.sendall(b"USER demo\r\nPASS x\r\n")
            while client.recv(4096):
                pass

    @classmethod
    def foreign_data_connection(cls, ftp):
        """A data connection without TLS, whose transfer fails."""
        ftp.voidcmd("TYPE I")
        host, port = ftp.makepasv()
        with socket.create_connection((host, port), timeout=60) as data:
            ftp.putcmd("STOR clear.bin")
            data.sendall(b"not TLS")
            with contextlib.suppress(ftplib.Error):
                ftp.voidresp()

    def test_format_is_the_one_of_prometheus(self):
        self.assertEqual(self.content_type, "text/plain; version=0.0.4; charset=utf-8")

    def test_traffic_was_counted(self):
        for line in ('sallyport_logins_total{method="password",protocol="sftp",result="ok"} 2',
                     'sallyport_logins_total{method="password",protocol="ftps",result="failed"} 1',
                     'sallyport_transfers_total{direction="upload",protocol="sftp",result="ok"} 1',
                     'sallyport_transfers_total{direction="download",protocol="ftps",result="ok"} 1',
                     'sallyport_transfers_total{direction="upload",protocol="sftp",result="failed"} 1',
                     'sallyport_policy_denials_total{protocol="ftps",rule="default",verb="upload"} 1',
                     'sallyport_cleartext_passwords_total{protocol="ftps"} 1'):
            self.assertIn(line + "\n", self.metrics)
        self.assertRegex(self.metrics, r'sallyport_handshakes_total{cipher="TLS_[A-Z0-9_]+",protocol="ftps",'
                                       r'version="TLSv1.3"} [1-9]')
        self.assertRegex(self.metrics, r'sallyport_handshakes_total{cipher="[a-z0-9@.-]+",protocol="sftp",'
                                       r'version="SSH-2.0"} [1-9]')
        self.assertRegex(self.metrics, r'sallyport_transfer_bytes_total{protocol="sftp",direction="upload"} 101000\n')

    def test_promtool_has_no_complaint_about_the_metrics(self):
        self.assertEqual(self.promtool("check", "metrics", stdin=self.metrics), "")

    def test_promtool_has_no_complaint_about_the_alerts(self):
        self.assertIn("SUCCESS", self.promtool("check", "rules", ALERTS))

    def test_alerts_fire_when_they_should(self):
        self.assertIn("SUCCESS", self.promtool("test", "rules", ALERT_TESTS))

    def test_alerts_ask_for_metrics_that_there_are(self):
        self.assert_known(METRIC.findall(ALERTS.read_text()))

    def test_dashboard_asks_for_metrics_that_there_are(self):
        queries = expressions(json.loads(DASHBOARD.read_text()))
        self.assertGreater(len(queries), 20)
        self.assert_known(METRIC.findall("\n".join(queries)))

    def test_dashboard_groups_by_labels_that_there_are(self):
        known = labels_of(self.metrics)
        for query in expressions(json.loads(DASHBOARD.read_text())):
            for names in re.findall(r"\bby \(([^)]*)\)", query):
                wanted = {name.strip() for name in names.split(",")}
                for metric in METRIC.findall(query):
                    if metric in known:
                        self.assertLessEqual(wanted, known[metric], query)

    def test_handbook_lists_exactly_the_metrics_that_there_are(self):
        listed = set(METRIC.findall("\n".join(re.findall(r"^\| `sallyport_[^|]*\|", HANDBOOK.read_text(), re.MULTILINE))))
        self.assertEqual(listed, set(re.findall(r"^# TYPE (\S+)", self.metrics, re.MULTILINE)))

    def test_no_label_names_a_user_or_a_file(self):
        allowed = {"protocol", "direction", "result", "method", "reason", "version", "cipher", "verb", "rule", "pool",
                   "sha256", "le"}
        self.assertLessEqual(set().union(*labels_of(self.metrics).values()), allowed)
        for word in ("demo", "reader", "sent.bin", "127.0.0.1"):
            self.assertNotIn(word, self.metrics)

    def assert_known(self, names):
        told = set(re.findall(r"^# TYPE (\S+)", self.metrics, re.MULTILINE))
        missing = {name for name in names if name not in told and re.sub(r"_(bucket|count|sum)$", "", name) not in told}
        self.assertEqual(missing, set())

    def promtool(self, *arguments, stdin=None):
        if shutil.which("promtool") is None:
            raise unittest.SkipTest("promtool (Debian package prometheus) is not installed")
        if stdin is None:
            return self.client("promtool", *arguments)
        with open(self.file("metrics.txt", stdin.encode()), "rb") as metrics:
            return self.client("promtool", *arguments, stdin=metrics)
