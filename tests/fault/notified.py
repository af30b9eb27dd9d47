"""
A reader that inotify wakes: notified.py FOLDER. Reads each file of FOLDER as soon as anything is told about it until
its standard input ends, then prints as JSON {"seen": name -> digests of all contents it has found, "told": what kinds
of things it was told}.
"""

import ctypes
import hashlib
import json
import os
import select
import struct
import sys

KINDS = {0x2: "modified", 0x8: "closed after writing", 0x80: "moved here", 0x100: "created"}
EVENT = struct.Struct("iIII")  # watch, kind, cookie, bytes of the name that follows


def events(notifier):
    """Kind and name of each."""
    data = os.read(notifier, 1 << 16)
    while data:
        _, kind, _, length = EVENT.unpack_from(data)
        yield KINDS[kind & sum(KINDS)], os.fsdecode(data[EVENT.size:EVENT.size + length].rstrip(b"\0"))
        data = data[EVENT.size + length:]


def digest_of(path):
    """None when it is gone again."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return None


def main():
    folder = sys.argv[1]
    libc = ctypes.CDLL(None, use_errno=True)
    notifier = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
    if notifier < 0 or libc.inotify_add_watch(notifier, os.fsencode(folder), sum(KINDS)) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    seen, told = {}, set()
    print("watching", flush=True)
    while True:
        ready = select.select([notifier, sys.stdin], [], [])[0]
        if notifier not in ready:
            break
        for kind, name in events(notifier):
            told.add(kind)
            digest = digest_of(os.path.join(folder, name))
            if digest:
                seen.setdefault(name, set()).add(digest)
    print(json.dumps({"seen": {name: sorted(digests) for name, digests in seen.items()}, "told": sorted(told)}))


if __name__ == "__main__":
    main()
