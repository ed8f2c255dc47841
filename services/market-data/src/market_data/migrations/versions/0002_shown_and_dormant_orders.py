"""What an order shows of its lots, orders that wait for their trigger, and the phases of symbols."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = (
    # The same as `journal.shown_lots`. With constant defaults no row is rewritten but for the generated column.
    """
    ALTER TABLE resting_orders
        ADD COLUMN display_lots bigint CHECK (display_lots > 0),
        ADD COLUMN taken_lots bigint NOT NULL DEFAULT 0,
        ADD COLUMN dormant boolean NOT NULL DEFAULT false,
        ADD COLUMN shown_lots bigint NOT NULL GENERATED ALWAYS AS (
            CASE WHEN display_lots IS NULL THEN remaining_lots
            ELSE least(display_lots - taken_lots % display_lots, remaining_lots) END
        ) STORED
    """,
    "COMMENT ON COLUMN resting_orders.display_lots IS 'of an iceberg: the most that it shows'",
    "COMMENT ON COLUMN resting_orders.taken_lots IS 'traded since the order came to rest'",
    "COMMENT ON COLUMN resting_orders.dormant IS 'waits for its trigger, and is in no book yet'",
    "DROP INDEX resting_orders_by_level",
    """
    CREATE INDEX resting_orders_by_level ON resting_orders (symbol, side, price_ticks)
        WHERE NOT dormant
    """,
    """
    CREATE TABLE symbol_phases (
        symbol text PRIMARY KEY,
        phase text NOT NULL
    )
    """,
    "COMMENT ON TABLE symbol_phases IS 'of symbols whose phase ever changed; all others are continuous'",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
