"""`verify`: what is stored agrees with itself, all of it as of one moment. Safe beside a running worker."""

import sys
from dataclasses import dataclass

from sqlalchemy import text

from chassis.command_database import command_database
from chassis.database import ReadConnection
from chassis.settings import StoreSettings
from market_data.latest.state import DEPTH

BARS = """
WITH counted AS (
    SELECT symbol, time_ns / 60000000000 * 60 AS start_s,
        (array_agg(price_ticks ORDER BY sequence))[1] AS open_ticks,
        max(price_ticks) AS high_ticks, min(price_ticks) AS low_ticks,
        (array_agg(price_ticks ORDER BY sequence DESC))[1] AS close_ticks,
        sum(quantity_lots) AS volume_lots, sum(price_ticks::numeric * quantity_lots) AS turnover,
        count(*) AS trade_count
    FROM trades GROUP BY 1, 2
)
SELECT symbol, start_s, counted.trade_count AS trades, bar.trade_count AS in_bar
FROM counted FULL JOIN minute_bars AS bar USING (symbol, start_s)
WHERE (counted.open_ticks, counted.high_ticks, counted.low_ticks, counted.close_ticks,
       counted.volume_lots, counted.turnover, counted.trade_count)
   IS DISTINCT FROM
      (bar.open_ticks, bar.high_ticks, bar.low_ticks, bar.close_ticks,
       bar.volume_lots, bar.turnover, bar.trade_count)
ORDER BY 1, 2 LIMIT 20
"""

BACKWARDS = """
SELECT sequence FROM (
    SELECT sequence, time_ns < max(time_ns) OVER (ORDER BY sequence) AS backwards FROM trades
) AS ordered WHERE backwards ORDER BY 1 LIMIT 20
"""

CROSSED = """
SELECT symbol, bids -> 0 -> 0 AS bid, asks -> 0 -> 0 AS ask FROM books
WHERE (bids -> 0 -> 0)::bigint >= (asks -> 0 -> 0)::bigint ORDER BY 1 LIMIT 20
"""

# A symbol whose resting orders cross is in the middle of one command's events: its book waits for the rest.
BOOKS = f"""
WITH level AS (
    SELECT symbol, side, price_ticks, sum(shown_lots) AS lots, count(*) AS orders,
        row_number() OVER (PARTITION BY symbol, side
            ORDER BY CASE side WHEN 'buy' THEN -price_ticks ELSE price_ticks END) AS rank
    FROM resting_orders WHERE NOT dormant GROUP BY symbol, side, price_ticks
), counted AS (
    SELECT symbol,
        coalesce(jsonb_agg(jsonb_build_array(price_ticks, lots, orders) ORDER BY rank)
            FILTER (WHERE side = 'buy'), '[]') AS bids,
        coalesce(jsonb_agg(jsonb_build_array(price_ticks, lots, orders) ORDER BY rank)
            FILTER (WHERE side = 'sell'), '[]') AS asks
    FROM level WHERE rank <= {DEPTH} GROUP BY symbol
)
SELECT symbol FROM books FULL JOIN counted USING (symbol)
WHERE (coalesce(counted.bids, '[]'), coalesce(counted.asks, '[]')) IS DISTINCT FROM (books.bids, books.asks)
    AND (counted.bids -> 0 -> 0)::bigint >= (counted.asks -> 0 -> 0)::bigint IS NOT TRUE
ORDER BY 1 LIMIT 20
"""

CURSOR = """
SELECT coalesce((SELECT sequence FROM event_cursor WHERE log = 'engine.events'), 0) AS cursor,
    (SELECT sequence FROM journal_position) AS position,
    (SELECT coalesce(max(sequence), 0) FROM trades) AS trade,
    (SELECT coalesce(max(sequence), 0) FROM books) AS book
"""

COUNTS = """
SELECT (SELECT count(*) FROM trades) AS trades, (SELECT count(*) FROM minute_bars) AS minute_bars,
    (SELECT count(*) FROM resting_orders) AS resting_orders, (SELECT count(*) FROM books) AS books,
    (SELECT count(*) FROM assets) AS assets, (SELECT sequence FROM journal_position) AS sequence
"""


@dataclass(frozen=True, slots=True)
class Report:
    counts: dict[str, int]
    violations: list[str]
    """A sentence each."""


async def run(settings: StoreSettings) -> None:
    """Print the counts and every violation; exit with 1 when there is one."""
    async with (
        command_database(settings, "market-data-verify") as database,
        database.read() as connection,
    ):
        report = await check(connection)
    print("market-data:", ", ".join(f"{name} {n}" for name, n in report.counts.items()))
    for sentence in report.violations:
        print(f"market-data: {sentence}", file=sys.stderr)
    if report.violations:
        sys.exit(1)


async def check(connection: ReadConnection) -> Report:
    """Every invariant of this service's database."""
    violations = [
        *[
            f"the minute bar of {row.symbol} at {row.start_s} says {row.in_bar} trades,"
            f" and is not what its {row.trades} trades add up to"
            for row in await connection.execute(text(BARS))
        ],
        *[
            f"trade {row.sequence} is earlier than one before it in the log"
            for row in await connection.execute(text(BACKWARDS))
        ],
        *[
            f"the book of {row.symbol} is crossed: bid {row.bid}, ask {row.ask} (ticks)"
            for row in await connection.execute(text(CROSSED))
        ],
        *[
            f"the book of {row.symbol} is not what its resting orders add up to"
            for row in await connection.execute(text(BOOKS))
        ],
        *await _cursor_violations(connection),
    ]
    counts = (await connection.execute(text(COUNTS))).one()
    return Report(dict(counts._mapping), violations)


async def _cursor_violations(connection: ReadConnection) -> list[str]:
    row = (await connection.execute(text(CURSOR))).one()
    violations = []
    if row.cursor != row.position:
        violations.append(
            f"the cursor is at {row.cursor}, but the data say they end at {row.position}"
        )
    for name, sequence in (("trade", row.trade), ("book", row.book)):
        if sequence > row.cursor:
            violations.append(f"a {name} is of event {sequence}, past the cursor at {row.cursor}")
    return violations
