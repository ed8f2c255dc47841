"""Accounts, assets, the ledger, orders with their commands, executions, and where settlement stands."""

from alembic import op

from chassis.event_log import outbox

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    user_id uuid UNIQUE,
    account_number text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE accounts IS 'Customers, and the four system accounts, which have no user';

CREATE SEQUENCE account_numbers START 100000001;

CREATE TABLE assets (
    id uuid PRIMARY KEY,
    symbol text NOT NULL UNIQUE CHECK (symbol <> 'USD'),
    name text NOT NULL,
    asset_class text NOT NULL CHECK (asset_class IN ('us_equity', 'crypto')),
    tick_size numeric NOT NULL CHECK (tick_size > 0),
    lot_size numeric NOT NULL CHECK (lot_size > 0),
    active boolean NOT NULL DEFAULT false,
    last_price numeric,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN assets.active IS 'The engine has listed the symbol';
COMMENT ON COLUMN assets.last_price IS 'Of the last settled trade';

CREATE TABLE balances (
    account_id uuid NOT NULL REFERENCES accounts,
    asset text NOT NULL,
    available numeric NOT NULL DEFAULT 0,
    held numeric NOT NULL DEFAULT 0 CHECK (held >= 0),
    cost numeric NOT NULL DEFAULT 0,
    may_be_negative boolean NOT NULL DEFAULT false,
    PRIMARY KEY (account_id, asset),
    CHECK (may_be_negative OR available >= 0)
);
COMMENT ON COLUMN balances.cost IS 'What the shares on hand were bought for (average cost)';

CREATE TABLE postings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id uuid NOT NULL,
    asset text NOT NULL,
    available numeric NOT NULL,
    held numeric NOT NULL,
    cause text NOT NULL,
    cause_id uuid NOT NULL,
    posted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX postings_balance ON postings (account_id, asset);

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts,
    client_order_id text NOT NULL,
    symbol text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    order_type text NOT NULL CHECK (order_type IN ('market', 'limit')),
    time_in_force text NOT NULL CHECK (time_in_force IN ('day', 'gtc', 'ioc', 'fok')),
    limit_price numeric,
    engine_price numeric NOT NULL,
    qty numeric NOT NULL CHECK (qty > 0),
    fee_rate numeric NOT NULL,
    status text NOT NULL,
    hold numeric NOT NULL CHECK (hold >= 0),
    filled_qty numeric NOT NULL DEFAULT 0 CHECK (filled_qty BETWEEN 0 AND qty),
    filled_value numeric NOT NULL DEFAULT 0,
    fee_value numeric NOT NULL DEFAULT 0,
    submitted_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    filled_at timestamptz,
    canceled_at timestamptz,
    expired_at timestamptz,
    failed_at timestamptz,
    reject_reason text,
    UNIQUE (account_id, client_order_id)
) WITH (fillfactor = 70);
CREATE INDEX orders_by_time ON orders (account_id, submitted_at DESC, id DESC);
CREATE INDEX orders_open ON orders (account_id, submitted_at DESC)
    WHERE status IN ('pending_new', 'new', 'partially_filled', 'pending_cancel');

CREATE TABLE commands (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('place', 'cancel', 'list_symbol', 'end_session')),
    order_id uuid,
    payload text NOT NULL,
    expires_at_ns bigint,
    attempts int NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now(),
    place bigint GENERATED ALWAYS AS IDENTITY,
    CHECK ((kind = 'place') = (expires_at_ns IS NOT NULL))
);
COMMENT ON COLUMN commands.place IS 'The order in which the gate stored them, kept when they are sent again';
COMMENT ON TABLE commands IS
    'Not yet decided by the log; a decided command is deleted in the transaction of its decision';
CREATE INDEX commands_expiry ON commands (expires_at_ns) WHERE expires_at_ns IS NOT NULL;
CREATE INDEX commands_order ON commands (order_id);
CREATE INDEX commands_sent ON commands (sent_at);

CREATE TABLE executions (
    id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    liquidity text NOT NULL CHECK (liquidity IN ('maker', 'taker')),
    order_id uuid NOT NULL,
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    price numeric NOT NULL,
    qty numeric NOT NULL,
    cash numeric NOT NULL,
    fee numeric NOT NULL,
    cum_qty numeric NOT NULL,
    leaves_qty numeric NOT NULL,
    executed_at timestamptz NOT NULL,
    UNIQUE (sequence, side)
);
COMMENT ON COLUMN executions.sequence IS 'Of the trade event in the engine''s log';
COMMENT ON COLUMN executions.cash IS 'Paid by the buyer, fee included; received by the seller, fee deducted';
CREATE INDEX executions_activity ON executions (account_id, executed_at DESC, id DESC);

CREATE TABLE transfers (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts,
    kind text NOT NULL CHECK (kind IN ('deposit', 'withdrawal', 'grant')),
    asset text NOT NULL,
    amount numeric NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL
);
CREATE INDEX transfers_activity ON transfers (account_id, created_at DESC, id DESC);

CREATE TABLE settlement (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    log_id uuid,
    sequence bigint NOT NULL DEFAULT 0,
    journal_time_ns bigint NOT NULL DEFAULT 0,
    stopped text
);
COMMENT ON COLUMN settlement.journal_time_ns IS 'Stamp of the event that the cursor stands on';
COMMENT ON COLUMN settlement.stopped IS 'Why settlement does not go on; no replica takes orders then';
INSERT INTO settlement DEFAULT VALUES;

CREATE TABLE sessions (
    session date PRIMARY KEY,
    command_id uuid NOT NULL UNIQUE,
    ended_at timestamptz
);
COMMENT ON TABLE sessions IS 'Trading days whose end was sent to the engine';

INSERT INTO accounts (id, account_number) VALUES
    ('00000000-0000-0000-0000-000000000001', 'deposits'),
    ('00000000-0000-0000-0000-000000000002', 'grants'),
    ('00000000-0000-0000-0000-000000000003', 'house'),
    ('00000000-0000-0000-0000-000000000004', 'fees')
"""

_IMMUTABLE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted: post a correction', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
    op.execute(_IMMUTABLE)
    for table in ("postings", "executions", "transfers"):
        op.execute(
            f"CREATE TRIGGER {table}_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    outbox.create_tables()
