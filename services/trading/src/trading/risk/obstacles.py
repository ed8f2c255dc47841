"""What stands in the way of every order of an account, or of a symbol: read in the transaction that writes orders.

One statement a batch, which also takes the kill switch's lock, shared: whoever pulls the switch waits until the
transactions that did not see it have committed, and so knows their orders.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

import asyncpg

from trading.orders.decisions import Obstructed

_OBSTACLES = "SELECT obstacle, target, reason FROM order_obstacles($1, $2)"
_RANK = ("all", "blocked", "account", "suspended", "symbol", "halted")
"""Which one is told where there are several."""


class Obstacles:
    """What was found for one batch."""

    def __init__(self, found: Mapping[tuple[str, str], str]) -> None:
        self._found = found

    def before(self, account_id: UUID, symbol: str) -> Obstructed | None:
        """Why this account cannot trade this symbol now; none when it can."""
        if not self._found:
            return None
        targets = {"all": "", "symbol": symbol, "halted": symbol}
        for obstacle in _RANK:
            target = targets.get(obstacle, str(account_id))
            reason = self._found.get((obstacle, target))
            if reason is not None:
                return Obstructed(obstacle, target, reason)
        return None


async def read_obstacles(
    connection: asyncpg.Connection, accounts: Collection[UUID], symbols: Collection[str]
) -> Obstacles:
    rows = await connection.fetch(_OBSTACLES, list(accounts), list(symbols))
    return Obstacles({(row["obstacle"], row["target"]): row["reason"] for row in rows})
