"""A cursor and the plainest of effects: a row for each event applied, refused when it is there."""

from alembic import op

from chassis.event_log import cursor

revision = "0001"
down_revision = None


def upgrade() -> None:
    cursor.create_cursor_table()
    op.execute("CREATE TABLE applied (sequence bigint PRIMARY KEY, kind text NOT NULL)")
