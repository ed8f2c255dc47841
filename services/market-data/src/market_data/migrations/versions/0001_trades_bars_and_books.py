"""Trades, minute bars, resting orders and books, all in the engine's ticks and lots."""

from alembic import op

from chassis.event_log.cursor import create_cursor_table

revision = "0001"
down_revision = None

# Ticks and lots become decimals only when they are read, with the asset's sizes: a trade may arrive
# before the asset that it is a trade of, and integers never need correcting.
TABLES = (
    """
    CREATE TABLE assets (
        symbol text PRIMARY KEY,
        asset_id uuid NOT NULL,
        name text NOT NULL,
        asset_class text NOT NULL,
        tick_size numeric NOT NULL CHECK (tick_size > 0),
        lot_size numeric NOT NULL CHECK (lot_size > 0),
        fractionable boolean NOT NULL
    )
    """,
    """
    CREATE TABLE trades (
        sequence bigint PRIMARY KEY,
        symbol text NOT NULL,
        time_ns bigint NOT NULL,
        price_ticks bigint NOT NULL CHECK (price_ticks > 0),
        quantity_lots bigint NOT NULL CHECK (quantity_lots > 0),
        taker_side text NOT NULL CHECK (taker_side IN ('buy', 'sell'))
    )
    """,
    "CREATE INDEX trades_by_time ON trades (symbol, time_ns, sequence)",
    # Sums are numeric: 10^15 lots a trade leave a bigint room for 9,223 trades a minute.
    """
    CREATE TABLE minute_bars (
        symbol text NOT NULL,
        start_s bigint NOT NULL CHECK (start_s % 60 = 0),
        open_ticks bigint NOT NULL,
        high_ticks bigint NOT NULL,
        low_ticks bigint NOT NULL,
        close_ticks bigint NOT NULL,
        volume_lots numeric NOT NULL,
        turnover numeric NOT NULL,
        trade_count bigint NOT NULL,
        PRIMARY KEY (symbol, start_s)
    )
    """,
    "COMMENT ON COLUMN minute_bars.turnover IS 'sum of ticks times lots: vwap is turnover / volume'",
    # Room on each page, so that a partial fill rewrites its row in place and touches no index.
    """
    CREATE TABLE resting_orders (
        order_id uuid PRIMARY KEY,
        symbol text NOT NULL,
        side text NOT NULL CHECK (side IN ('buy', 'sell')),
        price_ticks bigint NOT NULL CHECK (price_ticks > 0),
        remaining_lots bigint NOT NULL CHECK (remaining_lots > 0)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX resting_orders_by_level ON resting_orders (symbol, side, price_ticks)",
    """
    CREATE TABLE books (
        symbol text PRIMARY KEY,
        sequence bigint NOT NULL,
        time_ns bigint NOT NULL,
        bids jsonb NOT NULL,
        asks jsonb NOT NULL
    ) WITH (fillfactor = 50)
    """,
    "COMMENT ON COLUMN books.bids IS 'best first: [[price_ticks, quantity_lots, orders], ...]'",
    """
    CREATE TABLE journal_position (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        sequence bigint NOT NULL,
        time_ns bigint NOT NULL
    )
    """,
    "INSERT INTO journal_position (sequence, time_ns) VALUES (0, 0)",
)


def upgrade() -> None:
    create_cursor_table()
    for statement in TABLES:
        op.execute(statement)
