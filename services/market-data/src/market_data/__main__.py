"""`python -m market_data serve|worker|migrate|verify`."""

from chassis import cli
from chassis.app import serve as serve_app
from chassis.migrations import upgrade
from chassis.settings import StoreSettings, load_settings
from market_data.main import API, WORKER, create_api, create_worker
from market_data.settings import ApiSettings, WorkerSettings
from market_data.verify import run as run_verify


def serve() -> None:
    """Answer the market data api."""
    settings = load_settings(ApiSettings)
    serve_app(API, settings, create_api(settings))


def worker() -> None:
    """Follow the logs of the engine and of trading into the database and Redis."""
    settings = load_settings(WorkerSettings)
    serve_app(WORKER, settings, create_worker(settings))


async def migrate() -> None:
    """Bring the database to its newest version."""
    await upgrade("market_data", load_settings(StoreSettings))


async def verify() -> None:
    """Check that what is stored agrees with itself."""
    await run_verify(load_settings(StoreSettings))


if __name__ == "__main__":
    cli.run("market_data", {"serve": serve, "worker": worker, "migrate": migrate, "verify": verify})
