"""`python -m auth serve|migrate|verify`."""

import sys

from auth import verify as invariants
from auth.main import NAME, make_app
from auth.settings import AuthSettings, VerifySettings
from chassis import cli, migrations
from chassis.app import serve as run_server
from chassis.command_database import command_database
from chassis.settings import StoreSettings, load_settings


def serve() -> None:
    """Serve HTTP until told to stop."""
    settings = load_settings(AuthSettings)
    run_server(NAME, settings, make_app(settings))


async def migrate() -> None:
    """Bring the database to the newest version."""
    await migrations.upgrade("auth", load_settings(StoreSettings))


async def verify() -> None:
    """Check every invariant of this service's data; exits with 1 and says what is broken."""
    settings = load_settings(VerifySettings)
    async with command_database(settings, "auth-verify") as database:
        broken = await invariants.broken(database, settings.signing_key_secret.get_secret_value())
    for sentence in broken:
        print(f"auth: {sentence}", file=sys.stderr)
    if broken:
        sys.exit(1)
    print("auth: every invariant holds")


if __name__ == "__main__":
    cli.run("auth", {"serve": serve, "migrate": migrate, "verify": verify})
