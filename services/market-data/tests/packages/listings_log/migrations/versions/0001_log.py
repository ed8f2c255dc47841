"""The tables of a log."""

from chassis.event_log.outbox import create_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_tables()
