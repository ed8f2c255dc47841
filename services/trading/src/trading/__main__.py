"""`python -m trading serve|migrate|verify`."""

import sys

from chassis import cli, migrations
from chassis.app import serve
from chassis.settings import load_settings
from trading.main import create_trading_app
from trading.settings import TradingSettings
from trading.verify.command import prove


def _serve() -> None:
    """Run the service."""
    settings = load_settings(TradingSettings)
    serve("trading", settings, create_trading_app(settings))


def _migrate() -> None:
    """Bring the database to the newest version."""
    migrations.migrate("trading", load_settings(TradingSettings).database_url)


async def _verify() -> None:
    """Prove the invariants of the ledger, orders and settlement; exit 1 when one does not hold."""
    sys.exit(await prove(load_settings(TradingSettings)))


cli.run("trading", {"serve": _serve, "migrate": _migrate, "verify": _verify})
