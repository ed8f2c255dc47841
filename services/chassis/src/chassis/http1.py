"""HTTP/1.1 to one server over kept connections, for paths that every request goes (docs/adr/0002-gateway-transport.md).

The framing is llhttp's (httptools), the same that the servers run; this adds a pool, deadlines, and errors that tell
whether anything was sent. It follows no redirect, decodes no coding, keeps no cookie and sends nothing twice.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import cast
from urllib.parse import urlsplit

import httptools

Headers = list[tuple[bytes, bytes]]

CONNECT_TIMEOUT_S = 1.0
KEEP_ALIVE_S = 3.0
"""Shorter than the 5 s after which uvicorn closes an idle connection: a request must not meet that moment."""
WHOLE_ANSWER_BYTES = 64 * 1024
"""Answers up to this size are read before anybody sees a status, so that one cut short is still an error."""
_BUFFER_BYTES = 256 * 1024
"""Of a longer answer that nobody takes yet; at more, reading stops."""
_BODYLESS = frozenset({204, 304})


class HttpFailed(Exception):
    """There is no answer. `sent` tells whether the server may have seen the request."""

    sent = True


class NotConnected(HttpFailed):
    """No connection, so nothing was sent."""

    sent = False


class TimedOut(HttpFailed):
    """No whole answer in time."""


class NotSentInTime(TimedOut):
    """The time was over before there was a connection."""

    sent = False


class Broken(HttpFailed):
    """The connection ended before the answer did."""


class Malformed(HttpFailed):
    """What came is no HTTP answer."""


class Answer:
    """A status and its headers, names in lower case. `body` is whole, or None: then `chunks` has it."""

    __slots__ = ("_connection", "body", "headers", "length", "status")

    def __init__(
        self, status: int, headers: Headers, length: int | None, body: bytes | None
    ) -> None:
        self.status = status
        self.headers = headers
        self.length = length
        self.body = body
        self._connection: _Connection | None = None

    async def whole(self, timeout_s: float) -> bytes:
        """The body, however long. Raises `HttpFailed`."""
        if self.body is not None:
            return self.body
        ends_at = asyncio.get_running_loop().time() + timeout_s
        left_s = lambda: ends_at - asyncio.get_running_loop().time()  # noqa: E731
        return b"".join([chunk async for chunk in self.chunks(left_s)])

    def discard(self) -> None:
        """The body is not wanted."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()

    async def chunks(self, timeout_s: Callable[[], float]) -> AsyncIterator[bytes]:
        """A long body, as it comes; `timeout_s` tells how long each next part may take. Raises `HttpFailed`."""
        connection, self._connection = self._connection, None
        assert connection is not None, "chunks are read once, of an answer without a body"
        try:
            while (chunk := await connection.next_chunk(timeout_s())) is not None:
                yield chunk
        finally:
            connection.leave()


