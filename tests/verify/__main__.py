"""`python -m tests.verify`: compare the services of a running platform with each other. Run by `make verify`.

Its environment is `settings.CompareSettings`. It writes nothing anywhere.
"""

import asyncio
import sys

import httpx

from chassis import cli
from chassis.command_database import command_database
from chassis.event_log.source import EventsDeleted, LogUnavailable
from chassis.settings import StoreSettings, load_settings
from tests.verify.compare import compare, open_differences
from tests.verify.databases import read_audit, read_market, read_outbox, read_trading, wait_for
from tests.verify.engine_log import read_engine, read_open
from tests.verify.settings import CompareSettings

CATCH_UP_S = 120
CONNECT_TRIES = 6
"""With growing pauses, some 16 s in all: a network policy may bind a moment after its pod has started."""
_SETTLED = "SELECT sequence FROM settlement"
_PLACED = "SELECT coalesce(max(sequence), 0) FROM outbox"


def _cursor(log: str) -> str:
    return f"SELECT sequence FROM event_cursor WHERE log = '{log}'"


async def main(settings: CompareSettings) -> int:
    """Print what was compared and what differs; the exit code."""
    for url in settings.databases():
        store = StoreSettings(database_url=url, database_wait_s=settings.database_wait_s)
        async with command_database(store, "verify"):
            pass  # it lets us in
    try:
        return await _verify(settings)
    except (httpx.HTTPError, LogUnavailable) as error:
        sys.exit(f"The engine at {settings.engine_url} cannot be read: {error!r}")
    except EventsDeleted as error:
        sys.exit(
            f"Nothing can be compared without the whole log, whose beginning is gone: {error}. Each service's own"
            " `verify` still holds, and the engine's, which begins at a snapshot."
        )


async def _verify(settings: CompareSettings) -> int:
    engine = settings.engine_url, settings.service_key_file
    outbox_urls = {
        "auth.events": settings.auth_database_url,
        "trading.events": settings.trading_database_url,
    }
    async with httpx.AsyncClient(
        timeout=httpx.Timeout(30, connect=5),
        transport=httpx.AsyncHTTPTransport(retries=CONNECT_TRIES),
    ) as client:
        log = await read_engine(client, *engine)
        problems = await _wait(settings, log.last_sequence, outbox_urls)
        # Whoever follows a log is read before it, so that the log holds all that they may have seen.
        trading = await read_trading(settings.trading_database_url)
        market = await read_market(settings.market_data_database_url)
        audit = await read_audit(settings.audit_database_url)
        pages = await read_open(client, *engine)
        log = await read_engine(client, *engine, log)
    outboxes = {name: await read_outbox(url) for name, url in outbox_urls.items()}
    problems += compare(log, trading, market, audit, outboxes)
    problems += open_differences(log, pages)
    print(
        f"engine {log.last_sequence} events, {len(log.trades)} trades,"
        f" {sum(len(page.remaining) for page in pages)} open orders;"
        f" trading {len(trading.trades)} trades, {len(trading.open_orders)} open orders;"
        f" market data {len(market.trades)} trades; audit {len(audit.trades)} trades, and of other logs "
        + ", ".join(
            f"{len(audit.copies.get(n, {}))} {n} ({len(o.events)})" for n, o in outboxes.items()
        )
    )
    for problem in problems:
        print(f"  VIOLATED: {problem}")
    return 1 if problems else 0


async def _wait(
    settings: CompareSettings, engine_sequence: int, outbox_urls: dict[str, str]
) -> list[str]:
    """Wait until everybody has caught up with where the logs end now; who has not, a sentence each."""
    audit_url = settings.audit_database_url
    engine_cursor = _cursor("engine.events")
    waits = [
        ("trading", settings.trading_database_url, _SETTLED, engine_sequence),
        ("market data", settings.market_data_database_url, engine_cursor, engine_sequence),
        ("audit log", audit_url, engine_cursor, engine_sequence),
    ]
    for name, url in outbox_urls.items():
        last = await wait_for(url, _PLACED, 0, 0)
        waits.append((f"audit log, of {name},", audit_url, _cursor(name), last))
    problems = []
    for who, url, query, sequence in waits:
        reached = await wait_for(url, query, sequence, CATCH_UP_S)
        if reached < sequence:
            problems.append(f"{who} stands at {reached} of {sequence} events")
    return problems


if __name__ == "__main__":
    cli.end_on_sigterm()
    sys.exit(asyncio.run(main(load_settings(CompareSettings))))
