#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Runs a command whose standard descriptor is something odd, as the caller that one is.

    relay.py in|out KIND COMMAND...

`in`: the descriptor is stdin; where the kind can give bytes, it gives `given` and its end. `out`: it is stdout, and what
arrives there is shown on our own stdout. Exits as the command. The kind `unread` of `out` takes nothing at all.
"""
import ctypes
import fcntl
import os
import socket
import subprocess
import sys
import threading
import tty

libc = ctypes.CDLL(None, use_errno=True)
kept = []


def opened(path, flags=os.O_RDWR):
    return lambda way: (os.open(path, flags), None)


def anonymous(call, *arguments):
    def make(way):
        fd = getattr(libc, call)(*arguments)
        assert fd >= 0, os.strerror(ctypes.get_errno())
        return fd, None

    return make


def signalfd(way):
    mask = (ctypes.c_ulong * 16)(1 << 9)
    fd = libc.signalfd(-1, mask, 0)
    assert fd >= 0
    return fd, None


def pair_of(kind):
    def make(way):
        ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
        kept.extend((ours, theirs))
        # Only of a stream is there an end.
        return theirs.fileno(), ours if kind == socket.SOCK_STREAM else None

    return make


def tcp(way):
    listener = socket.create_server(("127.0.0.1", 0))
    theirs = socket.create_connection(listener.getsockname())
    kept.append(theirs)
    return theirs.fileno(), listener.accept()[0]


def unix_at(path):
    def make(way):
        theirs = socket.socket(socket.AF_UNIX)
        theirs.connect(path)
        kept.append(theirs)
        return theirs.fileno(), None

    return make


def own_listener(way):
    path = os.environ["HOME"] + "/listener"
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    fd, _ = unix_at(path)(way)
    return fd, listener.accept()[0]


def netlink(way):
    kept.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
    return kept[-1].fileno(), None


def pipe(way):
    reader, writer = os.pipe()
    return (reader, open(writer, "wb", 0)) if way == "in" else (writer, open(reader, "rb", 0))


def fifo(way):
    path = os.environ["HOME"] + "/fifo"
    if os.path.exists(path):
        os.unlink(path)
    os.mkfifo(path)
    hold = os.open(path, os.O_RDWR)
    fd = os.open(path, os.O_RDONLY if way == "in" else os.O_WRONLY)
    ours = open(path, "wb" if way == "in" else "rb", 0)
    os.close(hold)
    return fd, ours


def plain(way):
    path = os.environ["HOME"] + "/plain"
    with open(path, "wb") as file:
        file.write(b"given" if way == "in" else b"")
    return os.open(path, os.O_RDWR), open(path, "rb") if way == "out" else None


def pty(way):
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    if way == "in":
        # Not to be closed: that would hang it up, and a terminal without a line is none.
        kept.append(os.fdopen(os.dup(ours)))
        os.write(ours, b"given")
        return theirs, None
    return theirs, open(ours, "rb", 0)


def unread(way):
    ours, theirs = socket.socketpair()
    kept.extend((ours, theirs))
    return theirs.fileno(), None


KINDS = {
    "eventfd": anonymous("eventfd", 5, 0),
    "timerfd": anonymous("timerfd_create", 1, 0),
    "epoll": anonymous("epoll_create1", 0),
    "inotify": anonymous("inotify_init1", 0),
    "memfd": lambda way: (os.memfd_create("odd"), None),
    "signalfd": signalfd,
    "random": opened("/dev/random"),
    "urandom": opened("/dev/urandom"),
    "ptmx": opened("/dev/ptmx"),
    "directory": opened("/tmp", os.O_RDONLY),
    "path": opened("/etc/passwd", os.O_PATH),
    "proc": opened("/proc/self/status", os.O_RDONLY),
    "oom": opened("/proc/self/oom_score_adj"),
    "cgroup": opened("/sys/fs/cgroup/unified/cgroup.procs", os.O_RDONLY),
    "freezer": opened("/sys/fs/cgroup/freezer/tasks", os.O_RDONLY),
    "sysfs": opened("/sys/kernel/uevent_seqnum", os.O_RDONLY),
    "datagram": pair_of(socket.SOCK_DGRAM),
    "seqpacket": pair_of(socket.SOCK_SEQPACKET),
    "netlink": netlink,
    "null": opened("/dev/null"),
    "zero": opened("/dev/zero"),
    "full": opened("/dev/full"),
    "stream": pair_of(socket.SOCK_STREAM),
    "tcp": tcp,
    "own-listener": own_listener,
    "pipe": pipe,
    "fifo": fifo,
    "file": plain,
    "pty": pty,
    "unread": unread,
}


def give(other):
    if isinstance(other, socket.socket):
        other.sendall(b"given")
        other.shutdown(socket.SHUT_WR)
    elif other:
        other.write(b"given")
        other.close()


def take(other):
    """Until the end, which a pty says by EIO."""
    try:
        while data := other.recv(65536) if isinstance(other, socket.socket) else other.read(65536):
            os.write(1, data)
    except OSError:
        pass


def main():
    way, kind, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    fd, other = unix_at(kind)(way) if kind.startswith("/") else KINDS[kind](way)
    streams = {"stdin": fd} if way == "in" else {"stdin": subprocess.DEVNULL, "stdout": fd}
    child = subprocess.Popen(command, **streams)
    reader = None
    if way == "out" and other:
        reader = threading.Thread(target=take, args=(other,))
        reader.start()
    if kind != "unread":
        os.close(fd)
        for other_end in kept:
            if isinstance(other_end, socket.socket) and other_end is not other:
                other_end.detach()
    if way == "in":
        give(other)
    code = child.wait()
    if reader:
        reader.join()
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
