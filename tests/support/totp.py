"""One-time codes as an authenticator app makes them (RFC 6238)."""

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def code(secret, steps=0):
    """The six digits of a base32 secret for now, or for some steps before or after."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int(time.time()) // STEP_SECONDS + steps
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 0xf
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06}"
