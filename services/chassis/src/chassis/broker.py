"""RabbitMQ over pika's asyncio adapter: publish with confirms, consume with acknowledgements.

The broker is a faster way to tell, never the truth: everything published here can also be read from the log
that it comes from, so a broken connection is reported to the caller and nothing is retried in here.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel
from pika.exceptions import AMQPError

CONNECT_TIMEOUT_S = 10.0
CONFIRM_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0


class BrokerError(Exception):
    """The broker is away, refused something, or did not confirm."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message; `tag` acknowledges it."""

    body: bytes
    headers: dict[str, Any]
    tag: int


class BrokerChannel:
    """One connection with one channel. Any failure ends it; `closed` tells why."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._unconfirmed: dict[int, asyncio.Future[None]] = {}
        self._published = 0
        self.closed: asyncio.Future[BrokerError] = asyncio.get_running_loop().create_future()

    async def declare_fanout(self, exchange: str) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with _speaking():
            self._channel.exchange_declare(
                exchange, "fanout", durable=True, callback=lambda _: _resolve(done)
            )
        await self._or_closed(done)

    async def confirm(self) -> None:
        """Ask for publisher confirms; needed once before `publish`."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with _speaking():
            self._channel.confirm_delivery(self._on_confirm, callback=lambda _: _resolve(done))
        await self._or_closed(done)

    async def publish(self, exchange: str, body: bytes, headers: dict[str, Any]) -> None:
        """Publish a persistent message and wait until the broker took it. Raises `BrokerError`."""
        self._require_open()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        properties = pika.BasicProperties(
            delivery_mode=2, content_type="application/json", headers=headers
        )
        with _speaking():
            self._channel.basic_publish(exchange, "", body, properties)
        # The broker counts what it was sent, so the count may only grow once that has happened.
        self._published += 1
        tag = self._published
        self._unconfirmed[tag] = done
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes with the confirm,
            # and a service that is told to stop at that moment would go on for ever.
            async with asyncio.timeout(CONFIRM_TIMEOUT_S):
                await self._or_closed(done)
        except TimeoutError:
            raise BrokerError("the broker did not confirm a message in time") from None
        finally:
            self._unconfirmed.pop(tag, None)

    async def consume(
        self, queue: str, exchange: str, *, max_length: int, prefetch: int, exclusive: bool = False
    ) -> asyncio.Queue[Delivery]:
        """Declare a bounded queue bound to `exchange` and deliver from it into the returned one.

        It is durable; or, when `exclusive`, of this connection alone and gone with it.
        """
        loop = asyncio.get_running_loop()
        declared: asyncio.Future[None] = loop.create_future()
        bound: asyncio.Future[None] = loop.create_future()
        arguments = {
            "x-queue-type": "classic" if exclusive else "quorum",
            "x-max-length": max_length,
            "x-overflow": "drop-head",
        }
        with _speaking():
            self._channel.queue_declare(
                queue,
                durable=not exclusive,
                exclusive=exclusive,
                auto_delete=exclusive,
                arguments=arguments,
                callback=lambda _: _resolve(declared),
            )
        await self._or_closed(declared)
        with _speaking():
            self._channel.queue_bind(queue, exchange, callback=lambda _: _resolve(bound))
        await self._or_closed(bound)
        deliveries: asyncio.Queue[Delivery] = asyncio.Queue()

        def on_message(_c: Any, method: Any, properties: Any, body: bytes) -> None:
            deliveries.put_nowait(Delivery(body, properties.headers or {}, method.delivery_tag))

        # A queue that is deleted under its consumer ends the delivery, but not the channel.
        self._channel.add_on_cancel_callback(
            lambda _: self.fail(BrokerError(f"the broker ended the delivery from {queue}"))
        )
        consuming: asyncio.Future[None] = loop.create_future()
        with _speaking():
            self._channel.basic_qos(prefetch_count=prefetch)
            self._channel.basic_consume(queue, on_message, callback=lambda _: _resolve(consuming))
        await self._or_closed(consuming)
        return deliveries

    def acknowledge(self, tag: int) -> None:
        """Acknowledge this delivery and all before it."""
        # What cannot be acknowledged any more is delivered again, and ignored then.
        if self._channel.is_open:
            with suppress(AMQPError):
                self._channel.basic_ack(tag, multiple=True)

    def fail(self, error: BrokerError) -> None:
        """Called once when connection or channel ended."""
        _resolve(self.closed, error)
        for future in self._unconfirmed.values():
            if not future.done():
                future.set_exception(error)
        self._unconfirmed.clear()

    def _on_confirm(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        accepted = isinstance(frame.method, pika.spec.Basic.Ack)
        tags = [t for t in self._unconfirmed if t <= tag] if multiple else [tag]
        for each in tags:
            future = self._unconfirmed.pop(each, None)
            if future is None or future.done():
                continue
            if accepted:
                future.set_result(None)
            else:
                future.set_exception(BrokerError("the broker refused a message"))

    def _require_open(self) -> None:
        if self.closed.done():
            raise self.closed.result()

    async def _or_closed(self, future: asyncio.Future[None]) -> None:
        self._require_open()
        waited: set[asyncio.Future[Any]] = {future, self.closed}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not future.done():
            raise self.closed.result()
        future.result()


@asynccontextmanager
async def open_channel(url: str) -> AsyncIterator[BrokerChannel]:
    """Connect and open a channel; both are closed at the end. Raises `BrokerError`."""
    loop = asyncio.get_running_loop()
    opened: asyncio.Future[BrokerChannel | BrokerError] = loop.create_future()
    ended = asyncio.Event()
    abandoned = False

    def on_connection(connection: AsyncioConnection) -> None:
        if abandoned:
            connection.close()
        else:
            connection.channel(on_open_callback=on_channel)

    def on_channel(channel: Channel) -> None:
        wrapped = BrokerChannel(channel)
        channel.add_on_close_callback(lambda _c, reason: wrapped.fail(BrokerError(repr(reason))))
        _resolve(opened, wrapped)

    def on_error(_connection: Any, error: Any) -> None:
        ended.set()
        _resolve(opened, BrokerError(f"cannot connect to the broker: {error!r}"))

    def on_close(_connection: Any, reason: Any) -> None:
        ended.set()
        error = BrokerError(f"the broker connection ended: {reason!r}")
        _resolve(opened, error)
        if not opened.cancelled() and isinstance(channel := opened.result(), BrokerChannel):
            channel.fail(error)

    connection = AsyncioConnection(
        _parameters(url),
        on_open_callback=on_connection,
        on_open_error_callback=on_error,
        on_close_callback=on_close,
        custom_ioloop=loop,
    )
    try:
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                outcome = await opened
        except TimeoutError:
            raise BrokerError("cannot connect to the broker in time") from None
        if isinstance(outcome, BrokerError):
            raise outcome
        yield outcome
    finally:
        # A connection that is still being made closes itself as soon as it stands.
        abandoned = True
        if connection.is_open:
            connection.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await ended.wait()


def _parameters(url: str) -> pika.URLParameters:
    """What pika makes of it, and RabbitMQ's own word for the authority that must have signed: `?cacertfile=`.

    Raises `BrokerError` when that file cannot be used, which the settings saw at the start: it may be being replaced.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    authority = query.pop("cacertfile", None)
    parameters = pika.URLParameters(parts._replace(query=urlencode(query)).geturl())
    if parts.scheme == "amqps":
        try:
            context = ssl.create_default_context(cafile=authority)
        except OSError as error:  # TLS's own errors, too
            raise BrokerError(f"the cacertfile {authority} cannot be used: {error}") from error
        parameters.ssl_options = pika.SSLOptions(context, parts.hostname)
    return parameters


@contextmanager
def _speaking() -> Iterator[None]:
    """What pika says of a channel or connection that is closing, as `BrokerError`."""
    try:
        yield
    except AMQPError as error:
        raise BrokerError(repr(error)) from error


def _resolve(future: "asyncio.Future[Any]", value: Any = None) -> None:
    if not future.done():
        future.set_result(value)
