"""What an account may do, the kill switch, bands of prices, and the indexes behind the lists of orders."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Every transaction that takes orders holds this lock shared until it has committed; whoever pulls the kill switch
# holds it alone. So no order is written by a transaction that did not see the switch.
KILL_SWITCH_LOCK = 7203117

_STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE accounts ADD COLUMN account_blocked boolean NOT NULL DEFAULT false,"
    " ADD COLUMN suspend_trade boolean NOT NULL DEFAULT false",
    "COMMENT ON COLUMN accounts.account_blocked IS 'By an administrator'",
    "COMMENT ON COLUMN accounts.suspend_trade IS 'By its owner, in the configurations'",
    "CREATE INDEX accounts_not_trading ON accounts (id) WHERE account_blocked OR suspend_trade",
    "ALTER TABLE assets ADD COLUMN price_band numeric CHECK (price_band > 0 AND price_band < 1)",
    "COMMENT ON COLUMN assets.price_band IS 'How far from the last price a limit may be, a fraction; null: anywhere'",
    "CREATE INDEX assets_halted ON assets (symbol) WHERE halted",
    """
    CREATE TABLE account_risk_limits (
        account_id uuid PRIMARY KEY REFERENCES accounts,
        max_order_qty numeric CHECK (max_order_qty > 0),
        max_order_value numeric CHECK (max_order_value > 0),
        max_open_orders int CHECK (max_open_orders >= 0),
        max_orders_per_second int CHECK (max_orders_per_second > 0),
        max_identical_orders int CHECK (max_identical_orders > 0),
        market_collar numeric CHECK (market_collar > 0 AND market_collar < 1),
        updated_at timestamptz NOT NULL
    )
    """,
    "COMMENT ON TABLE account_risk_limits IS 'Where an account has others than the house; null: the house''s'",
    """
    CREATE TABLE halts (
        scope text NOT NULL CHECK (scope IN ('all', 'account', 'symbol')),
        target text NOT NULL,
        reason text NOT NULL,
        set_by uuid NOT NULL,
        set_at timestamptz NOT NULL,
        PRIMARY KEY (scope, target),
        CHECK ((scope = 'all') = (target = ''))
    )
    """,
    "COMMENT ON TABLE halts IS 'The kill switch: what no order may be taken of, or for'",
    # Volatile: each statement in it sees what was committed when the lock was had, and not before it was asked for.
    f"""
    CREATE FUNCTION order_obstacles(accounts_asked uuid[], symbols_asked text[])
    RETURNS TABLE (obstacle text, target text, reason text)
    LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock_shared({KILL_SWITCH_LOCK});
        RETURN QUERY
            SELECT h.scope, h.target, h.reason FROM halts h
            WHERE h.scope = 'all' OR (h.scope = 'account' AND h.target = ANY (accounts_asked::text[]))
                OR (h.scope = 'symbol' AND h.target = ANY (symbols_asked))
            UNION ALL
            SELECT CASE WHEN a.account_blocked THEN 'blocked' ELSE 'suspended' END, a.id::text, '' FROM accounts a
            WHERE (a.account_blocked OR a.suspend_trade) AND a.id = ANY (accounts_asked)
            UNION ALL
            SELECT 'halted', s.symbol, '' FROM assets s WHERE s.halted AND s.symbol = ANY (symbols_asked);
    END $$
    """,
    # Newest first of each side, and of each symbol and side: a list merges the few that it needs.
    "DROP INDEX orders_by_time",
    "CREATE INDEX orders_by_time ON orders (account_id, side, submitted_at DESC, id DESC)",
    "CREATE INDEX orders_by_symbol ON orders (account_id, symbol, side, submitted_at DESC, id DESC)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
