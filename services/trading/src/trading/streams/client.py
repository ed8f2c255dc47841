"""One client of the trading stream, from its first frame to the close.

Two tasks and one end: a reader that answers the client's frames, and a teller that brings the updates. Whatever
ends the connection is decided once, by whoever comes first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import structlog
from fastapi import WebSocket, WebSocketDisconnect
from prometheus_client import Counter, Gauge

from chassis.database import Database, is_transient
from chassis.errors import Problem, Unavailable
from chassis.websockets import frames_of, text_frame
from trading.streams import protocol
from trading.streams.hub import Subscription, UpdateHub
from trading.streams.protocol import Authenticate, Listen, Malformed
from trading.streams.queries import kept_numbers, read_page

log = structlog.get_logger(__name__)

AUTHENTICATE_S = 10.0
STALLED_S = 10.0
"""How long a client may leave its socket full. A replay has no queue that would tell of one that does not read."""
PAGE = 500

GONE, BROKE_A_RULE, FAILED, TRY_LATER = 1000, 1008, 1011, 1013

CONNECTIONS = Gauge("trading_stream_connections", "Open connections to the trading stream.")
SENT = Counter("trading_stream_updates_sent_total", "Trade updates sent to connections.")
CLOSED = Counter("trading_stream_closed_total", "Connections closed by this service.", ["reason"])

AccountOf = Callable[[str], Awaitable[UUID]]
"""A token's account. Raises a `Problem` when it proves none that may listen."""


@dataclass(frozen=True, slots=True)
class End:
    """Why a connection ends. None of it is said to a client that has left."""

    code: int
    reason: str
    frame: str | None = None
    """Said before the close."""


_LEFT = End(GONE, "the client left")
_UNAUTHORIZED = End(
    BROKE_A_RULE, "unauthorized", protocol.authorization("unauthorized", "authenticate")
)


class SlowClient(Exception):
    """The client did not read for `STALLED_S`."""


class UpdateMissing(Exception):
    """What comes next is not the account's next number: nothing is told past a gap."""


