"""
A reader that never rests: watch.py FOLDER NAME... Looks at every file of FOLDER again and again until its standard
input ends, and once more, then prints as JSON {"seen": name -> digests of all contents it has found, "missed": those of
NAME... that were gone after they had been seen, "looks": how often it has looked}.
"""

import hashlib
import json
import os
import select
import stat
import sys


def look(folder, name, known, seen):
    """Reads a file unless it is known as it is; False when it is not there."""
    try:
        file = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    with open(file, "rb") as opened:
        status = os.fstat(file)
        version = status.st_ino, status.st_size, status.st_mtime_ns
        if stat.S_ISREG(status.st_mode) and version not in known:
            known.add(version)
            seen.setdefault(name, set()).add(hashlib.sha256(opened.read()).hexdigest())
    return True


def main():
    folder, lasting = sys.argv[1], sys.argv[2:]
    known, seen, missed, looks, ended = set(), {}, set(), 0, False
    print("watching", flush=True)
    while not ended:
        ended = bool(select.select([sys.stdin], [], [], 0)[0])
        for name in os.listdir(folder):
            look(folder, name, known, seen)
        for name in lasting:
            if not look(folder, name, known, seen) and name in seen:
                missed.add(name)
        looks += 1
    print(json.dumps({"seen": {name: sorted(digests) for name, digests in seen.items()}, "missed": sorted(missed),
                      "looks": looks}))


if __name__ == "__main__":
    main()
