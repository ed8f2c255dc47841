"""A loopback port that leads to an address: browsers trust plain http on their own machine only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

CONNECTED_WITHIN_S = 10.0


@contextmanager
def on_loopback(url: str) -> Iterator[str]:
    """The same server at an address of this machine; `url` itself where a browser trusts it as it is."""
    address = urlsplit(url)
    assert address.hostname is not None
    if address.scheme == "https" or address.hostname in ("127.0.0.1", "localhost"):
        yield url
        return
    target = (address.hostname, address.port or 80)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, target), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        # Wakes the thread that accepts; closing alone would not.
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, target: tuple[str, int]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(target, timeout=CONNECTED_WITHIN_S)
        except OSError:
            client.close()
            continue
        server.settimeout(None)
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    """Until `source` says no more; then `sink` is told so."""
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
