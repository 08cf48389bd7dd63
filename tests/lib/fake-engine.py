#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A Docker engine that lies: canned answers to GET /containers/WORD/json and GET /containers/json, sent the wrong way.

    fake-engine.py --listen unix:PATH|tcp:HOST:PORT --ready FILE [--template FILE] [--set PATH=JSON]... [--mode MODE]
                   [--stream STREAM]

--stream is how GET /containers/ID/logs and GET /events are answered.

For hostile and broken answers only; what a sound engine says is tested on a real one. Every byte that a client sends
is appended to --record, whether or not it is part of a request. --ready gets one line (the socket's path, or
HOST:PORT, useful with port 0) as soon as connections are accepted.

The template is what `docker inspect` prints. Overrides are applied in order: `--set State.Pid=1` replaces or adds a
field, `--drop State.Pid` removes it. A `#` and what follows it in a key is not sent, so `--set 'State.Pid#2=1'` gives
a second Pid behind the first; `#0` puts the field before all others.
"""

import argparse
import gzip
import json
import os
import re
import socket
import ssl
import sys
import threading
import time

HEADERS = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nServer: fake\r\n"


def dump(value):
    """JSON with the keys as they stand, repeated ones included."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k.split("#")[0]) + ":" + dump(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(v) for v in value) + "]"
    return value.text if isinstance(value, Literal) else json.dumps(value)


class Literal:
    """Text that goes out as it is, JSON or not."""

    def __init__(self, text):
        self.text = text


def parent_of(document, path):
    keys = path.split(".")
    for key in keys[:-1]:
        document = document.setdefault(key, {})
    return document, keys[-1]


def override(document, path, text):
    parent, key = parent_of(document, path)
    try:
        value = json.loads(text)
    except ValueError:
        value = Literal(text)
    if key.endswith("#0"):
        rest = dict(parent)
        parent.clear()
        parent[key] = value
        parent.update(rest)
    else:
        parent[key] = value


def build_body(options):
    if options.raw is not None:
        return open(options.raw, "rb").read()
    document = {}
    if options.template:
        document = json.load(open(options.template, encoding="utf-8"))
        if isinstance(document, list):
            document = document[0]
    for kind, argument in options.overrides:
        if kind == "set":
            path, _, text = argument.partition("=")
            override(document, path, text)
        else:
            parent, key = parent_of(document, argument)
            parent.pop(key, None)
    if options.depth:
        document["Deep"] = Literal("[" * options.depth + "]" * options.depth)
    if options.pad:
        document["Pad"] = "x" * options.pad
    return (options.before + dump(document) + options.after).encode()


