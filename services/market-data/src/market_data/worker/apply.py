"""Engine events into the database: trades, minute bars and books, in the consumer's own transaction.

**Where the book is kept.** In the table `resting_orders`, and nowhere else: no book lives in this process. Every
batch writes what it changed, then the best 50 levels of each symbol that it touched are read back from the same
table into `books`. Kill -9 therefore loses nothing and a restart needs no replay; a flushed Redis is filled from
`books`; after an absence of the broker the batches come from the engine's log instead. The other two ways cost
more to get right: a book in memory must be rebuilt at every start, and one read from the engine belongs to a
moment that the trades beside it do not.

A batch may end in the middle of one command's events, after an order was accepted and before its trades. Its
book then looks crossed, which a book at rest never is; such a book is not written, and the batch that holds the
rest of that command writes it. (Cut between its two events, an order that may not open one more level is shown for
the moment until the next batch.)

Orders that wait for their trigger are in the table too, since `order_triggered` does not repeat what they are; they
are in no book before it.
"""

from uuid import uuid4

import msgspec
from asyncpg import Connection

from chassis.database import WriteConnection
from chassis.event_log.events import Event
from market_data.journal import Position
from market_data.latest.cache import Update
from market_data.latest.state import DEPTH, Book, LatestTrade, Level
from market_data.worker.changes import Changes, changes_of

_TRADES_AND_BARS = """
WITH incoming AS (
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
        AS t (sequence, symbol, time_ns, price_ticks, quantity_lots, taker_side)
), kept AS (
    INSERT INTO trades (sequence, symbol, time_ns, price_ticks, quantity_lots, taker_side)
    SELECT sequence, symbol, time_ns, price_ticks, quantity_lots, taker_side FROM incoming
)
INSERT INTO minute_bars AS bar
    (symbol, start_s, open_ticks, high_ticks, low_ticks, close_ticks, volume_lots, turnover, trade_count)
SELECT symbol, time_ns / 60000000000 * 60,
    (array_agg(price_ticks ORDER BY sequence))[1], max(price_ticks), min(price_ticks),
    (array_agg(price_ticks ORDER BY sequence DESC))[1],
    sum(quantity_lots), sum(price_ticks::numeric * quantity_lots), count(*)
FROM incoming GROUP BY 1, 2
ON CONFLICT (symbol, start_s) DO UPDATE SET
    high_ticks = greatest(bar.high_ticks, excluded.high_ticks),
    low_ticks = least(bar.low_ticks, excluded.low_ticks),
    close_ticks = excluded.close_ticks,
    volume_lots = bar.volume_lots + excluded.volume_lots,
    turnover = bar.turnover + excluded.turnover,
    trade_count = bar.trade_count + excluded.trade_count
"""

_REMOVE = "DELETE FROM resting_orders WHERE order_id = ANY($1::uuid[])"

_MOVE_ASIDE = """
UPDATE resting_orders AS resting SET order_id = change.aside
FROM unnest($1::uuid[], $2::uuid[]) AS change (stored_id, aside)
WHERE resting.order_id = change.stored_id
"""

_PATCH = """
UPDATE resting_orders AS resting SET
    order_id = change.order_id,
    price_ticks = coalesce(change.price_ticks, resting.price_ticks),
    remaining_lots = coalesce(change.remaining_lots, resting.remaining_lots),
    taken_lots = CASE WHEN change.anew THEN 0 ELSE resting.taken_lots END + change.taken_lots,
    dormant = resting.dormant AND NOT change.triggered
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[], $7::boolean[])
    AS change (stored_id, order_id, price_ticks, remaining_lots, taken_lots, anew, triggered)
WHERE resting.order_id = change.stored_id
"""

_PLACE = """
INSERT INTO resting_orders
    (order_id, symbol, side, price_ticks, remaining_lots, display_lots, taken_lots, dormant)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
    $7::bigint[], $8::boolean[])
"""

_PHASES = """
INSERT INTO symbol_phases (symbol, phase) SELECT * FROM unnest($1::text[], $2::text[])
ON CONFLICT (symbol) DO UPDATE SET phase = excluded.phase
"""

