#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""opened.py FILE COMMAND...: runs the command, and prints how many times FILE was opened meanwhile, by whomever.

O_PATH, which does nothing to a FIFO or a device, does not count: inotify(7) sees IN_OPEN for none of it. The command's output goes
to stderr; the exit code is the command's.
"""
import ctypes
import os
import subprocess
import sys

IN_OPEN, IN_NONBLOCK = 0x20, os.O_NONBLOCK


def main():
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init1(IN_NONBLOCK)
    if libc.inotify_add_watch(fd, os.fsencode(sys.argv[1]), IN_OPEN) < 0:
        sys.exit("cannot watch " + sys.argv[1] + ": " + os.strerror(ctypes.get_errno()))
    code = subprocess.run(sys.argv[2:], stdout=sys.stderr).returncode
    count = 0
    try:
        while data := os.read(fd, 65536):
            # Events of a file have no name behind them. What is the same as the one before is told once.
            count += len(data) // 16
    except BlockingIOError:
        pass
    print(count)
    sys.exit(code if code >= 0 else 128 - code)


main()
