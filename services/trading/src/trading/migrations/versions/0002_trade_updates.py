"""What each account is told of its orders, numbered: written with the settlement that it tells of."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    # `data` is text, not json: nobody looks into it on the way from settlement to the socket.
    """
    CREATE TABLE trade_updates (
        account_id uuid NOT NULL,
        number bigint NOT NULL CHECK (number > 0),
        settled_sequence bigint NOT NULL,
        at timestamptz NOT NULL,
        event text NOT NULL CHECK (
            event IN ('new', 'partial_fill', 'fill', 'canceled', 'expired', 'rejected')
        ),
        data text NOT NULL,
        PRIMARY KEY (account_id, number)
    )
    """,
    "COMMENT ON COLUMN trade_updates.number IS 'The account''s own count, from 1, without a gap'",
    "COMMENT ON COLUMN trade_updates.settled_sequence IS"
    " 'The settlement cursor that became visible together with this row'",
    "COMMENT ON COLUMN trade_updates.data IS 'The update as it is sent: JSON'",
    "CREATE INDEX trade_updates_settled ON trade_updates (settled_sequence)",
    "CREATE TRIGGER trade_updates_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON trade_updates"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "ALTER TABLE settlement ADD COLUMN updates_since bigint NOT NULL DEFAULT 0",
    "COMMENT ON COLUMN settlement.updates_since IS"
    " 'What was settled up to here has no trade updates (any more)'",
    "UPDATE settlement SET updates_since = sequence",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
