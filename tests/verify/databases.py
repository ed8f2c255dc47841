"""What trading, market data and the audit log made of the engine's log, each read in one snapshot.

An operator's view, for this comparison only: services never read each other's tables.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from tests.verify.engine_log import Trade

POLL_S = 0.2
OPEN = "('new', 'partially_filled', 'pending_cancel')"


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


@dataclass(frozen=True, slots=True)
class AuditState:
    cursors: dict[str, int]
    engine_sequences: set[int]
    trades: set[int]


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
            " JOIN assets a ON a.symbol = b.symbol WHERE b.side = 'buy'"
        )
        one_sided = await connection.fetch(
            "SELECT sequence FROM executions GROUP BY sequence HAVING count(*) <> 2"
        )
        open_orders = await connection.fetch(
            "SELECT o.id, ((o.qty - o.filled_qty) / a.lot_size)::bigint AS lots FROM orders o"
            f" JOIN assets a ON a.symbol = o.symbol WHERE o.status IN {OPEN}"
        )
        orders = await connection.fetch(
            "SELECT id, status FROM orders WHERE status NOT IN ('pending_new', 'rejected')"
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
        cursors = await connection.fetch("SELECT log, sequence FROM event_cursor")
        rows = await connection.fetch(
            "SELECT sequence, kind FROM entries WHERE source = 'engine.events'"
        )
    return AuditState(
        {r["log"]: r["sequence"] for r in cursors},
        {r["sequence"] for r in rows},
        {r["sequence"] for r in rows if r["kind"] == "trade"},
    )
