"""`python -m trading serve|migrate|verify|rebuild|prune-updates|seed`."""

import sys

from chassis import cli, migrations
from chassis.app import serve
from chassis.clock import SystemClock, utc_now
from chassis.command_database import command_database
from chassis.errors import InvalidInput
from chassis.settings import StoreSettings, load_settings
from trading.main import create_trading_app
from trading.settings import TradingSettings
from trading.streams.prune import moment_before, prune_updates
from trading.verify.command import prove
from trading.verify.rebuild import rebuild
from trading.verify.seed import seed


def _serve() -> None:
    """Run the service."""
    settings = load_settings(TradingSettings)
    serve("trading", settings, create_trading_app(settings))


async def _migrate() -> None:
    """Bring the database to the newest version."""
    await migrations.upgrade("trading", load_settings(StoreSettings))


async def _verify() -> None:
    """Prove the invariants of the ledger, orders and settlement; exit 1 when one does not hold."""
    sys.exit(await prove(load_settings(StoreSettings)))


async def _rebuild() -> None:
    """Reckon balances, cost and profit anew from postings and executions, and compare; exit 1 when one differs."""
    sys.exit(await rebuild(load_settings(StoreSettings)))


async def _seed(orders: str) -> None:
    """Write a past of --orders closed orders, of which every invariant holds: for measuring."""
    try:
        seeded = await seed(load_settings(StoreSettings), int(orders))
    except ValueError as error:
        sys.exit(f"nothing was seeded: {error}")
    print(f"trading: {seeded.orders} closed orders in {seeded.took_s:.0f} s")


async def _prune_updates(before: str) -> None:
    """Let trade updates go that are older than --before: a time, a date, or a number of days."""
    try:
        moment = moment_before(before, utc_now(SystemClock()))
    except InvalidInput as error:
        sys.exit(str(error))
    async with command_database(load_settings(StoreSettings), "trading-prune") as database:
        pruned = await prune_updates(database, moment)
    print(
        f"trading: {pruned.updates} trade updates before {moment.isoformat()} went;"
        f" what was settled up to {pruned.up_to} is told no more"
    )


COMMANDS: dict[str, cli.Command] = {
    "serve": _serve,
    "migrate": _migrate,
    "verify": _verify,
    "rebuild": _rebuild,
    "seed": _seed,
    "prune-updates": _prune_updates,
}

if __name__ == "__main__":
    cli.run("trading", COMMANDS)
