"""`python -m auth serve|migrate|verify`."""

import sys

from auth import verify as invariants
from auth.main import NAME, make_app
from auth.settings import AuthSettings
from chassis import cli, migrations
from chassis.app import serve as run_server
from chassis.database import Database
from chassis.settings import load_settings


def serve() -> None:
    """Serve HTTP until told to stop."""
    settings = load_settings(AuthSettings)
    run_server(NAME, settings, make_app(settings))


def migrate() -> None:
    """Bring the database to the newest version."""
    migrations.migrate("auth", load_settings(AuthSettings).database_url)


async def verify() -> None:
    """Check every invariant of this service's data; exits with 1 and says what is broken."""
    settings = load_settings(AuthSettings)
    database = Database(
        settings.database_url, pool_size=1, application_name="auth-verify", statement_timeout_s=None
    )
    try:
        broken = await invariants.broken(database, settings.signing_key_secret.get_secret_value())
    finally:
        await database.close()
    for sentence in broken:
        print(f"auth: {sentence}", file=sys.stderr)
    if broken:
        sys.exit(1)
    print("auth: every invariant holds")


if __name__ == "__main__":
    cli.run("auth", {"serve": serve, "migrate": migrate, "verify": verify})
