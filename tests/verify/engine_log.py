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
    sequences: set[int] = field(default_factory=set)
    """Of every event but ticks."""
    _sides: dict[str, str] = field(default_factory=dict)
    _remaining: list[tuple[int, str, int]] = field(default_factory=list)

    def take(self, event: Event) -> None:
        data, sequence = event.data, event.sequence
        self.last_sequence = sequence
        if event.kind == "tick":
            return
        self.sequences.add(sequence)
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
            case "order_cancelled" | "order_expired":
                self._remaining.append((sequence, data["order_id"], 0))
                if event.kind == "order_cancelled":
                    self.cancelled[data["order_id"]] = sequence

    def open_orders(self, sequence: int) -> dict[str, int]:
        """Remaining lots of the orders that are open after the event `sequence`."""
        remaining: dict[str, int] = {}
        for at, order_id, lots in self._remaining:
            if at > sequence:
                break
            if lots:
                remaining[order_id] = lots
            else:
                remaining.pop(order_id, None)
        return remaining

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


async def read_engine(client: httpx.AsyncClient, url: str, key_file: Path) -> EngineLog:
    """Page through the whole log."""
    signer = ServiceTokenSigner("verify", key_file, SystemClock())
    source = LogSource(client, url, signer, audience="matching-engine", scope="engine:read")
    log = EngineLog()
    while True:
        page = await source.read(log.last_sequence, limit=PAGE)
        log.log_id = page.log_id
        for event in page.events:
            log.take(event)
        if log.last_sequence >= page.last_sequence:
            return log


async def read_resting(
    client: httpx.AsyncClient, url: str, key_file: Path
) -> tuple[int, dict[str, int]]:
    """What rests in the engine's books, and after which event; only whole when nothing moves meanwhile."""
    signer = ServiceTokenSigner("verify", key_file, SystemClock())
    resting: dict[str, int] = {}
    after, sequence = "", 0
    while True:
        answer = await client.get(
            f"{url}/v1/open-orders",
            params={"limit": PAGE} | ({"after": after} if after else {}),
            auth=ServiceAuth(signer, "matching-engine", "engine:read"),
        )
        answer.raise_for_status()
        page = answer.json()
        sequence = page["sequence"]
        resting.update({o["order_id"]: o["remaining_lots"] for o in page["orders"]})
        if len(page["orders"]) < PAGE:
            return sequence, resting
        after = page["orders"][-1]["order_id"]
