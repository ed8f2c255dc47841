"""When the platform counts as started: every service does all of its work."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from devkit.plan import is_ready


class Answering(ThreadingHTTPServer):
    """A service whose `/readyz` says what it is told to."""

    told: tuple[int, Any] = (200, {"status": "ready"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        status, body = self.server.told
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[Answering]:
    with Answering(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_service_is_waited_for_until_it_is_ready_and_nothing_is_degraded(
    service: Answering,
) -> None:
    assert is_ready(service.url)
    service.told = (503, {"status": "not ready", "failures": {"database": "it is away"}})
    assert not is_ready(service.url)
    service.told = (200, {"status": "ready", "degraded": {"gate": "trading is starting"}})
    assert not is_ready(service.url)


def test_a_service_that_does_not_listen_is_not_ready() -> None:
    assert not is_ready("http://127.0.0.1:1")
