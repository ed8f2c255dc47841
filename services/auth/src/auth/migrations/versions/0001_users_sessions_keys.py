"""Users, their sessions and API keys, the signing keys, and the log of what happened to them."""

from alembic import op

from chassis.event_log import outbox

revision = "0001"
down_revision = None

_STATEMENTS = (
    """
    CREATE TABLE users (
        id uuid PRIMARY KEY,
        username text NOT NULL,
        username_key text NOT NULL UNIQUE CHECK (username_key = lower(username)),
        password_hash text NOT NULL,
        roles text[] NOT NULL CHECK (roles <@ ARRAY['trader', 'admin', 'auditor']),
        tier text NOT NULL CHECK (tier IN ('normal', 'load')),
        disabled boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        created_at timestamptz NOT NULL,
        generation bigint NOT NULL CHECK (generation >= 1),
        rotated_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ended_at timestamptz,
        ended_reason text
            CHECK (ended_reason IN ('logged_out', 'refresh_token_reused', 'user_disabled',
                                    'password_changed')),
        CHECK ((ended_at IS NULL) = (ended_reason IS NULL))
    )
    """,
    "CREATE INDEX sessions_of_user ON sessions (user_id) WHERE ended_at IS NULL",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",
    """
    CREATE TABLE refresh_tokens (
        token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
        session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
        generation bigint NOT NULL CHECK (generation >= 1),
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id)",
    "CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at)",
    """
    CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        user_id uuid NOT NULL REFERENCES users,
        key_id text NOT NULL UNIQUE,
        secret_hash bytea NOT NULL CHECK (length(secret_hash) = 32),
        name text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz
    )
    """,
    "CREATE INDEX api_keys_of_user ON api_keys (user_id, created_at)",
    """
    CREATE TABLE signing_keys (
        kid text PRIMARY KEY,
        public_key bytea NOT NULL,
        private_key_encrypted bytea NOT NULL,
        state text NOT NULL CHECK (state IN ('announced', 'active', 'retired')),
        created_at timestamptz NOT NULL
    )
    """,
    # Whatever goes wrong in a rotation, two keys never sign.
    "CREATE UNIQUE INDEX one_active_signing_key ON signing_keys (state) WHERE state = 'active'",
)


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    outbox.create_tables()
