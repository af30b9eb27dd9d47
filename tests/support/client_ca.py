"""Authorities and client certificates, made with the library that paramiko brings along."""

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example"),
                      x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject, issuer, key, lifetime):
    now = datetime.datetime.utcnow()
    return (x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * DAY).not_valid_after(now + lifetime))


class Authority:
    """Signs client certificates; `file` holds its own certificate."""

    def __init__(self, folder, name):
        self._folder, self._name = Path(folder), name
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = (_builder(name, name, self._key, 30 * DAY)
                       .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
                       .sign(self._key, hashes.SHA256()))
        self.file = self._folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, subject, *, lifetime=30 * DAY, usage=ExtendedKeyUsageOID.CLIENT_AUTH):
        """A file with a certificate for `subject` and its key, and the SHA-256 fingerprint of the certificate."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(subject, self._name, key, lifetime)
        if usage is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        file = self._folder / f"{self._name}-{certificate.serial_number}.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return file, certificate.fingerprint(hashes.SHA256()).hex()
