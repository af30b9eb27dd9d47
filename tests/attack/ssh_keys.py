"""Keys of SSH users, with blobs and signatures that a test can bend."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from attack.ssh_wire import mpint, string

RSA_HASHES = {"rsa-sha2-256": hashes.SHA256, "rsa-sha2-512": hashes.SHA512, "ssh-rsa": hashes.SHA1}


class Ed25519Key:
    algorithm = "ssh-ed25519"

    def __init__(self):
        self._private = ed25519.Ed25519PrivateKey.generate()
        raw = self._private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.blob = string(self.algorithm) + string(raw)
        self.line = f"{self.algorithm} {base64.b64encode(self.blob).decode()}"
        self.fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    def sign(self, data, algorithm=None):
        """The signature field of a request (RFC 8709 section 6)."""
        return string(algorithm or self.algorithm) + string(self._private.sign(data))


class RsaKey:
    algorithm = "rsa-sha2-512"

    def __init__(self, bits):
        self._private = rsa.generate_private_key(65537, bits)
        numbers = self._private.public_key().public_numbers()
        self.blob = string("ssh-rsa") + b"".join(
            mpint(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.e, numbers.n))
        self.line = f"ssh-rsa {base64.b64encode(self.blob).decode()}"

    def sign(self, data, algorithm=None):
        """The signature field of a request (RFC 8332 section 3)."""
        algorithm = algorithm or self.algorithm
        return string(algorithm) + string(self._private.sign(data, padding.PKCS1v15(), RSA_HASHES[algorithm]()))


def verify_host_signature(host_key, signature, digest):
    """Raises unless `signature` by the Ed25519 key `host_key` is right; both as on the wire."""
    kind = len(string("ssh-ed25519"))
    raw = host_key[kind + 4:]
    ed25519.Ed25519PublicKey.from_public_bytes(raw).verify(signature[kind + 4:], digest)
