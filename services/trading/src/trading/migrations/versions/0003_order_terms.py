"""Every kind of order: their terms, what links them, and the states that an order can have."""

from alembic import op

revision = "0003"
down_revision = "0002"

OPEN = (
    "held",
    "pending_new",
    "new",
    "partially_filled",
    "suspended",
    "pending_cancel",
    "pending_replace",
)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)

# From each state, every one that an order can come to: settlement writes what a whole page of the log made of it.
REACHABLE = {
    "held": "canceled expired filled new partially_filled pending_cancel pending_new pending_replace rejected replaced"
    " suspended",
    "pending_new": "canceled expired filled new partially_filled pending_cancel pending_replace rejected replaced"
    " suspended",
    "new": "canceled expired filled new partially_filled pending_cancel pending_replace replaced suspended",
    "partially_filled": "canceled expired filled new partially_filled pending_cancel pending_replace replaced"
    " suspended",
    "suspended": "canceled expired filled new partially_filled pending_cancel pending_replace replaced suspended",
    "pending_cancel": "canceled expired filled new partially_filled pending_cancel pending_replace replaced suspended",
    "pending_replace": "canceled expired filled new partially_filled pending_cancel pending_replace replaced suspended",
}
_STEPS = ", ".join(
    f"'{state}>{after}'" for state, following in REACHABLE.items() for after in following.split()
)

_STATEMENTS = (
    "ALTER TABLE orders RENAME COLUMN fee_rate TO taker_fee_rate",
    f"""
    ALTER TABLE orders
        ADD COLUMN maker_fee_rate numeric NOT NULL DEFAULT 0,
        ADD COLUMN reduced_qty numeric NOT NULL DEFAULT 0,
        ADD COLUMN carried_qty numeric NOT NULL DEFAULT 0,
        ADD COLUMN carried_value numeric NOT NULL DEFAULT 0,
        ADD COLUMN carried_fee numeric NOT NULL DEFAULT 0,
        ADD COLUMN notional numeric,
        ADD COLUMN stop_price numeric,
        ADD COLUMN trail_price numeric,
        ADD COLUMN trail_percent numeric,
        ADD COLUMN hwm numeric,
        ADD COLUMN expires_at timestamptz,
        ADD COLUMN extended_hours boolean NOT NULL DEFAULT false,
        ADD COLUMN display_qty numeric,
        ADD COLUMN minimum_qty numeric,
        ADD COLUMN post_only text CHECK (post_only IN ('reject', 'reprice')),
        ADD COLUMN self_trade_prevention text,
        ADD COLUMN order_class text NOT NULL DEFAULT 'simple'
            CHECK (order_class IN ('simple', 'bracket', 'oco', 'oto')),
        ADD COLUMN exit text CHECK (exit IN ('take_profit', 'stop_loss')),
        ADD COLUMN parent_id uuid,
        ADD COLUMN partner_id uuid,
        ADD COLUMN group_id uuid,
        ADD COLUMN replaces uuid,
        ADD COLUMN replaced_by uuid,
        ADD COLUMN replaced_at timestamptz,
        ADD COLUMN triggered_at timestamptz,
        ADD COLUMN is_open boolean GENERATED ALWAYS AS (status IN ({_OPEN})) STORED,
        DROP CONSTRAINT orders_order_type_check,
        DROP CONSTRAINT orders_time_in_force_check,
        DROP CONSTRAINT orders_check,
        ADD CHECK (order_type IN ('market', 'limit', 'stop', 'stop_limit', 'trailing_stop')),
        ADD CHECK (time_in_force IN ('day', 'gtc', 'gtd', 'ioc', 'fok')),
        ADD CHECK (filled_qty >= carried_qty AND carried_qty >= 0 AND reduced_qty >= 0
            AND filled_qty + reduced_qty <= qty)
    """,
    "ALTER TABLE orders ALTER COLUMN maker_fee_rate DROP DEFAULT",
    # The indexes speak of this and not of `status`, whose changes would otherwise write each of them anew.
    "COMMENT ON COLUMN orders.is_open IS 'Not in an end state'",
    "DROP INDEX orders_open",
    "CREATE INDEX orders_open ON orders (account_id, submitted_at DESC, id DESC) WHERE is_open",
    "CREATE INDEX orders_of_group ON orders (group_id) WHERE group_id IS NOT NULL AND is_open",
    "CREATE INDEX orders_trailing ON orders (symbol) WHERE order_type = 'trailing_stop' AND is_open",
    "CREATE INDEX orders_of_parent ON orders (parent_id) WHERE parent_id IS NOT NULL",
    """
    CREATE FUNCTION refuse_transition() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'order % cannot go from % to %', OLD.id, OLD.status, NEW.status;
    END $$
    """,
    # In the trigger's condition, which costs next to nothing, and not in its function.
    f"""
    CREATE TRIGGER orders_transition BEFORE UPDATE OF status ON orders FOR EACH ROW
    WHEN (OLD.status <> NEW.status AND OLD.status || '>' || NEW.status NOT IN ({_STEPS}))
    EXECUTE FUNCTION refuse_transition()
    """,
    "ALTER TABLE commands DROP CONSTRAINT commands_kind_check, DROP CONSTRAINT commands_check,"
    " ADD CHECK (kind IN ('place', 'place_pair', 'cancel', 'replace', 'cancel_all', 'list_symbol', 'halt_symbol',"
    " 'resume_symbol', 'end_session')),"
    " ADD CHECK ((kind IN ('place', 'place_pair', 'replace')) = (expires_at_ns IS NOT NULL))",
    "COMMENT ON COLUMN commands.order_id IS 'Of a replace: the new order; of a pair: the take profit'",
    "ALTER TABLE assets ADD COLUMN halted boolean NOT NULL DEFAULT false",
    "COMMENT ON COLUMN assets.halted IS 'As settled: the engine takes no order of it'",
    "ALTER TABLE trade_updates DROP CONSTRAINT trade_updates_event_check, ADD CHECK (event IN"
    " ('new', 'partial_fill', 'fill', 'canceled', 'expired', 'rejected', 'replaced', 'order_replace_rejected',"
    " 'order_cancel_rejected', 'suspended', 'restated', 'pending_cancel', 'pending_replace', 'pending_new'))",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
