"""What one frame on its way through the gateway costs: processor microseconds of the gateway's process alone.

`python services/gateway/bench/pass_through.py --clients 100 --per-second 50`: a bare upstream writes one encoded
frame to every connection at a steady rate; bare clients count what arrives. Neither is measured.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

import uvloop

from devkit.testing_support.keys import ServiceKeys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Upstream(asyncio.Protocol):
    """Says 101 and then nothing of its own accord."""

    def __init__(self, connections: list[asyncio.Transport]) -> None:
        self._connections = connections
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._head.endswith(b"\r\n\r\n"):
            return
        self._head += data
        if self._head.endswith(b"\r\n\r\n"):
            lines = dict(line.split(b": ", 1) for line in self._head.split(b"\r\n")[1:-2])
            key = {name.lower(): value for name, value in lines.items()}[b"sec-websocket-key"]
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest())  # noqa: S324
            self._transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self._connections.append(self._transport)


class Client(asyncio.Protocol):
    """Asks for the stream, and counts the bytes of it."""

    def __init__(self) -> None:
        self.received = 0
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(
            b"GET /v1/stream/market HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        if not self._open:
            head, found, data = data.partition(b"\r\n\r\n")
            assert found, "the head of the handshake came in pieces"
            assert head.startswith(b"HTTP/1.1 101"), head
            self._open = True
        self.received += len(data)


def frame_of(payload: int) -> bytes:
    """A text frame with so many bytes of payload."""
    head = bytes([0x81, payload]) if payload < 126 else bytes([0x81, 126]) + payload.to_bytes(2)
    return head + b"x" * payload


def cpu_s(pid: int) -> float:
    """Processor seconds that a process has used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


async def measure(options: argparse.Namespace, pid: int, port: int, upstream_port: int) -> None:
    """Connect the clients, then write at a steady rate and print what it cost."""
    loop = asyncio.get_running_loop()
    connections: list[asyncio.Transport] = []
    await loop.create_server(lambda: Upstream(connections), "127.0.0.1", upstream_port)
    clients = []
    for _ in range(options.clients):
        clients.append((await loop.create_connection(Client, "127.0.0.1", port))[1])
    while len(connections) < options.clients:  # noqa: ASYNC110 - a clock is all there is
        await asyncio.sleep(0.05)
    frame = frame_of(options.payload) * options.burst
    rounds = int(options.per_second * options.seconds)
    began_cpu, began = cpu_s(pid), time.monotonic()
    for n in range(rounds):
        for connection in connections:
            connection.write(frame)
        await asyncio.sleep(max(0.0, began + (n + 1) / options.per_second - time.monotonic()))
    expected = rounds * len(frame)
    while any(client.received < expected for client in clients):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    took, used = time.monotonic() - began, cpu_s(pid) - began_cpu
    frames = rounds * options.clients * options.burst
    result = {
        "clients": options.clients,
        "payload_bytes": options.payload,
        "frames_at_once": options.burst,
        "frames": frames,
        "frames_per_second": round(frames / took),
        "gateway_cpu_us_per_frame": round(used / frames * 1e6, 1),
        "gateway_cores": round(used / took, 2),
    }
    print(json.dumps(result, indent=2))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--per-second", type=int, default=50)
    parser.add_argument("--payload", type=int, default=266)
    parser.add_argument("--burst", type=int, default=1, help="frames written at once")
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    port, upstream_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        keys = ServiceKeys.generate(Path(folder))
        environment = os.environ | {
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
            "SERVICE_KEYS_FILE": str(keys.key_set),
            "SERVICE_KEY_FILE": str(keys.private_key("gateway")),
            "AUTH_URL": f"http://127.0.0.1:{free_port()}",
            "MARKET_DATA_URL": f"http://127.0.0.1:{upstream_port}",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0",
            "STREAMS_PER_ADDRESS": "100000",
            "RATE_PUBLIC_PER_MINUTE": "100000",
        }
        gateway = subprocess.Popen([sys.executable, "-m", "gateway", "serve"], env=environment)
        try:
            while gateway.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.05)
            uvloop.run(measure(options, gateway.pid, port, upstream_port))
        finally:
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(20)


if __name__ == "__main__":
    main()