class Client:
    """One connection: a thread that records what comes in, and one that answers."""

    def __init__(self, sock, server):
        self.sock, self.server = sock, server
        self.head = b""
        self.asked = threading.Event()

    def run(self):
        threading.Thread(target=self.read, daemon=True).start()
        self.asked.wait()
        if not self.head:
            return
        try:
            stream = self.server.options.stream
            if stream and re.search(rb"^GET (/v[0-9.]+)?(/events|/containers/[^/ ]*/logs)[? ]", self.head):
                STREAMS[stream](self)
            else:
                MODES[self.server.options.mode](self, self.body())
        except OSError:
            pass
        finally:
            self.close()

    def read(self):
        try:
            while data := self.sock.recv(65536):
                self.server.record(data)
                self.head += data
                if b"\r\n\r\n" in self.head:
                    self.asked.set()
        except OSError:
            pass
        self.asked.set()

    def body(self):
        path = self.head.split(b" ")[1].decode("latin-1").split("?")[0] if b" " in self.head else ""
        if re.fullmatch(r"(/v[0-9.]+)?/containers/json", path):
            return self.server.rows
        return self.server.answer

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def whole(self, body, headers=HEADERS, length=None):
        self.send(headers + f"Content-Length: {len(body) if length is None else length}\r\n\r\n")
        self.send(body)

    def chunk(self, data):
        self.send(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()


def hang(client, _body):
    time.sleep(60)


def hang_headers(client, _body):
    client.send(HEADERS)
    time.sleep(60)


def hang_body(client, body):
    client.send(HEADERS + f"Content-Length: {len(body)}\r\n\r\n")
    client.send(body[: len(body) // 2])
    time.sleep(60)


def slow_headers(client, body):
    for byte in (HEADERS + f"Content-Length: {len(body)}\r\n\r\n").encode() + body:
        client.send(bytes([byte]))
        time.sleep(1)


def slow_body(client, body):
    client.send(HEADERS + f"Content-Length: {len(body)}\r\n\r\n")
    for byte in body:
        client.send(bytes([byte]))
        time.sleep(1)


def endless_headers(client, _body):
    client.send(HEADERS)
    while True:
        client.send("X-More: " + "a" * 1000 + "\r\n")


def endless_line(client, _body):
    client.send(HEADERS + "X-More: ")
    while True:
        client.send("a" * 4096)


def endless_chunks(client, body):
    client.send(HEADERS + "Transfer-Encoding: chunked\r\n\r\n")
    client.chunk(body[:-1])
    while True:
        client.chunk(b" " * 4096)


def tiny_chunks(client, body):
    client.send(HEADERS + "Transfer-Encoding: chunked\r\n\r\n")
    while True:
        client.send(b"1;" + b"e" * 4000 + b"\r\n \r\n")


def bad_chunk(client, body):
    client.send(HEADERS + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n")
    client.send(body)


def chunks(client, body):
    client.send(HEADERS + "Transfer-Encoding: chunked\r\n\r\n")
    for at in range(0, len(body), 100):
        client.chunk(body[at : at + 100])
    client.send("0\r\n\r\n")


def endless_body(client, body):
    client.send(HEADERS + "Connection: close\r\n\r\n")
    client.send(body)
    while True:
        client.send(b" " * 4096)


def continues(client, _body):
    while True:
        client.send("HTTP/1.1 100 Continue\r\n\r\n")


def redirect(client, _body):
    target = client.server.options.redirect
    client.whole(b"", f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n")


def early_data(client, body):
    client.whole(body)
    client.whole(body)


def status(code, text, body=None):
    def answer(client, original):
        sent = original if body is None else json.dumps({"message": body}).encode()
        client.whole(b"" if code in (204, 304) else sent,
                     f"HTTP/1.1 {code} {text}\r\nContent-Type: application/json\r\n")
    return answer


MODES = {
    "ok": Client.whole,
    "chunks": chunks,
    "hang": hang,
    "hang-headers": hang_headers,
    "hang-body": hang_body,
    "slow-headers": slow_headers,
    "slow-body": slow_body,
    "endless-headers": endless_headers,
    "endless-line": endless_line,
    "endless-chunks": endless_chunks,
    "endless-body": endless_body,
    "tiny-chunks": tiny_chunks,
    "bad-chunk": bad_chunk,
    "continues": continues,
    "redirect": redirect,
    "two-answers": early_data,
    "close-at-once": lambda c, b: None,
    "close-headers": lambda c, b: c.send(HEADERS),
    "close-body": lambda c, b: c.whole(b[: len(b) // 2], length=len(b)),
    "close-chunk": lambda c, b: c.send(HEADERS + f"Transfer-Encoding: chunked\r\n\r\n{len(b):x}\r\n" +
                                       b[: len(b) // 2].decode("latin-1")),
    "length-long": lambda c, b: c.whole(b, length=len(b) + 100),
    "length-short": lambda c, b: c.whole(b, length=len(b) // 2),
    "length-negative": lambda c, b: c.whole(b, length=-1),
    "length-word": lambda c, b: c.whole(b, length="many"),
    "length-huge": lambda c, b: c.whole(b, length=1 << 63),
    "length-twice": lambda c, b: c.whole(b, HEADERS + "Content-Length: 2\r\n"),
    "huge-headers": lambda c, b: c.whole(b, HEADERS + "".join(f"X-{i}: {'a' * 1000}\r\n" for i in range(1000))),
    "gzip": lambda c, b: c.whole(gzip.compress(b), HEADERS + "Content-Encoding: gzip\r\n"),
    "gzip-bomb": lambda c, b: c.whole(gzip.compress(b" " * (64 << 20) + b), HEADERS + "Content-Encoding: gzip\r\n"),
    "http09": lambda c, b: c.send(b),
    "garbage": lambda c, b: c.send(bytes(range(256)) * 64),
    "ssh": lambda c, b: c.send("SSH-2.0-OpenSSH_9.2p1\r\n"),
    "tls-alert": lambda c, b: c.send(b"\x15\x03\x01\x00\x02\x02\x46"),
    "html": lambda c, b: c.whole(b"<html>It works!</html>", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"),
    "empty": lambda c, b: c.whole(b""),
    "101": status(101, "UPGRADED"),
    "204": status(204, "No Content"),
    "206": status(206, "Partial Content"),
    "304": status(304, "Not Modified"),
    "400": status(400, "Bad Request", "bad \x1b[2J\x07\r\nparameter"),
    "401": status(401, "Unauthorized", "authorization denied"),
    "403": status(403, "Forbidden", "authorization denied by plugin"),
    "404": status(404, "Not Found", "No such container"),
    "409": status(409, "Conflict", "conflict"),
    "500": status(500, "Internal Server Error", "Internal \x1b]0;owned\x07 error"),
    "500-huge": status(500, "Internal Server Error", "A" * 1000000),
}


CHUNKED = HEADERS + "Transfer-Encoding: chunked\r\n\r\n"
EVENT = {"Type": "container", "Action": "exec_start: sh", "Actor": {"ID": "4f" * 32}, "timeNano": 1 << 62}


def frame(text, stream=1, length=None):
    return bytes([stream, 0, 0, 0]) + (len(text) if length is None else length).to_bytes(4, "big") + text


def forever(head, piece, limit=None):
    """An answer that ends with its connection, or never; with a limit it says at its end that it has come so far."""

    def answer(client):
        client.send(head)
        sent = 0
        while limit is None or sent < limit:
            client.send(piece)
            sent += len(piece)
        client.server.record(b"all of it\n")

    return answer


def once(head, text):
    return lambda client: client.send((head.encode() if isinstance(head, str) else head) + text)


def trickle(head, text):
    def answer(client):
        client.send(head)
        for byte in text:
            client.send(bytes([byte]))
            time.sleep(0.2)
        time.sleep(60)

    return answer


def slow_stream(client):
    for byte in (HEADERS + "\r\n").encode() + frame(b"never\n"):
        client.send(bytes([byte]))
        time.sleep(1)


PLAIN = HEADERS + "\r\n"
LINE = frame(b"x" * 65528)
STREAMS = {
    "frames": once(PLAIN, frame(b"out\n") + frame(b"err\n", 2) + frame(b"more\n")),
    "chunked": lambda c: [c.send(CHUNKED)] + [c.chunk(bytes([b])) for b in frame(b"out\n")] + [c.send("0\r\n\r\n")],
    "frame-of-4-gib": forever(PLAIN + "\1\0\0\0\xff\xff\xff\xff", b"x" * 65536, 512 << 20),
    "cut-header": once(PLAIN, frame(b"out\n") + frame(b"err\n", 2)[:5]),
    "cut-frame": once(PLAIN, frame(b"out\n") + frame(b"never whole\n")[:-6]),
    "cut-chunk": lambda c: [c.send(CHUNKED), c.chunk(frame(b"out\n")), c.send("ffff\r\n")],
    "bad-header": once(PLAIN, frame(b"out\n") + frame(b"err\n", 7)),
    "json": once(PLAIN, b'{"message": "this is no stream"}\n'),
    "one-line": forever(PLAIN, LINE, 1 << 30),
    "asleep": forever(PLAIN, LINE, 1 << 30),
    "slow": trickle(PLAIN, frame(b"out\n")),
    "slow-headers": slow_stream,
    "hang": lambda c: time.sleep(60),
    "nothing": once(PLAIN, b""),
    "500": lambda c: status(500, "Internal Server Error", "no \x1b[2Jlogs")(c, b""),
    "404": lambda c: status(404, "Not Found", "No such container")(c, b""),
    "events-endless": forever(PLAIN + '{"Action":"', b"a" * 65536),
    "events-blank": forever(PLAIN, b" \n" * 32768),
    "events-others": forever(PLAIN, (json.dumps(EVENT) + "\n").encode() * 100),
    "events-garbage": once(PLAIN, b"not an object\n"),
    "events-deep": once(PLAIN, b'{"a":' + b"[" * 100000),
    "events-slow": trickle(PLAIN, json.dumps(EVENT).encode()),
}


class Server:
    def __init__(self, options):
        self.options = options
        self.lock = threading.Lock()
        self.log = open(options.record, "ab", buffering=0) if options.record else None
        self.answer = build_body(options)
        self.rows = open(options.list, "rb").read() if options.list else b"[]"

    def record(self, data):
        if self.log:
            with self.lock:
                self.log.write(data)

    def listen(self):
        kind, _, where = self.options.listen.partition(":")
        if kind == "unix":
            sock = socket.socket(socket.AF_UNIX)
            if os.path.exists(where):
                os.unlink(where)
            sock.bind(where)
        else:
            host, _, port = where.rpartition(":")
            sock = socket.create_server((host, int(port)))
            where = "%s:%d" % sock.getsockname()[:2]
        sock.listen(64)
        return sock, where

    def run(self):
        sock, where = self.listen()
        context = None
        if self.options.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.options.tls)
            if self.options.client_ca:
                context.load_verify_locations(self.options.client_ca)
                context.verify_mode = ssl.CERT_REQUIRED
        with open(self.options.ready + ".new", "w", encoding="utf-8") as ready:
            ready.write(where + "\n")
        os.rename(self.options.ready + ".new", self.options.ready)
        while True:
            client, _ = sock.accept()
            threading.Thread(target=self.serve, args=(client, context), daemon=True).start()

    def serve(self, client, context):
        try:
            if context:
                client = context.wrap_socket(client, server_side=True)
            Client(client, self).run()
        except OSError:
            client.close()


class Override(argparse.Action):
    def __call__(self, parser, namespace, value, option_string=None):
        namespace.overrides = namespace.overrides + [(option_string.lstrip("-"), value)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.set_defaults(overrides=[])
    parser.add_argument("--listen", required=True)
    parser.add_argument("--ready", required=True)
    parser.add_argument("--record")
    parser.add_argument("--mode", choices=MODES, default="ok")
    parser.add_argument("--template")
    parser.add_argument("--raw", help="a file that is the whole body, instead of the template")
    parser.add_argument("--list", help="the body of /containers/json")
    parser.add_argument("--set", action=Override)
    parser.add_argument("--drop", action=Override)
    parser.add_argument("--before", default="", help="text before the JSON document")
    parser.add_argument("--after", default="", help="text after it")
    parser.add_argument("--depth", type=int, default=0, help="add a field of that many nested arrays")
    parser.add_argument("--pad", type=int, default=0, help="add a field of that many bytes")
    parser.add_argument("--redirect", default="http://localhost/containers/other/json")
    parser.add_argument("--stream", choices=sorted(STREAMS), help="how logs and events are answered")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--client-ca")
    server = Server(parser.parse_args())
    try:
        server.run()
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
