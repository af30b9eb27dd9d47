"""Uploads that send a byte now and then: never stalled, and all the same ended by the least rate (D10)."""

import threading

from attack.case import AttackCase, limits

PAUSE_SECONDS = 0.5
# The rate is measured over a minute; this is when it must have been noticed on a slow machine.
LONGEST_SECONDS = 150


class SlowUploads(AttackCase):
    server_options = limits(data_stall="20s", min_upload_rate="1KiB/s", idle="10m")

    def test_D10_upload_below_the_least_rate_ends_in_426(self):
        uploads = {"records.bin": self.session(), "bytes-of-a-record.bin": self.session()}
        replies, over = {}, threading.Event()
        for name, control in uploads.items():
            channel = control.data(f"STOR {name}")
            self.addCleanup(channel.close)
            threading.Thread(target=trickle, args=(channel, name, over), daemon=True).start()
        for name, control in uploads.items():
            control.socket.settimeout(LONGEST_SECONDS)
            replies[name] = control.reply()[:3]
        over.set()
        self.assertEqual(replies, {name: "426" for name in uploads})
        for name in uploads:
            self.assert_not_published(name)
            self.server.wait_event("file.abandoned", path=f"/{name}", why="stalled")


def trickle(channel, name, over):
    if name == "records.bin":
        pieces = (channel.seal(b"x") for _ in range(10_000))
    else:
        pieces = (bytes([byte]) for byte in channel.seal(b"x" * 10_000))
    try:
        for piece in pieces:
            channel.connection.sendall(piece)
            if over.wait(PAUSE_SECONDS):
                return
    except OSError:
        pass  # the server has had enough
