"""What a server under test has written, looked through at its end: each line is one event, and no secret is in any (L1, L2)."""

import json
import re

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# Whatever the configuration is: hashes as crypt(5) writes them, keys as PEM does, and the command that brings a password.
SECRET = re.compile(r"\$(argon2id?|2[aby]|[56y])\$\S{8}|PRIVATE KEY-----|\bPASS \S")
SECRET_KEYS = {"password", "totp", "token"}
KEY_FILES = ("tls/privkey.pem", "ssh/ed25519", "ssh/rsa")
KEY_LINE = 40
# A word that a test uses as a password may be in a log for another reason.
SHORTEST_SECRET = 8


def secrets_of(tables, folder):
    """Of a configuration and the files that it names, and of the keys in `folder`."""
    found = set()
    for value in _values(tables):
        found |= _lines_of(folder / value.removeprefix("file:")) if value.startswith("file:") else {value}
    for name in KEY_FILES:
        found |= {line for line in _lines_of(folder / name) if len(line) >= KEY_LINE}
    return found


def fault_in(data, secrets, lossy=False):
    """
    What is wrong with the first line that no log should have, or None. A last line without its end is not looked at, nor
    is any that was cut when the disk of a `lossy` log was full.
    """
    secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
    for line in data[:data.rfind(b"\n") + 1].splitlines():
        why = _fault_in_line(line, secrets, lossy)
        if why:
            return f"{why}: {line!r}"
    return None


def _fault_in_line(line, secrets, lossy):
    try:
        text = line.decode()
        fields = json.loads(text) if text.startswith("{") else {"event": text}
    except ValueError as error:
        return None if lossy else f"no JSON in UTF-8 ({error})"
    if CONTROL.search(text):
        return "a control character"
    if "event" not in fields:
        return "no event"
    said = "\n".join(map(str, fields.values()))
    if SECRET.search(said) or any(secret in said for secret in secrets):
        return "a secret"
    return None


def _values(table):
    """All strings under SECRET_KEYS, at any depth."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _values(value)
        elif key in SECRET_KEYS and isinstance(value, str):
            yield value


def _lines_of(path):
    return set(path.read_text().split("\n")) if path.is_file() else set()
