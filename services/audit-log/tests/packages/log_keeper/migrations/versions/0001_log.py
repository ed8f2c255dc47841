"""The log, with nothing to tell about."""

from chassis.event_log import outbox

revision = "0001"
down_revision = None


def upgrade() -> None:
    outbox.create_tables()
