"""What trading, market data and the audit log made of the logs, each read in one snapshot; and the outboxes
that are the logs of auth and trading.

An operator's view, for this comparison only: services never read each other's tables.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from tests.verify.engine_log import Trade

POLL_S = 0.2
OPEN = "('new', 'partially_filled', 'pending_cancel', 'pending_replace', 'suspended')"
# An exit is sent when its entry has filled: the engine never hears of those whose entry ended otherwise.
_NEVER_SENT = """SELECT o.id FROM orders o JOIN orders entry ON entry.id = o.parent_id
    WHERE o.order_class IN ('bracket', 'oto') AND o.exit IS NOT NULL AND o.status = 'canceled'
    AND entry.status <> 'filled'"""

# What `python -m trading seed` wrote has sequences below zero and symbols of its own: no log has any of it.
_SEEDED = "(SELECT symbol FROM assets WHERE id IN (SELECT md5('seed asset ' || n)::uuid FROM generate_series(0, 9) n))"


@dataclass(frozen=True, slots=True)
class TradingState:
    cursor: int
    trades: dict[int, Trade]
    one_sided: list[int]
    open_orders: dict[str, int]
    known_orders: set[str]
    """All but those that are pending, or that were rejected without ever reaching the log."""
    canceled: set[str]


@dataclass(frozen=True, slots=True)
class MarketState:
    cursor: int
    trades: dict[int, tuple[str, int, int]]


Recorded = tuple[str, dict[str, Any]]
"""Kind and data of an event."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """A Python service's own log: its events by sequence."""

    log_id: str
    events: dict[int, Recorded]


@dataclass(frozen=True, slots=True)
class AuditState:
    cursors: dict[str, int]
    """By the name of the log, such as `engine.events`."""
    log_ids: dict[str, str]
    engine_kinds: dict[int, str]
    """Of the entries about the engine's events, by sequence."""
    trades: dict[int, Trade]
    """As their entries' data tells them."""
    copies: dict[str, dict[int, Recorded]]
    """The entries about all other logs, by the log's name."""


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


async def wait_for(url: str, query: str, sequence: int, timeout_s: float) -> int:
    """Wait until the cursor that `query` reads reaches `sequence`; where it is at the end of the waiting."""
    connection = await asyncpg.connect(url)
    try:
        until = asyncio.get_running_loop().time() + timeout_s
        while True:
            reached = int(await connection.fetchval(query) or 0)
            if reached >= sequence or asyncio.get_running_loop().time() >= until:
                return reached
            await asyncio.sleep(POLL_S)
    finally:
        await connection.close()


async def read_trading(url: str) -> TradingState:
    async with snapshot(url) as connection:
        cursor = await connection.fetchval("SELECT sequence FROM settlement")
        executions = await connection.fetch(
            "SELECT b.sequence, b.symbol, (b.price / a.tick_size)::bigint AS ticks,"
            " (b.qty / a.lot_size)::bigint AS lots, b.order_id AS buy, s.order_id AS sell"
            " FROM executions b JOIN executions s ON s.sequence = b.sequence AND s.side = 'sell'"
            " JOIN assets a ON a.symbol = b.symbol WHERE b.side = 'buy' AND b.sequence > 0"
        )
        one_sided = await connection.fetch(
            "SELECT sequence FROM executions WHERE sequence > 0 GROUP BY sequence HAVING count(*) <> 2"
        )
        open_orders = await connection.fetch(
            "SELECT o.id, ((o.qty - o.filled_qty - o.reduced_qty) / a.lot_size)::bigint AS lots FROM orders o"
            f" JOIN assets a ON a.symbol = o.symbol WHERE o.status IN {OPEN}"
        )
        orders = await connection.fetch(
            "SELECT id, status FROM orders WHERE status NOT IN ('pending_new', 'rejected', 'held')"
            f" AND symbol NOT IN {_SEEDED} AND id NOT IN ({_NEVER_SENT})"
        )
    return TradingState(
        cursor=cursor,
        trades={
            r["sequence"]: Trade(
                r["sequence"], r["symbol"], r["ticks"], r["lots"], str(r["buy"]), str(r["sell"])
            )
            for r in executions
        },
        one_sided=[r["sequence"] for r in one_sided],
        open_orders={str(r["id"]): r["lots"] for r in open_orders},
        known_orders={str(r["id"]) for r in orders},
        canceled={str(r["id"]) for r in orders if r["status"] == "canceled"},
    )


async def read_market(url: str) -> MarketState:
    async with snapshot(url) as connection:
        cursor = await connection.fetchval(
            "SELECT sequence FROM event_cursor WHERE log = 'engine.events'"
        )
        rows = await connection.fetch(
            "SELECT sequence, symbol, price_ticks, quantity_lots FROM trades"
        )
    return MarketState(
        cursor or 0,
        {r["sequence"]: (r["symbol"], r["price_ticks"], r["quantity_lots"]) for r in rows},
    )


async def read_audit(url: str) -> AuditState:
    async with snapshot(url) as connection:
        cursors = await connection.fetch("SELECT log, log_id, sequence FROM event_cursor")
        engine = await connection.fetch(
            "SELECT sequence, kind, CASE kind WHEN 'trade' THEN data END AS data"
            " FROM entries WHERE source = 'engine.events'"
        )
        others = await connection.fetch(
            "SELECT source, sequence, kind, data FROM entries WHERE source <> 'engine.events'"
        )
    copies: dict[str, dict[int, Recorded]] = {}
    for row in others:
        recorded = (row["kind"], json.loads(row["data"]))
        copies.setdefault(row["source"], {})[row["sequence"]] = recorded
    return AuditState(
        cursors={row["log"]: row["sequence"] for row in cursors},
        log_ids={row["log"]: str(row["log_id"]) for row in cursors},
        engine_kinds={row["sequence"]: row["kind"] for row in engine},
        trades={
            row["sequence"]: _told_trade(row["sequence"], json.loads(row["data"]))
            for row in engine
            if row["data"] is not None
        },
        copies=copies,
    )


async def read_outbox(url: str) -> Outbox:
    async with snapshot(url) as connection:
        log_id = await connection.fetchval("SELECT log_id FROM event_log")
        rows = await connection.fetch(
            "SELECT sequence, kind, data::text AS data FROM outbox WHERE sequence IS NOT NULL"
        )
    return Outbox(
        str(log_id), {row["sequence"]: (row["kind"], json.loads(row["data"])) for row in rows}
    )


def _told_trade(sequence: int, data: dict[str, Any]) -> Trade:
    maker, taker = data["maker_order_id"], data["taker_order_id"]
    buy, sell = (taker, maker) if data["taker_side"] == "buy" else (maker, taker)
    return Trade(sequence, data["symbol"], data["price_ticks"], data["quantity_lots"], buy, sell)
