"""What the gateway's tests act with: a gateway that listens, and upstreams that do what a test tells them to.

The upstreams are fakes on purpose: real services do not close a connection in the middle of an answer on demand.
"""

import asyncio
import base64
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chassis.websockets import SERVER_OPTIONS


@dataclass
class Received:
    """A request as it arrived upstream, byte for byte where it matters."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) < 2, f"{name} arrived {len(values)} times"
        return values[0] if values else None


Script = Callable[[Received, asyncio.StreamWriter], Awaitable[bool | None]]
"""Answers a request; false: the connection is closed afterwards."""


def http_answer(
    status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None
) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{k}: {v}" for k, v in (headers or {"Content-Type": "application/json"}).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def says(status: int = 200, body: bytes = b"{}", headers: dict[str, str] | None = None) -> Script:
    async def script(_: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(http_answer(status, body, headers))

    return script


class FakeUpstream:
    """A small HTTP/1.1 server that records what it receives and follows its script."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.script: Script = says()
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while (request := await _read_request(reader)) is not None:
                self.received.append(request)
                if await self.script(request, writer) is False:
                    break
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = [line.split(": ", 1) for line in lines[1:] if line]
    headers = [(pair[0], pair[1] if len(pair) > 1 else "") for pair in pairs]
    by_name = {name.lower(): value for name, value in headers}
    body = b""
    if by_name.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readline()
    elif "content-length" in by_name:
        body = await reader.readexactly(int(by_name["content-length"]))
    return Received(method, target, headers, body)


@dataclass
class FakeAuth(FakeUpstream):
    """Auth as the gateway sees it: its published keys, and the exchange of API keys."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    api_keys: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Claims of their owners, by ticket; each is good once."""
    exchanges: int = 0
    answers: Script | None = None
    gate: asyncio.Event | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.script = self._script

    async def _script(self, request: Received, writer: asyncio.StreamWriter) -> bool | None:
        if request.target == "/v1/jwks":
            raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
            keys = [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "users"}]
            writer.write(http_answer(body=json.dumps({"keys": keys}).encode()))
            return None
        if request.target == "/v1/auth/api-keys/exchange":
            self.exchanges += 1
            if self.gate is not None:
                await self.gate.wait()
            pair = json.loads(request.body)
            claims = self.api_keys.get((pair["key_id"], pair["secret"]))
            if claims is None:
                writer.write(http_answer(401))
                return None
            token = self.token(key_id=pair["key_id"], **claims)
            body = json.dumps({"access_token": token, "expires_in": 900}).encode()
            writer.write(http_answer(body=body))
            return None
        if request.target == "/v1/auth/stream-tickets/exchange":
            claims = self.tickets.pop(json.loads(request.body)["ticket"], None)
            if claims is None:
                writer.write(http_answer(401))
                return None
            body = json.dumps({"access_token": self.token(**claims), "expires_in": 900}).encode()
            writer.write(http_answer(body=body))
            return None
        if self.answers is not None:
            return await self.answers(request, writer)
        writer.write(http_answer())
        return None

    def token(self, *, kid: str = "users", **claims: Any) -> str:
        """A user's token; `claims` replace what a trader would have."""
        now = int(time.time())
        payload = {
            "iss": "auth",
            "aud": "day-trading",
            "sub": str(uuid4()),
            "scope": "trading:read trading:write",
            "roles": ["trader"],
            "tier": "normal",
            "iat": now,
            "exp": now + 900,
            **claims,
        }
        return jwt.encode(payload, self.key, algorithm="EdDSA", headers={"kid": kid})

    def headers(self, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**claims)}"}


class Gateway:
    """A gateway that listens; `client` talks to it, `raw` sends it bytes that no client would."""

    def __init__(self, port: int, client: httpx.AsyncClient, server: uvicorn.Server) -> None:
        self.port = port
        self.client = client
        self.server = server

    async def raw(self, data: bytes) -> bytes:
        """Everything that comes back until the gateway closes the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        try:
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[Gateway]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        http="httptools",
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        **SERVER_OPTIONS,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            assert not task.done(), "the gateway did not start"
            await asyncio.sleep(0.005)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=15, verify=False
        ) as client:
            yield Gateway(port, client, server)
    finally:
        server.should_exit = True
        await task
        listener.close()


OpenGateway = Callable[..., Awaitable[Gateway]]
"""Opens a gateway; keyword arguments are settings, `app_*` go to `build_app`."""
AnswerWith = Callable[..., Script]
"""`answer_with(503, body, headers)`: a script that always says so."""
Until = Callable[[Callable[[], bool]], Awaitable[None]]
"""Waits for a condition, ten seconds at most."""
