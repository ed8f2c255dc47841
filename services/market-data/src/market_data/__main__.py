"""`python -m market_data serve|worker|migrate|verify`."""

from chassis import cli
from chassis.app import serve as serve_app
from chassis.migrations import migrate as migrate_package
from chassis.settings import load_settings
from market_data.main import API, WORKER, create_api, create_worker
from market_data.settings import ApiSettings, StoreSettings, WorkerSettings
from market_data.verify import run as run_verify


def serve() -> None:
    """Answer the market data api."""
    settings = load_settings(ApiSettings)
    serve_app(API, settings, create_api(settings))


def worker() -> None:
    """Follow the logs of the engine and of trading into the database and Redis."""
    settings = load_settings(WorkerSettings)
    serve_app(WORKER, settings, create_worker(settings))


def migrate() -> None:
    """Bring the database to its newest version."""
    migrate_package("market_data", load_settings(StoreSettings).database_url)


async def verify() -> None:
    """Check that what is stored agrees with itself."""
    await run_verify(load_settings(StoreSettings).database_url)


if __name__ == "__main__":
    cli.run("market_data", {"serve": serve, "worker": worker, "migrate": migrate, "verify": verify})
