"""
swap.py FIRST SECOND: lets two names change places as fast as the kernel does it, until standard input ends and at
least SALLYPORT_SWAPS (100,000) times; then prints how often. An even number, so that both have their own name again.
"""

import ctypes
import os
import select
import sys

RENAME_EXCHANGE = 2
AT_FDCWD = -100
BURST = 200  # swaps between two looks at standard input, an even number


def main():
    first, second = map(os.fsencode, sys.argv[1:3])
    least = int(os.environ.get("SALLYPORT_SWAPS", "100000"))
    renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    swaps = 0
    print("swapping", flush=True)
    while swaps < least or not select.select([sys.stdin], [], [], 0)[0]:
        for _ in range(BURST):
            if renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE) != 0:
                raise OSError(ctypes.get_errno(), "renameat2")
        swaps += BURST
    print(swaps)


if __name__ == "__main__":
    main()
