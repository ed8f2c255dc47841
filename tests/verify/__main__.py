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
from tests.verify.databases import read_audit, read_market, read_trading, wait_for
from tests.verify.engine_log import read_engine, read_resting

CATCH_UP_S = 120
_ENGINE_CURSOR = "SELECT sequence FROM event_cursor WHERE log = 'engine.events'"


async def main(access: dict[str, Any], key_file: Path) -> int:
    """Print what was compared and what differs; the exit code."""
    engine_url = access["services"]["matching-engine"]
    databases = access["databases"]
    trading_url, market_url = databases["trading"], databases["market_data"]
    audit_url = databases["audit"]
    async with httpx.AsyncClient(timeout=30) as client:
        log = await read_engine(client, engine_url, key_file)
        resting_at, resting = await read_resting(client, engine_url, key_file)
        if resting_at > log.last_sequence:
            log = await read_engine(client, engine_url, key_file)
    problems = []
    for name, url, query in (
        ("trading", trading_url, "SELECT sequence FROM settlement"),
        ("market data", market_url, _ENGINE_CURSOR),
        ("audit log", audit_url, _ENGINE_CURSOR),
    ):
        reached = await wait_for(url, query, log.last_sequence, CATCH_UP_S)
        if reached < log.last_sequence:
            problems.append(f"{name} stands at {reached} of {log.last_sequence} events")
    trading = await read_trading(trading_url)
    market = await read_market(market_url)
    audit = await read_audit(audit_url)
    if (
        max(trading.cursor, market.cursor, audit.cursors.get("engine.events", 0))
        > log.last_sequence
    ):
        async with httpx.AsyncClient(timeout=30) as client:
            log = await read_engine(client, engine_url, key_file)
    problems += compare(log, trading, market, audit)
    problems += resting_differences(log, resting_at, resting)
    print(
        f"engine {log.last_sequence} events, {len(log.trades)} trades, {len(resting)} resting orders;"
        f" trading {len(trading.trades)} trades, {len(trading.open_orders)} open orders;"
        f" market data {len(market.trades)} trades; audit {len(audit.trades)} trades"
    )
    for problem in problems:
        print(f"  VIOLATED: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    described = json.loads(Path(os.environ["ACCESS_FILE"]).read_text())
    sys.exit(asyncio.run(main(described, Path(os.environ["SERVICE_KEY_FILE"]))))