class StreamClient:
    """`run` serves one accepted websocket. With an `account_id` the handshake has already told who calls."""

    def __init__(
        self,
        websocket: WebSocket,
        database: Database,
        hub: UpdateHub,
        account_of: AccountOf,
        account_id: UUID | None = None,
    ) -> None:
        self._websocket = websocket
        self._frames = frames_of(websocket.scope)
        self._database = database
        self._hub = hub
        self._account_of = account_of
        self._account_id = account_id
        self._teller: asyncio.Task[None] | None = None
        self._subscription: Subscription | None = None
        self._end: asyncio.Future[End] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        deadline = asyncio.get_running_loop().call_later(AUTHENTICATE_S, self._require_account)
        reader = asyncio.create_task(self._guarded(self._read()))
        CONNECTIONS.inc()
        try:
            end = await self._end
        finally:
            CONNECTIONS.dec()
            deadline.cancel()
            reader.cancel()
            self._stop_telling()
        if end is not _LEFT:
            CLOSED.labels(end.reason).inc()
            self._say_goodbye(end)

    async def _read(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", GONE))
            try:
                asked = protocol.parse(message.get("text") or message.get("bytes") or b"")
            except Malformed as error:
                await self._send(protocol.error(str(error)))
                continue
            match asked:
                case Authenticate(token):
                    await self._authenticate(token)
                case Listen() as wanted:
                    await self._listen(wanted)

    async def _authenticate(self, token: str | None) -> None:
        # After a handshake that told who calls, clients may repeat it in words that only the gateway knows.
        if token is not None or self._account_id is None:
            try:
                account_id = await self._account_of(token or "")
            except Unavailable:
                raise
            except Problem:
                self._finish(_UNAUTHORIZED)
                return
            if self._account_id not in (None, account_id):
                # What was sent belongs to another: who it is for cannot change on the way.
                self._finish(_UNAUTHORIZED)
                return
            self._account_id = account_id
        await self._send(protocol.authorization("authorized", "authenticate"))

    async def _listen(self, wanted: Listen) -> None:
        if self._account_id is None:
            await self._send(protocol.authorization("unauthorized", "listen"))
            return
        if not wanted.updates:
            self._stop_telling()
            await self._send(protocol.listening(False))
        elif wanted.after is None:
            await self._listen_from_now(self._account_id)
        else:
            await self._listen_after(self._account_id, wanted.after)

    async def _listen_from_now(self, account_id: UUID) -> None:
        if self._teller is not None:
            await self._send(protocol.listening(True))
            return
        # Subscribed before it is looked how far the account has come, and that before the acknowledgement: what is
        # settled after it is told, whatever happens in between.
        subscription = await self._subscribe(account_id)
        async with self._database.raw() as connection:
            _, newest = await kept_numbers(connection, account_id)
        await self._send(protocol.listening(True))
        self._start_telling(self._tell_live(subscription, newest))

    async def _listen_after(self, account_id: UUID, after: int) -> None:
        async with self._database.raw() as connection:
            oldest, newest = await kept_numbers(connection, account_id)
        if after > newest:
            await self._send(protocol.error(f"the account's newest update is {newest}"))
            return
        if after < oldest - 1:
            await self._send(protocol.error(f"updates before {oldest} are no longer kept"))
            return
        self._stop_telling()
        await self._send(protocol.listening(True))
        self._start_telling(self._tell_after(account_id, after))

    async def _tell_after(self, account_id: UUID, after: int) -> None:
        """The past from the table, then live. Subscribed late, so that a long past fills no queue meanwhile."""
        sent = await self._replay(account_id, after)
        subscription = await self._subscribe(account_id)
        sent = await self._replay(account_id, sent)
        await self._tell_live(subscription, sent)

    async def _replay(self, account_id: UUID, sent: int) -> int:
        """All that is in the table past `sent`; the number of the last."""
        while True:
            async with self._database.raw() as connection:
                page = await read_page(connection, account_id, sent, PAGE)
            for number, data in page:
                sent = await self._send_update(sent, number, protocol.update_frame(data))
            if len(page) < PAGE:
                return sent

    async def _tell_live(self, subscription: Subscription, sent: int) -> None:
        while True:
            number, frame = await subscription.take()
            if number > sent:  # else it was found in the table before
                sent = await self._send_update(sent, number, frame)

    async def _subscribe(self, account_id: UUID) -> Subscription:
        self._subscription = await self._hub.subscribe(account_id, self._too_slow)
        return self._subscription

    def _start_telling(self, work: Awaitable[None]) -> None:
        self._teller = asyncio.create_task(self._guarded(work))

    def _stop_telling(self) -> None:
        if self._teller is not None:
            self._teller.cancel()
            self._teller = None
        if self._subscription is not None:
            self._hub.unsubscribe(self._subscription)
            self._subscription = None

    async def _send_update(self, sent: int, number: int, frame: str) -> int:
        """Send the update after the one numbered `sent`; its number. Old ones may be let go at any moment."""
        if number != sent + 1:
            raise UpdateMissing(f"{number} follows {sent}")
        await self._send(frame)
        SENT.inc()
        return number

    async def _send(self, frame: str) -> None:
        if not self._frames.full:
            await self._websocket.send_text(frame)
            return
        try:
            async with asyncio.timeout(STALLED_S):
                await self._websocket.send_text(frame)
        except TimeoutError:
            raise SlowClient from None

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Do one of the two tasks' work; its failure is the end of the connection, and of nothing else."""
        try:
            await work
        except WebSocketDisconnect:
            self._finish(_LEFT)
        except SlowClient:
            self._too_slow()
        except UpdateMissing as error:
            log.error("a trade update is missing", error=str(error))
            self._finish(End(FAILED, "update missing", protocol.error("an update is missing")))
        except Exception as error:
            if isinstance(error, Unavailable) or is_transient(error):
                log.warning("the trading stream cannot go on", error=repr(error))
                sentence = "the service is not available right now"
                self._finish(End(TRY_LATER, "try again later", protocol.error(sentence)))
            else:
                log.error("the trading stream failed", exc_info=error)
                self._finish(End(FAILED, "internal error", protocol.error("internal error")))

    def _require_account(self) -> None:
        if self._account_id is None:
            sentence = protocol.error("not authenticated in time")
            self._finish(End(BROKE_A_RULE, "authentication timeout", sentence))

    def _too_slow(self) -> None:
        self._finish(End(BROKE_A_RULE, "slow client", protocol.error("slow client")))

    def _finish(self, end: End) -> None:
        if not self._end.done():
            self._end.set_result(end)

    def _say_goodbye(self, end: End) -> None:
        """Without waiting: behind what the client has not read yet, and cut off when it goes on not reading."""
        if end.frame is not None:
            self._frames.write(text_frame(end.frame.encode()))
        self._frames.close(end.code, end.reason)
