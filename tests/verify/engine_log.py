"""The engine's log from its first event, as the facts that the others must agree with."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from chassis.clock import SystemClock
from chassis.event_log.events import Event
from chassis.event_log.source import LogSource
from chassis.identity.service_tokens import ServiceAuth, ServiceTokenSigner

PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Trade:
    """In ticks and lots."""

    sequence: int
    symbol: str
    price_ticks: int
    quantity_lots: int
    buy_order: str
    sell_order: str


@dataclass(slots=True)
class EngineLog:
    """Everything up to `last_sequence`, with the open orders (remaining lots by id) after each change kept apart."""

    log_id: str = ""
    last_sequence: int = 0
    trades: dict[int, Trade] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    """Order id to the sequence of its acceptance."""
    twice: list[str] = field(default_factory=list)
    cancelled: dict[str, int] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    """Of every event but ticks, by sequence."""
    _sides: dict[str, str] = field(default_factory=dict)
    _remaining: list[tuple[int, str, int]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        data, sequence = event.data, event.sequence
        self.last_sequence = sequence
        if event.kind == "tick":
            return
        self.kinds[sequence] = event.kind
        match event.kind:
            case "order_accepted":
                order_id = data["order_id"]
                if order_id in self.accepted:
                    self.twice.append(order_id)
                self.accepted[order_id] = sequence
                self._sides[order_id] = data["side"]
                self._remaining.append((sequence, order_id, data["quantity_lots"]))
            case "trade":
                self._trade(sequence, data)
            case "order_replaced":
                self._replaced(sequence, data)
            case "order_reduced":
                self._remaining.append((sequence, data["order_id"], data["remaining_lots"]))
            case "order_cancelled" | "order_expired":
                self._remaining.append((sequence, data["order_id"], 0))
                if event.kind == "order_cancelled":
                    self.cancelled[data["order_id"]] = sequence

    def open_orders(self, sequence: int) -> dict[str, int]:
        """Remaining lots of the orders that are open, active or dormant, after the event `sequence`."""
        remaining: dict[str, int] = {}
        for at, order_id, lots in self._remaining:
            if at > sequence:
                break
            if lots:
                remaining[order_id] = lots
            else:
                remaining.pop(order_id, None)
        return remaining

    def _replaced(self, sequence: int, data: dict[str, Any]) -> None:
        """The order goes on under another id."""
        old, new = data["order_id"], data["new_order_id"]
        self.accepted[new] = sequence
        self._sides[new] = self._sides[old]
        self._remaining.append((sequence, old, 0))
        self._remaining.append((sequence, new, data["remaining_lots"]))

    def _trade(self, sequence: int, data: dict[str, Any]) -> None:
        maker, taker = data["maker_order_id"], data["taker_order_id"]
        buy, sell = (taker, maker) if self._sides[taker] == "buy" else (maker, taker)
        self.trades[sequence] = Trade(
            sequence, data["symbol"], data["price_ticks"], data["quantity_lots"], buy, sell
        )
        for role in ("maker", "taker"):
            self._remaining.append(
                (sequence, data[f"{role}_order_id"], data[f"{role}_remaining_lots"])
            )


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A part of the engine's open orders in one moment. An order that is open all the while is on exactly one page."""

    sequence: int
    """The last event that the page reflects."""
    remaining: dict[str, int]
    """Lots by order id."""


async def read_engine(
    client: httpx.AsyncClient, url: str, key_file: Path, log: EngineLog | None = None
) -> EngineLog:
    """Page through the whole log, or on from where `log` ends."""
    signer = ServiceTokenSigner("verify", key_file, SystemClock())
    source = LogSource(client, url, signer, audience="matching-engine", scope="engine:read")
    log = log or EngineLog()
    while True:
        page = await source.read(log.last_sequence, limit=PAGE)
        log.log_id = page.log_id
        for event in page.events:
            log.take(event)
        if log.last_sequence >= page.last_sequence:
            return log


async def read_open(client: httpx.AsyncClient, url: str, key_file: Path) -> list[OpenPage]:
    """The engine's open orders: pages that are each exact, however much moves between them."""
    signer = ServiceTokenSigner("verify", key_file, SystemClock())
    pages: list[OpenPage] = []
    cursor: int | None = 0
    while cursor is not None:
        answer = await client.get(
            f"{url}/v1/open-orders",
            params={"limit": PAGE, "cursor": cursor},
            auth=ServiceAuth(signer, "matching-engine", "engine:read"),
        )
        answer.raise_for_status()
        page = answer.json()
        remaining = {order["order_id"]: order["remaining_lots"] for order in page["orders"]}
        pages.append(OpenPage(page["sequence"], remaining))
        cursor = page["next_cursor"]
    return pages
