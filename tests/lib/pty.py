#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs a command on a new pseudo-terminal, as its controlling terminal, and plays a person.

    pty.py [STEPS...] -- COMMAND [ARG...]

Steps, in order; the command is waited for after the last one:
    size ROWSxCOLUMNS   the terminal's size (first: before the command starts)
    expect REGEX        reads until the output so far (since the last expect) matches
    send TEXT           types; \\r, \\x03 and so on as in C
    pause SECONDS
    signal NAME         to the command, as with kill(1)
    raw, cooked         fails unless the terminal is in that mode (waits up to 2 s for it)
    hangup              closes the terminal
    mark                prints a line `mark MILLISECONDS` on stderr
    times N TEXT        for the resize storm: resizes N times, ends with TEXT as size

Prints what the terminal showed, exits as the command did (128+n for a signal), and with 99 when an expectation was not
met, 98 when the terminal's modes at the end are not those of the beginning.
"""
import codecs
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = float(os.environ.get("PTY_PATIENCE", "10"))


class Failed(Exception):
    pass


class Person:
    def __init__(self):
        self.master, self.slave = os.openpty()
        self.shown = b""
        self.seen = 0
        self.pid = 0
        self.hung_up = False

    def size(self, text):
        rows, columns = (int(n) for n in text.split("x"))
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def start(self, command):
        self.before = termios.tcgetattr(self.master)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            os.closerange(3, 256)
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            try:
                os.execvp(command[0], command)
            except OSError as e:
                os.write(2, f"{command[0]}: {e}\n".encode())
                os._exit(127)
        os.set_blocking(self.master, False)

    def read(self, seconds):
        """Reads what there is; False when the terminal has ended."""
        if self.hung_up:
            time.sleep(seconds)
            return True
        ready, _, _ = select.select([self.master], [], [], seconds)
        if ready:
            try:
                self.shown += os.read(self.master, 1 << 16)
            except BlockingIOError:
                pass
            except OSError:
                return False
        return True

    def expect(self, text):
        pattern = re.compile(text.encode(), re.S)
        end = time.monotonic() + PATIENCE
        while True:
            match = pattern.search(self.shown, self.seen)
            if match:
                self.seen = match.end()
                return
            if time.monotonic() > end or not self.read(0.05):
                raise Failed(f"expected {text!r}, and after {self.seen} bytes there was {self.shown[self.seen:]!r}")
            if not match and self.ended():
                self.read(0)
                if not pattern.search(self.shown, self.seen):
                    raise Failed(f"expected {text!r}, but the command ended after {self.shown[self.seen:]!r}")

    def send(self, text):
        data = codecs.escape_decode(text.encode())[0]
        while data:
            try:
                data = data[os.write(self.master, data):]
            except BlockingIOError:
                self.read(0.01)

    def mode(self, raw):
        end = time.monotonic() + 2
        while True:
            canonical = bool(termios.tcgetattr(self.master)[3] & termios.ICANON)
            if canonical != raw:
                return
            if time.monotonic() > end:
                raise Failed("the terminal is " + ("cooked" if raw else "raw"))
            self.read(0.02)

    def ended(self):
        if self.pid and not hasattr(self, "status"):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return hasattr(self, "status")

    def finish(self):
        end = time.monotonic() + PATIENCE
        while not self.ended():
            if time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                raise Failed("the command did not end")
            self.read(0.01)
        if not self.hung_up:
            while select.select([self.master], [], [], 0)[0]:
                before = len(self.shown)
                if not self.read(0) or len(self.shown) == before:
                    break
        if os.WIFSIGNALED(self.status):
            return 128 + os.WTERMSIG(self.status)
        return os.WEXITSTATUS(self.status)

    def play(self, steps):
        i = 0
        while i < len(steps):
            step = steps[i]
            i += 1
            if step in ("raw", "cooked"):
                self.mode(step == "raw")
            elif step == "hangup":
                os.close(self.slave)
                os.close(self.master)
                self.hung_up = True
            elif step == "mark":
                print(f"mark {int(time.monotonic() * 1000)}", file=sys.stderr)
            elif step == "times":
                for n in range(int(steps[i])):
                    self.size(f"{20 + n % 50}x{60 + n % 70}")
                    self.read(0)
                self.size(steps[i + 1])
                i += 2
            else:
                text = steps[i]
                i += 1
                if step == "expect":
                    self.expect(text)
                elif step == "send":
                    self.send(text)
                elif step == "size":
                    self.size(text)
                elif step == "pause":
                    end = time.monotonic() + float(text)
                    while time.monotonic() < end:
                        self.read(0.02)
                elif step == "signal":
                    os.kill(self.pid, getattr(signal, "SIG" + text))
                else:
                    raise Failed(f"no such step: {step}")


def main():
    words = sys.argv[1:]
    if "--" not in words:
        sys.exit(__doc__)
    at = words.index("--")
    steps, command = words[:at], words[at + 1:]
    person = Person()
    person.size("24x80")
    if steps[:1] == ["size"]:
        person.size(steps[1])
        steps = steps[2:]
    person.start(command)
    try:
        person.play(steps)
        code = person.finish()
        if not person.hung_up and termios.tcgetattr(person.master) != person.before:
            print("pty.py: the terminal's modes were not restored", file=sys.stderr)
            code = 98
    except Failed as e:
        print(f"pty.py: {e}", file=sys.stderr)
        if not person.ended():
            os.kill(person.pid, signal.SIGKILL)
        code = 99
    sys.stdout.buffer.write(person.shown)
    sys.stdout.flush()
    sys.exit(code)


main()
