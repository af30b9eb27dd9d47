"""
The commands of the FileZilla client, in its order. It has no mode without windows, so they are sent from here, by
OpenSSL instead of GnuTLS.
"""

from support.case import AWKWARD_NAMES, ServerCase, payload
from support.ftps_client import ResumingFtpTls, client_context

THEN = "20200913122640"


class FileZilla(ServerCase):
    server_options = {"listener": {"data_session": "resume"}}

    def enter(self):
        """Log in as it does; its ALPN prefers a protocol of its own to `ftp`."""
        context = client_context(self.server)
        context.set_alpn_protocols(["x-filezilla-ftp", "ftp"])
        ftp = ResumingFtpTls(context=context, timeout=30, encoding="utf-8")
        self.addCleanup(ftp.close)
        ftp.connect(*self.server.address())
        ftp.auth()
        self.assertEqual(ftp.sock.selected_alpn_protocol(), "ftp")
        self.said = [ftp.sendcmd("USER demo"), ftp.sendcmd(f"PASS {self.server.password('demo')}")]
        self.features = ftp.sendcmd("FEAT")
        for command in ("SYST", "CLNT FileZilla", "OPTS UTF8 ON", "PBSZ 0", "PROT P",
                        "OPTS MLST type;size;modify;perm;", "PWD", "TYPE I"):
            self.said.append(ftp.sendcmd(command))
        ftp._prot_p = True
        return ftp

    def listing(self, ftp, path):
        """As it fills its window: CWD, PWD and MLSD without a path."""
        ftp.sendcmd(f"CWD {path}")
        ftp.sendcmd("PWD")
        ftp.sendcmd("TYPE I")
        return {name: facts for name, facts in ftp.mlsd() if facts["type"] in ("file", "dir")}

    def test_log_in_has_no_refusal(self):
        self.enter()
        self.assertEqual({reply[0] for reply in self.said} - {"2", "3"}, set(), self.said)
        for feature in ("MLST", "MFMT", "UTF8", "EPSV", "REST STREAM", "PROT", "PBSZ"):
            self.assertIn(feature, self.features)

    def test_files_are_sent_timed_listed_and_fetched(self):
        ftp = self.enter()
        for number, name in enumerate(AWKWARD_NAMES):
            with self.subTest(name):
                data = payload(100_000 + number)
                self.listing(ftp, "/")
                with open(self.file("up.bin", data), "rb") as file:
                    ftp.storbinary(f"STOR {name}", file)
                self.assertEqual(ftp.sendcmd(f"MFMT {THEN} {name}")[:3], "213")
                facts = self.listing(ftp, "/")[name]
                self.assertEqual((facts["size"], facts["modify"]), (str(len(data)), THEN))
                fetched = bytearray()
                ftp.retrbinary(f"RETR {name}", fetched.extend)
                self.assertEqual(bytes(fetched), data)

    def test_interrupted_upload_is_continued_from_the_size_in_the_listing(self):
        data = payload(300_000)
        ftp = self.enter()
        connection = ftp.transfercmd("STOR broken.bin")
        connection.sendall(data[:100_000])
        ftp.sock.close()
        connection.close()
        self.server.wait_event("file.abandoned", path="/broken.bin")
        ftp = self.enter()
        there = int(self.listing(ftp, "/")["broken.bin"]["size"])
        # All but the last byte, so that even a file that came whole leaves something to send.
        self.assertEqual(there, 99_999)
        # It appends, as it has only the size to go by.
        with open(self.file("up.bin", data), "rb") as file:
            file.seek(there)
            ftp.storbinary("APPE broken.bin", file)
        self.assert_stored("broken.bin", data)

    def test_folders_are_made_renamed_and_removed_with_what_is_in_them(self):
        ftp = self.enter()
        for command in ("CWD /", "MKD neu", "CWD neu", "MKD tief", "CWD /", "RNFR neu", "RNTO alt", "CWD alt", "RMD tief",
                        "CDUP", "RMD alt"):
            self.assertIn(ftp.sendcmd(command)[0], "23", command)
        self.assertNotIn("alt", self.listing(ftp, "/"))

    def test_connection_that_is_kept_with_noop_lives_and_ends_with_close_notify(self):
        ftp = self.enter()
        for command in ("NOOP", "TYPE I", "PWD", "QUIT"):
            ftp.sendcmd(command)
        # GnuTLS takes an end without it for an attack (error -110), and so does this socket now.
        ftp.sock.suppress_ragged_eofs = False
        self.assertEqual(ftp.sock.recv(1), b"")