_BOOKS = f"""
INSERT INTO books AS kept (symbol, sequence, time_ns, bids, asks)
SELECT symbol, sequence, time_ns, bids, asks
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS touched (symbol, sequence, time_ns),
LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_array(price_ticks, lots, orders) ORDER BY price_ticks DESC), '[]')
        AS bids
    FROM (
        SELECT price_ticks, sum(shown_lots) AS lots, count(*) AS orders FROM resting_orders AS resting
        WHERE resting.symbol = touched.symbol AND side = 'buy' AND NOT dormant
        GROUP BY price_ticks ORDER BY price_ticks DESC LIMIT {DEPTH}
    ) AS best
) AS buying,
LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_array(price_ticks, lots, orders) ORDER BY price_ticks), '[]')
        AS asks
    FROM (
        SELECT price_ticks, sum(shown_lots) AS lots, count(*) AS orders FROM resting_orders AS resting
        WHERE resting.symbol = touched.symbol AND side = 'sell' AND NOT dormant
        GROUP BY price_ticks ORDER BY price_ticks LIMIT {DEPTH}
    ) AS best
) AS selling
WHERE (bids -> 0 -> 0)::bigint >= (asks -> 0 -> 0)::bigint IS NOT TRUE
ON CONFLICT (symbol) DO UPDATE SET sequence = excluded.sequence, time_ns = excluded.time_ns,
    bids = excluded.bids, asks = excluded.asks
RETURNING symbol, sequence, time_ns, bids::text AS bids, asks::text AS asks
"""

_POSITION = "UPDATE journal_position SET sequence = $1, time_ns = $2"

_LEVELS = msgspec.json.Decoder(list[Level])


async def apply_events(connection: WriteConnection, events: list[Event]) -> Update:
    """Write the effect of consecutive `events`; returns what a cache should show once this is committed."""
    changes = changes_of(events)
    driver = await _driver(connection)
    await _write_trades(driver, changes)
    await _write_orders(driver, changes)
    await _write_phases(driver, changes)
    books = await _write_books(driver, changes)
    last = Position(events[-1].sequence, events[-1].time_ns)
    await driver.execute(_POSITION, last.sequence, last.time_ns)
    return Update(last, books, _latest_trades(changes))


async def _driver(connection: WriteConnection) -> Connection:
    """The driver's connection under `connection`, in the same transaction: arrays need no detour."""
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Connection)
    return driver


async def _write_trades(driver: Connection, changes: Changes) -> None:
    if not changes.trades:
        return
    await driver.execute(
        _TRADES_AND_BARS,
        [at.sequence for at, _ in changes.trades],
        [trade.symbol for _, trade in changes.trades],
        [at.time_ns for at, _ in changes.trades],
        [trade.price_ticks for _, trade in changes.trades],
        [trade.quantity_lots for _, trade in changes.trades],
        [trade.taker_side for _, trade in changes.trades],
    )


async def _write_orders(driver: Connection, changes: Changes) -> None:
    # Removals first: an id that ended may have been used anew within this batch.
    if changes.removed:
        await driver.execute(_REMOVE, list(changes.removed))
    if changes.patched:
        patches = changes.patched.values()
        # Replacements may hand ids round; a statement changes row after row, and no two rows may share one meanwhile.
        aside = {
            patch.stored_id: str(uuid4())
            for order_id, patch in changes.patched.items()
            if patch.stored_id != order_id and patch.stored_id in changes.patched
        }
        if aside:
            await driver.execute(_MOVE_ASIDE, list(aside), list(aside.values()))
        await driver.execute(
            _PATCH,
            [aside.get(patch.stored_id, patch.stored_id) for patch in patches],
            list(changes.patched),
            [patch.price_ticks for patch in patches],
            [patch.remaining_lots for patch in patches],
            [patch.taken_lots for patch in patches],
            [patch.anew for patch in patches],
            [patch.triggered for patch in patches],
        )
    if changes.placed:
        orders = changes.placed.values()
        await driver.execute(
            _PLACE,
            list(changes.placed),
            [order.symbol for order in orders],
            [order.side for order in orders],
            [order.price_ticks for order in orders],
            [order.remaining_lots for order in orders],
            [order.display_lots for order in orders],
            [order.taken_lots for order in orders],
            [order.dormant for order in orders],
        )


async def _write_phases(driver: Connection, changes: Changes) -> None:
    if changes.phases:
        await driver.execute(_PHASES, list(changes.phases), list(changes.phases.values()))


async def _write_books(driver: Connection, changes: Changes) -> dict[str, Book]:
    if not changes.touched:
        return {}
    rows = await driver.fetch(
        _BOOKS,
        list(changes.touched),
        [at.sequence for at in changes.touched.values()],
        [at.time_ns for at in changes.touched.values()],
    )
    return {
        row["symbol"]: Book(
            row["sequence"],
            row["time_ns"],
            _LEVELS.decode(row["bids"]),
            _LEVELS.decode(row["asks"]),
        )
        for row in rows
    }


def _latest_trades(changes: Changes) -> dict[str, LatestTrade]:
    return {
        trade.symbol: LatestTrade(
            at.sequence, at.time_ns, trade.price_ticks, trade.quantity_lots, trade.taker_side
        )
        for at, trade in changes.trades
    }