class HttpClient:
    """Connections to one origin, at most `connections`; `send` takes one, or waits for it."""

    def __init__(self, origin: str, *, connections: int) -> None:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError(f"{origin} is not an http or https address")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._room = connections
        self._idle: deque[_Connection] = deque()
        self._open: set[_Connection] = set()
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._sweep: asyncio.TimerHandle | None = None

    async def send(
        self,
        request: bytes,
        timeout_s: float,
        body: AsyncIterable[bytes] | None = None,
        *,
        chunked: bool = False,
    ) -> Answer:
        """Send a request (head and, unless it is given apart, body) and await the answer. Raises `HttpFailed`.

        What `body` raises ends the request, and is raised.
        """
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout_s
        connection = self._take_idle()
        if connection is None:
            connection = await self._connect(ends_at)
            timeout_s = ends_at - loop.time()
        if body is None:
            return await connection.exchange(request, timeout_s)
        return await connection.upload(request, body, chunked, timeout_s)

    def close(self) -> None:
        """End every connection, also those in use."""
        if self._sweep is not None:
            self._sweep.cancel()
        for connection in list(self._open):
            connection.abort()

    def _take_idle(self) -> "_Connection | None":
        # The one used last: the others grow old together, and are closed.
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable(asyncio.get_running_loop().time()):
                return connection
            connection.abort()
        return None

    async def _connect(self, ends_at: float) -> "_Connection":
        loop = asyncio.get_running_loop()
        while self._room == 0:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            try:
                async with asyncio.timeout_at(ends_at):
                    await turn
            except BaseException as error:
                # A turn that came at this very moment is somebody else's.
                if turn.done() and not turn.cancelled():
                    self._next_turn()
                if isinstance(error, TimeoutError):
                    raise NotSentInTime("no connection was free in time") from None
                raise
            if (connection := self._take_idle()) is not None:
                return connection
        self._room -= 1
        try:
            async with asyncio.timeout(min(CONNECT_TIMEOUT_S, max(0.0, ends_at - loop.time()))):
                _, connection = await loop.create_connection(
                    lambda: _Connection(self), self._host, self._port, ssl=self._tls
                )
        except BaseException as error:
            self._room += 1
            self._next_turn()
            if isinstance(error, OSError | TimeoutError):
                raise NotConnected(repr(error)) from None
            raise
        self._open.add(connection)
        if not connection.is_alive:
            self.forget(connection)
            raise NotConnected("the server hung up at once")
        return connection

    def give_back(self, connection: "_Connection") -> None:
        self._idle.append(connection)
        if self._sweep is None:
            loop = asyncio.get_running_loop()
            self._sweep = loop.call_later(KEEP_ALIVE_S, self._close_old)
        self._next_turn()

    def forget(self, connection: "_Connection") -> None:
        if connection in self._open:
            self._open.discard(connection)
            self._room += 1
            self._next_turn()

    def _next_turn(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _close_old(self) -> None:
        self._sweep = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._idle and not self._idle[0].is_usable(now):
            self._idle.popleft().abort()
        if self._idle:
            self._sweep = loop.call_later(KEEP_ALIVE_S, self._close_old)


def get_request(url: str, token: str) -> bytes:
    """A GET of `url` with a bearer token, for `send`."""
    return _opening("GET", url, token) + b"\r\n"


def post_request(url: str, token: str, body: bytes) -> bytes:
    """A POST of JSON to `url` with a bearer token, for `send`."""
    framing = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
    return _opening("POST", url, token) + framing + body


def _opening(method: str, url: str, token: str) -> bytes:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    host = parts.netloc.rpartition("@")[2]
    return (
        f"{method} {target} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n".encode(
            "ascii"
        )
    )


class _Connection(asyncio.Protocol):
    """Callbacks of the transport and of the parser; one exchange at a time."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._headers: Headers = []
        self._length: int | None = None
        self._body: list[bytes] = []
        self._streaming = False
        self._complete = False
        self._keeps = True
        self._buffered = 0
        self._paused = False
        self._news: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._idle_since = 0.0
        self._uploading = False
        self._lost: HttpFailed | None = None

    # What the client does with it

    @property
    def is_alive(self) -> bool:
        return self._lost is None

    def is_usable(self, now: float) -> bool:
        return self.is_alive and now - self._idle_since < KEEP_ALIVE_S

    async def exchange(self, request: bytes, timeout_s: float) -> Answer:
        answer = self._begin()
        self._transport.write(request)
        return await self._await(answer, timeout_s)

    async def upload(
        self, head: bytes, body: AsyncIterable[bytes], chunked: bool, timeout_s: float
    ) -> Answer:
        answer = self._begin()
        self._uploading = True
        ends_at = self._loop.time() + timeout_s
        try:
            async with asyncio.timeout_at(ends_at):
                self._transport.write(head)
                async for chunk in body:
                    # An answer that comes before the end of the body refuses it.
                    if answer.done():
                        break
                    self._transport.write(
                        b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk
                    )
                    await self._writable.wait()
                else:
                    self._uploading = False
                    if chunked:
                        self._transport.write(b"0\r\n\r\n")
        except TimeoutError:
            self.abort()
            raise TimedOut("the time was over while the body was sent") from None
        except BaseException:
            self.abort()
            if answer.done() and not answer.cancelled():
                answer.exception()
            raise
        return await self._await(answer, max(0.0, ends_at - self._loop.time()))

    async def next_chunk(self, timeout_s: float) -> bytes | None:
        """The next part of a long answer; None at its end."""
        while not self._body:
            if self._complete:
                return None
            if self._lost is not None:
                raise self._lost
            self._news = self._loop.create_future()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news
            except TimeoutError:
                raise TimedOut("the rest of the answer did not come in time") from None
            finally:
                self._news = None
        chunk = b"".join(self._body)
        self._body.clear()
        self._buffered = 0
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
        return chunk

    def leave(self) -> None:
        """Nobody reads on: a connection whose answer is not at its end is of no more use."""
        if not self._complete:
            self.abort()
        else:
            self._release()

    def abort(self) -> None:
        self._end(Broken("the connection was ended"))
        self._transport.abort()

    # What asyncio tells it

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A stream's transport by contract; uvloop's has no base class that would say so.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None and not self._streaming:
            self._fail(Malformed("the server speaks without being asked"))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(Malformed(repr(error)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(Broken(repr(exc) if exc else "the server hung up"))

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # What the parser tells it

    def on_message_begin(self) -> None:
        if self._answer is None:
            raise ValueError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-length":
            # Well formed: the parser itself goes by it.
            self._length = int(value)
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            raise ValueError("an interim answer that nobody asked for")
        whole = self._length is not None and self._length <= WHOLE_ANSWER_BYTES
        if not whole and status not in _BODYLESS:
            self._streaming = True
            answer = Answer(status, self._headers, self._length, None)
            answer._connection = self
            self._resolve(answer)

    def on_body(self, body: bytes) -> None:
        self._body.append(body)
        if self._streaming:
            self._buffered += len(body)
            if self._buffered > _BUFFER_BYTES and not self._paused:
                self._paused = True
                self._transport.pause_reading()
            self._tell_news()

    def on_message_complete(self) -> None:
        self._complete = True
        self._keeps = self._parser.should_keep_alive()
        if self._streaming:
            self._tell_news()
            return
        status = self._parser.get_status_code()
        answer = Answer(status, self._headers, self._length, b"".join(self._body))
        self._body.clear()
        self._resolve(answer)
        self._release()

    # Inside

    def _begin(self) -> "asyncio.Future[Answer]":
        self._headers = []
        self._length = None
        self._complete = False
        self._answer = self._loop.create_future()
        return self._answer

    async def _await(self, answer: "asyncio.Future[Answer]", timeout_s: float) -> Answer:
        timer = self._loop.call_later(timeout_s, self._time_out, answer)
        try:
            return await answer
        except asyncio.CancelledError:
            # Else it was answered at this very moment, and the connection may be somebody else's by now.
            if answer.cancelled() or (answer.exception() is None and answer.result().body is None):
                self.abort()
            raise
        finally:
            timer.cancel()

    def _time_out(self, answer: "asyncio.Future[Answer]") -> None:
        if not answer.done():
            self._fail(TimedOut("no answer in time"))

    def _resolve(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
        self._answer = None

    def _release(self) -> None:
        """Back to the pool, unless one of both sides has more to say."""
        self._streaming = False
        if self._lost is not None or self._uploading or not self._keeps:
            self.abort()
            return
        self._idle_since = self._loop.time()
        self._client.give_back(self)

    def _fail(self, failed: HttpFailed) -> None:
        self._end(failed)
        self._transport.abort()

    def _end(self, failed: HttpFailed) -> None:
        if self._lost is not None:
            return
        self._lost = failed
        self._client.forget(self)
        self._writable.set()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(failed)
        self._answer = None
        self._tell_news()

    def _tell_news(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
