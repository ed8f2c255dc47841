"""What accounts keep for themselves: configurations, watchlists, and the answers to keyed requests."""

from alembic import op

revision = "0006"
down_revision = "0005"

_STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE account_configurations (
        account_id uuid PRIMARY KEY REFERENCES accounts,
        trade_confirm_email text NOT NULL CHECK (trade_confirm_email IN ('all', 'none')),
        no_shorting boolean NOT NULL,
        fractional_trading boolean NOT NULL,
        max_margin_multiplier text NOT NULL,
        dtbp_check text NOT NULL,
        pdt_check text NOT NULL,
        ptp_no_exception_entry boolean NOT NULL,
        max_options_trading_level int,
        disable_overnight_trading boolean NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "COMMENT ON TABLE account_configurations IS"
    " 'Of accounts that changed something; suspend_trade stands in accounts, where orders look'",
    """
    CREATE TABLE watchlists (
        id uuid PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES accounts,
        name text NOT NULL,
        symbols text[] NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (account_id, name)
    )
    """,
    """
    CREATE TABLE keyed_requests (
        user_id uuid NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        claim uuid NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT now(),
        status smallint,
        headers text,
        body bytea,
        PRIMARY KEY (user_id, key)
    )
    """,
    "COMMENT ON TABLE keyed_requests IS 'Writes with an Idempotency-Key, and their first answers'",
    "COMMENT ON COLUMN keyed_requests.status IS 'Of the answer; none while the request is under way'",
    "CREATE INDEX keyed_requests_age ON keyed_requests (claimed_at)",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
