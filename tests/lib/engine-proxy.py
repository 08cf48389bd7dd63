#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""engine-proxy.py SOCKET TARGET RECORD

Passes connections to SOCKET on to the engine that listens at TARGET, and writes the first line of each request to RECORD. Prints
a line when connections are accepted.
"""
import os
import socket
import sys
import threading


def pump(source, sink, seen=None):
    try:
        while data := source.recv(65536):
            if seen:
                seen(data)
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Recorder:
    """Every line that begins a request: nobody here asks with a body."""

    def __init__(self, fd):
        self.fd = fd
        self.rest = b""

    def __call__(self, data):
        self.rest += data
        while b"\r\n\r\n" in self.rest:
            head, self.rest = self.rest.split(b"\r\n\r\n", 1)
            os.write(self.fd, head.split(b"\r\n", 1)[0] + b"\n")


def serve(client, target, fd):
    engine = socket.socket(socket.AF_UNIX)
    engine.connect(target)
    threading.Thread(target=pump, args=(engine, client), daemon=True).start()
    pump(client, engine, Recorder(fd))


def main():
    path, target, record = sys.argv[1:]
    fd = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, target, fd), daemon=True).start()


main()
