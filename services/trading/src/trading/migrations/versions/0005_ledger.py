"""The ledger's further accounts and causes, fee tiers, deposits in transit, corrections, and history by minute."""

from alembic import op

revision = "0005"
down_revision = "0004"

CAUSES = (
    "hold",
    "release",
    "execution",
    "deposit",
    "deposit_in_transit",
    "withdrawal",
    "grant",
    "correction",
)
IMMUTABLE = ("postings", "executions", "transfers", "corrections")

_ACCOUNTS = (
    "INSERT INTO accounts (id, account_number) VALUES"
    " ('00000000-0000-0000-0000-000000000005', 'deposits in transit'),"
    " ('00000000-0000-0000-0000-000000000006', 'corrections')",
    f"ALTER TABLE postings ADD CHECK (cause IN ({', '.join(repr(cause) for cause in CAUSES)}))",
)
_FEES = (
    """
    CREATE TABLE fee_tiers (
        name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9_-]{0,31}$'),
        maker_rate numeric NOT NULL CHECK (maker_rate >= 0 AND maker_rate < 1),
        taker_rate numeric NOT NULL CHECK (taker_rate >= 0 AND taker_rate < 1),
        revision bigint NOT NULL
    )
    """,
    "COMMENT ON TABLE fee_tiers IS"
    " 'Rates that administrators set. While the tier default is not here, the settings are its rates'",
    """
    CREATE TABLE account_fee_tiers (
        account_id uuid PRIMARY KEY REFERENCES accounts,
        tier text REFERENCES fee_tiers,
        revision bigint NOT NULL
    )
    """,
    "COMMENT ON COLUMN account_fee_tiers.tier IS 'Null: default again'",
    "CREATE INDEX account_fee_tiers_revision ON account_fee_tiers (revision)",
    "CREATE TABLE fee_revision ("
    " singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton), revision bigint NOT NULL)",
    "COMMENT ON TABLE fee_revision IS"
    " 'Counts changes of tiers. Its row is locked by each, so that revisions become visible in their order'",
    "INSERT INTO fee_revision (revision) VALUES (0)",
)
_TRANSFERS = (
    """
    CREATE TABLE corrections (
        id uuid PRIMARY KEY,
        reason text NOT NULL,
        actor_id text NOT NULL,
        created_at timestamptz NOT NULL
    )
    """,
    "ALTER TABLE transfers DROP CONSTRAINT transfers_kind_check, DROP CONSTRAINT transfers_amount_check,"
    " ADD COLUMN correction_id uuid REFERENCES corrections,"
    " ADD CHECK (kind IN ('deposit', 'withdrawal', 'grant', 'correction')),"
    " ADD CHECK (amount > 0 OR (kind = 'correction' AND amount <> 0)),"
    " ADD CHECK ((kind = 'correction') = (correction_id IS NOT NULL))",
    "COMMENT ON COLUMN transfers.amount IS 'Above zero, but for corrections, which also take away'",
    "CREATE INDEX transfers_of_correction ON transfers (correction_id) WHERE correction_id IS NOT NULL",
    """
    CREATE TABLE deposits_in_transit (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts,
        amount numeric NOT NULL CHECK (amount > 0),
        actor_id text NOT NULL,
        created_at timestamptz NOT NULL,
        settles_at timestamptz NOT NULL,
        settled_at timestamptz
    )
    """,
    "COMMENT ON TABLE deposits_in_transit IS 'Announced; once settled, each has a row of transfers with the same id'",
    "CREATE INDEX deposits_in_transit_due ON deposits_in_transit (settles_at) WHERE settled_at IS NULL",
    "CREATE INDEX deposits_in_transit_of_account ON deposits_in_transit (account_id) WHERE settled_at IS NULL",
)
_PROFIT = (
    "ALTER TABLE balances ADD COLUMN realized numeric NOT NULL DEFAULT 0",
    "COMMENT ON COLUMN balances.realized IS 'What sales of it brought in beyond the average cost of what was sold'",
    "ALTER TABLE executions ADD COLUMN realized numeric",
    "COMMENT ON COLUMN executions.realized IS 'Of a sale: its proceeds minus the average cost of what was sold'",
)
# From executions, by a follower of that table (portfolio/keeper.py): what an account's executions of a symbol changed.
_HISTORY_COLUMNS = """
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    {when},
    qty numeric NOT NULL,
    cash numeric NOT NULL,
    bought_qty numeric NOT NULL,
    bought_cash numeric NOT NULL,
    fees numeric NOT NULL,
    realized numeric NOT NULL
"""
_HISTORY = (
    f"CREATE TABLE traded_minutes ({_HISTORY_COLUMNS.format(when='minute timestamptz NOT NULL')},"
    " PRIMARY KEY (account_id, minute, symbol))",
    "CREATE INDEX traded_minutes_by_minute ON traded_minutes (minute)",
    f"CREATE TABLE traded_sessions ({_HISTORY_COLUMNS.format(when='session date NOT NULL')},"
    " PRIMARY KEY (account_id, session, symbol))",
    "COMMENT ON COLUMN traded_minutes.qty IS 'Net: bought minus sold; cash likewise, fees included'",
    """
    CREATE TABLE minute_closes (
        symbol text NOT NULL, minute timestamptz NOT NULL, price numeric NOT NULL,
        PRIMARY KEY (symbol, minute)
    )
    """,
    "COMMENT ON TABLE minute_closes IS 'Price of the last trade in each minute that had one; old ones are let go'",
    "CREATE INDEX minute_closes_by_minute ON minute_closes (minute)",
    """
    CREATE TABLE session_closes (
        symbol text NOT NULL, session date NOT NULL, price numeric NOT NULL, PRIMARY KEY (symbol, session)
    )
    """,
    "COMMENT ON TABLE session_closes IS 'Price of the last trade in each session that had one, kept for ever'",
    """
    CREATE TABLE history_cursor (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        sequence bigint NOT NULL, executed_at timestamptz, rolled_until timestamptz
    )
    """,
    "COMMENT ON COLUMN history_cursor.sequence IS 'Executions up to here are in traded_minutes and minute_closes'",
    "COMMENT ON COLUMN history_cursor.executed_at IS 'Of the latest of these: no later execution lies before it'",
    "COMMENT ON COLUMN history_cursor.rolled_until IS"
    " 'Sessions that ended by then are in traded_sessions and session_closes'",
    "INSERT INTO history_cursor (sequence) SELECT coalesce(min(sequence), 1) - 1 FROM executions",
)

_REFUSE_UNBALANCED = """
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT cause, cause_id, asset, sum(available + held) AS amount INTO wrong FROM added
    GROUP BY cause, cause_id, asset HAVING sum(available + held) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the postings of % % do not sum to zero: % %',
            wrong.cause, wrong.cause_id, wrong.amount, wrong.asset;
    END IF;
    RETURN NULL;
END $$
"""
_PROTECTION = (
    _REFUSE_UNBALANCED,
    "CREATE TRIGGER postings_balanced AFTER INSERT ON postings REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_unbalanced()",
    "CREATE TRIGGER corrections_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    # The owner, too: it would have to grant it back to itself first, which is no accident any more.
    *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER" for table in IMMUTABLE),
    # Checking a reference to it locks its row in the owner's name, which takes this right on some column; the trigger
    # refuses every change all the same.
    "GRANT UPDATE (id) ON corrections TO CURRENT_USER",
)


def upgrade() -> None:
    for statement in (*_ACCOUNTS, *_FEES, *_TRANSFERS, *_PROFIT, *_HISTORY, *_PROTECTION):
        op.execute(statement)
