"""Stream tickets: what a browser shows in a websocket's address, once."""

from alembic import op

revision = "0002"
down_revision = "0001"

_STATEMENTS = (
    # Unlogged: a ticket lives for seconds, and one that a crash took is simply asked for again.
    """
    CREATE UNLOGGED TABLE stream_tickets (
        ticket_hash bytea PRIMARY KEY CHECK (length(ticket_hash) = 32),
        user_id uuid NOT NULL REFERENCES users,
        session_id uuid REFERENCES sessions ON DELETE CASCADE,
        api_key_id uuid REFERENCES api_keys ON DELETE CASCADE,
        scopes text[] NOT NULL,
        expires_at timestamptz NOT NULL,
        CHECK (num_nonnulls(session_id, api_key_id) = 1)
    )
    """,
    "CREATE INDEX stream_tickets_of_user ON stream_tickets (user_id, expires_at)",
    "CREATE INDEX stream_tickets_of_session ON stream_tickets (session_id)",
    "CREATE INDEX stream_tickets_of_api_key ON stream_tickets (api_key_id)",
    "CREATE INDEX stream_tickets_by_expiry ON stream_tickets (expires_at)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
