"""Alembic for every service: `run_env()` is all of each `migrations/env.py`, `upgrade()` the `migrate` command."""

import asyncio
import importlib.util
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, text

from chassis.command_database import command_database
from chassis.settings import StoreSettings

LOCK_TIMEOUT = "5s"
_MIGRATION_LOCK = 7_203_114


async def upgrade(package: str, settings: StoreSettings) -> None:
    """Bring the database of `package` to its newest version; safe to run from several places at once."""
    async with (
        command_database(settings, f"{package}-migrate") as database,
        database.engine.connect() as connection,
    ):
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
        await connection.commit()
        await connection.run_sync(_upgrade, package)


def migrate(package: str, database_url: str) -> None:
    """`upgrade` of a database that is there, for whoever runs no event loop."""
    asyncio.run(upgrade(package, StoreSettings(database_url=database_url, database_wait_s=0)))


def run_env() -> None:
    """Run the migrations on the connection that `upgrade` opened."""
    connection: Connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        # A migration that cannot have its lock soon must fail, not queue all traffic behind itself.
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        context.run_migrations()


def _upgrade(connection: Connection, package: str) -> None:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    config = Config()
    config.set_main_option("script_location", str(Path(spec.origin).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    connection.commit()
