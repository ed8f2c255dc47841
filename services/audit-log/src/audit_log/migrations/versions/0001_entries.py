"""The chain of entries, its head and its days, who owns which account, and the cursors of the logs."""

from alembic import op

from chassis.event_log import cursor

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    CREATE TABLE entries (
        position bigint PRIMARY KEY,
        day date NOT NULL,
        source text NOT NULL,
        log_id text NOT NULL,
        sequence bigint NOT NULL,
        time_ns bigint NOT NULL,
        recorded_ns bigint NOT NULL,
        kind text NOT NULL,
        user_id text,
        account_id text,
        order_id text,
        maker_account_id text,
        maker_order_id text,
        symbol text,
        data text NOT NULL,
        previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
        hash bytea NOT NULL CHECK (length(hash) = 32),
        UNIQUE (source, log_id, sequence)
    )
    """,
    # The text is the canonical JSON whose bytes are hashed; jsonb would keep its meaning only.
    "COMMENT ON COLUMN entries.data IS 'canonical JSON, byte for byte as it was hashed'",
    "CREATE INDEX entries_by_source ON entries (source, position)",
    "CREATE INDEX entries_by_kind ON entries (kind, position)",
    "CREATE INDEX entries_by_time ON entries (time_ns)",
    "CREATE INDEX entries_by_symbol ON entries (symbol, position) WHERE symbol IS NOT NULL",
    "CREATE INDEX entries_by_user ON entries (user_id, position) WHERE user_id IS NOT NULL",
    "CREATE INDEX entries_by_account ON entries (account_id, position) WHERE account_id IS NOT NULL",
    "CREATE INDEX entries_by_order ON entries (order_id, position) WHERE order_id IS NOT NULL",
    "CREATE INDEX entries_by_maker_account ON entries (maker_account_id, position)"
    " WHERE maker_account_id IS NOT NULL",
    "CREATE INDEX entries_by_maker_order ON entries (maker_order_id, position)"
    " WHERE maker_order_id IS NOT NULL",
    """
    CREATE TABLE chain_head (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        position bigint NOT NULL,
        hash bytea NOT NULL CHECK (length(hash) = 32),
        recorded_ns bigint NOT NULL
    )
    """,
    "INSERT INTO chain_head (position, hash, recorded_ns)"
    " VALUES (0, decode(repeat('00', 32), 'hex'), 0)",
    """
    CREATE TABLE day_heads (
        day date PRIMARY KEY,
        first_position bigint NOT NULL,
        last_position bigint NOT NULL CHECK (last_position >= first_position),
        previous_hash bytea NOT NULL CHECK (length(previous_hash) = 32),
        head bytea NOT NULL CHECK (length(head) = 32)
    )
    """,
    "CREATE TABLE account_owners (account_id text PRIMARY KEY, user_id text NOT NULL)",
    "CREATE INDEX account_owners_by_user ON account_owners (user_id)",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    "CREATE TRIGGER entries_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER days_are_never_removed BEFORE DELETE OR TRUNCATE ON day_heads"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    """
    CREATE FUNCTION refuse_change_of_past_day() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.day <> (SELECT max(day) FROM day_heads) OR OLD.day <> NEW.day THEN
            RAISE EXCEPTION 'the audit log is append-only: the day % is closed', OLD.day
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    "CREATE TRIGGER past_days_are_closed BEFORE UPDATE ON day_heads"
    " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_past_day()",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    cursor.create_cursor_table()
