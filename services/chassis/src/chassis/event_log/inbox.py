"""The messages that RabbitMQ holds for one consumer: heard while there is a broker, bounded, acknowledged later."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import structlog

from chassis.broker import BrokerChannel, BrokerError, Delivery, open_channel

log = structlog.get_logger(__name__)

RETRY_S = 1.0
QUEUE_LENGTH = 10_000
PREFETCH = 200


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery and the channel that it came by."""

    channel: BrokerChannel
    delivery: Delivery


class Inbox:
    """What `exchange` says, through a durable queue of this consumer's own.

    An `exclusive` queue is of this process alone, with a name that nobody else has, and gone with its connection.
    """

    def __init__(
        self, exchange: str, *, queue: str, broker_url: str, exclusive: bool = False
    ) -> None:
        self._exchange = exchange
        self._queue = f"{queue}.{uuid4()}" if exclusive else queue
        self._exclusive = exclusive
        self._broker_url = broker_url
        self.listening = False
        """Whether messages would come now."""
        self._messages: asyncio.Queue[Message] = asyncio.Queue(PREFETCH)

    async def run(self) -> None:
        """Listen until cancelled; without a broker, try again every second."""
        while True:
            try:
                await self._listen()
            except BrokerError as error:
                self.listening = False
                log.warning("reading without the broker", log=self._exchange, error=str(error))
                await asyncio.sleep(RETRY_S)

    async def wait(self, seconds: float) -> list[Message]:
        """The messages that are here, or the first that comes; none after `seconds` of silence."""
        try:
            async with asyncio.timeout(seconds):
                messages = [await self._messages.get()]
        except TimeoutError:
            return []
        return messages + self.here()

    def here(self) -> list[Message]:
        """The messages that wait now."""
        messages: list[Message] = []
        while not self._messages.empty() and len(messages) < PREFETCH:
            messages.append(self._messages.get_nowait())
        return messages

    async def _listen(self) -> None:
        async with open_channel(self._broker_url) as channel:
            await channel.declare_fanout(self._exchange)
            deliveries = await channel.consume(
                self._queue,
                self._exchange,
                max_length=QUEUE_LENGTH,
                prefetch=PREFETCH,
                exclusive=self._exclusive,
            )
            self.listening = True
            while not channel.closed.done():
                getter = asyncio.ensure_future(deliveries.get())
                waited: set[asyncio.Future[Any]] = {getter, channel.closed}
                try:
                    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    if not getter.done():
                        getter.cancel()
                if not getter.cancelled() and getter.done():
                    # The bounded inbox, with unacknowledged messages, holds the broker back.
                    await self._messages.put(Message(channel, getter.result()))
            raise channel.closed.result()


def acknowledge(messages: list[Message]) -> None:
    """Tell the broker that these need not come again; at most once a channel."""
    latest = {id(m.channel): m for m in messages}
    for message in latest.values():
        message.channel.acknowledge(message.delivery.tag)
