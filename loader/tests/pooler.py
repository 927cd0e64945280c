"""A pooler of transactions as its clients see it: nothing of a session outlives a transaction.

It forgets everything (DISCARD ALL) whenever Postgres is ready for another transaction.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

ENCRYPTION_REQUESTS = (80877103, 80877104)
DISCARD = b"DISCARD ALL\0"
QUERY = b"Q" + struct.pack("!i", len(DISCARD) + 4) + DISCARD
READY, IDLE = b"Z", b"I"


@contextmanager
def pooler(server: int) -> Iterator[int]:
    """Run it in front of the Postgres on a port; its own port."""
    with ThreadPoolExecutor() as pool, socket.create_server(("127.0.0.1", 0)) as listener:
        pool.submit(_accept, listener, server, pool)
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, server: int, pool: ThreadPoolExecutor) -> None:
    with suppress(OSError):
        while True:
            pool.submit(_serve, listener.accept()[0], server)


def _serve(client: socket.socket, server: int) -> None:
    with client, socket.create_connection(("127.0.0.1", server)) as upstream:
        other = threading.Thread(target=_to_server, args=(client, upstream))
        other.start()
        _to_client(client, upstream)
        other.join()


def _to_server(client: socket.socket, upstream: socket.socket) -> None:
    with suppress(OSError), client.makefile("rb") as source:
        length, code = struct.unpack("!ii", source.read(8))
        while code in ENCRYPTION_REQUESTS:
            client.sendall(b"N")
            length, code = struct.unpack("!ii", source.read(8))
        upstream.sendall(struct.pack("!ii", length, code) + source.read(length - 8))
        while part := source.read1(1 << 16):
            upstream.sendall(part)
        upstream.shutdown(socket.SHUT_WR)


def _to_client(client: socket.socket, upstream: socket.socket) -> None:
    with suppress(OSError, struct.error), upstream.makefile("rb") as source:
        while True:
            kind, body = _message(source)
            if kind == READY and body == IDLE:
                upstream.sendall(QUERY)
                while _message(source)[0] != READY:
                    pass
            client.sendall(kind + struct.pack("!i", len(body) + 4) + body)


def _message(source) -> tuple[bytes, bytes]:
    kind = source.read(1)
    (length,) = struct.unpack("!i", source.read(4))
    return kind, source.read(length - 4)
