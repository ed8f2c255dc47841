"""`python -m tests.verify`: compare the services of a running platform with each other. Run by `make verify`.

Environment: ACCESS_FILE (the platform's `access.json`) and SERVICE_KEY_FILE (the key of `verify`).
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.verify.compare import compare, resting_differences
from tests.verify.databases import read_audit, read_market, read_outbox, read_trading, wait_for
from tests.verify.engine_log import read_engine, read_resting

CATCH_UP_S = 120
_SETTLED = "SELECT sequence FROM settlement"
_PLACED = "SELECT coalesce(max(sequence), 0) FROM outbox"


def _cursor(log: str) -> str:
    return f"SELECT sequence FROM event_cursor WHERE log = '{log}'"


async def main(access: dict[str, Any], key_file: Path) -> int:
    """Print what was compared and what differs; the exit code."""
    engine_url = access["services"]["matching-engine"]
    databases = access["databases"]
    outbox_urls = {f"{name}.events": databases[name] for name in ("auth", "trading")}
    async with httpx.AsyncClient(timeout=30) as client:
        log = await read_engine(client, engine_url, key_file)
        problems = await _wait(databases, log.last_sequence, outbox_urls)
        # Whoever follows a log is read before it, so that the log holds all that they may have seen.
        trading = await read_trading(databases["trading"])
        market = await read_market(databases["market_data"])
        audit = await read_audit(databases["audit"])
        resting = await read_resting(client, engine_url, key_file)
        log = await read_engine(client, engine_url, key_file, log)
    outboxes = {name: await read_outbox(url) for name, url in outbox_urls.items()}
    problems += compare(log, trading, market, audit, outboxes)
    problems += resting_differences(log, resting)
    print(
        f"engine {log.last_sequence} events, {len(log.trades)} trades,"
        f" {sum(len(page.remaining) for page in resting)} resting orders;"
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
    databases: dict[str, str], engine_sequence: int, outbox_urls: dict[str, str]
) -> list[str]:
    """Wait until everybody has caught up with where the logs end now; who has not, a sentence each."""
    waits = [
        ("trading", databases["trading"], _SETTLED, engine_sequence),
        ("market data", databases["market_data"], _cursor("engine.events"), engine_sequence),
        ("audit log", databases["audit"], _cursor("engine.events"), engine_sequence),
    ]
    for name, url in outbox_urls.items():
        last = await wait_for(url, _PLACED, 0, 0)
        waits.append((f"audit log, of {name},", databases["audit"], _cursor(name), last))
    problems = []
    for who, url, query, sequence in waits:
        reached = await wait_for(url, query, sequence, CATCH_UP_S)
        if reached < sequence:
            problems.append(f"{who} stands at {reached} of {sequence} events")
    return problems


if __name__ == "__main__":
    described = json.loads(Path(os.environ["ACCESS_FILE"]).read_text())
    sys.exit(asyncio.run(main(described, Path(os.environ["SERVICE_KEY_FILE"]))))
