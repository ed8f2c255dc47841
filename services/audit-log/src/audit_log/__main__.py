"""`python -m audit_log serve|worker|migrate|verify`."""

from audit_log.main import API, WORKER, create_api, create_worker
from audit_log.settings import ApiSettings, WorkerSettings
from audit_log.verify.command import run as run_verify
from chassis import cli
from chassis.app import serve as serve_app
from chassis.migrations import upgrade
from chassis.settings import StoreSettings, load_settings


def serve() -> None:
    """Answer those who read and verify the record."""
    settings = load_settings(ApiSettings)
    serve_app(API, settings, create_api(settings))


def worker() -> None:
    """Follow the logs of the engine, auth and trading into the record."""
    settings = load_settings(WorkerSettings)
    serve_app(WORKER, settings, create_worker(settings))


async def migrate() -> None:
    """Bring the database to its newest version."""
    await upgrade("audit_log", load_settings(StoreSettings))


async def verify() -> None:
    """Check the whole chain, from its first entry to its head."""
    await run_verify(load_settings(StoreSettings))


if __name__ == "__main__":
    cli.run("audit_log", {"serve": serve, "worker": worker, "migrate": migrate, "verify": verify})
