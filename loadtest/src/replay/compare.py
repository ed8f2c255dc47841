"""Compares the platform's trades with the expected ones: price, size, and both orders.

The platform tells its trades in two places, and both must agree with the recording: every
account's fills name the order, and market data lists the prints in their order.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from replay.book import Side, Trade
from replay.capture import lots, ticks
from replay.gateway import Patience, PatienceExhausted
from replay.session import Session
from replay.trader import Trader

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Fill:
    """One side of a trade, as an account sees it."""

    order_id: str
    side: Side
    price_ticks: int
    quantity_lots: int


Print = tuple[int, int]  # price in ticks, quantity in lots


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many expected trades the platform made, and everything that is not as expected."""

    expected: int
    matching: int
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        return not self.differences and self.matching == self.expected


def compare(
    expected: Sequence[Trade],
    fills: Iterable[Fill],
    prints: Sequence[Print],
    capture_ids: Mapping[str, str],
) -> Comparison:
    """Hold fills and prints against the expected trades.

    A trade matches when both its fills are there, each counted once, with its price, its size and
    the right order on each side.
    """
    left = Counter(
        (
            capture_ids.get(f.order_id, f.order_id),
            f.side,
            f.price_ticks,
            f.quantity_lots,
        )
        for f in fills
    )
    matching = 0
    differences: list[str] = []
    for trade in expected:
        terms = (trade.price_ticks, trade.quantity_lots)
        sides = [
            (trade.buy_order_id, Side.BUY, *terms),
            (trade.sell_order_id, Side.SELL, *terms),
        ]
        if all(left[side] for side in sides):
            left.subtract(sides)
            matching += 1
        else:
            differences.append(f"missing: {trade}")
    differences += [f"not expected: fill {fill} ({n} times)" for fill, n in (+left).items()]
    wanted = [(trade.price_ticks, trade.quantity_lots) for trade in expected]
    if list(prints) != wanted:
        first = next(
            (n for n, (a, b) in enumerate(zip(prints, wanted, strict=False)) if a != b),
            min(len(prints), len(wanted)),
        )
        differences.append(
            f"market data lists {len(prints)} trades where {len(wanted)} were made; "
            f"the first difference is at trade {first + 1}"
        )
    return Comparison(len(expected), matching, tuple(differences))


async def read_fills(trader: Trader, symbol: str) -> list[Fill]:
    """Every fill of one account in one symbol."""
    fills: list[Fill] = []
    query = {"page_size": str(_PAGE), "direction": "asc"}
    while True:
        page = await trader.session.insist("GET", "/v2/account/activities/FILL", query=query)
        fills += [
            Fill(
                order_id=str(item["order_id"]),
                side=Side(item["side"]),
                price_ticks=ticks(Decimal(item["price"])),
                quantity_lots=lots(Decimal(item["qty"])),
            )
            for item in page
            if item["symbol"] == symbol
        ]
        if not page:
            return fills
        query["page_token"] = str(page[-1]["id"])


async def read_all_fills(traders: Iterable[Trader], symbol: str) -> list[Fill]:
    """Every fill of all accounts in one symbol."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(read_fills(trader, symbol)) for trader in traders]
    return [fill for task in tasks for fill in task.result()]


async def read_prints(session: Session, symbol: str, start: str, at_least: int) -> list[Print]:
    """The trades of market data by trade id, from `start` (RFC 3339) on.

    Market data follows the engine's log; this waits until it has `at_least` so many trades, or
    until the session's patience ends, and then answers what there is.
    """
    patience = Patience(session.patience_seconds)
    while True:
        prints = await _prints_now(session, symbol, start)
        if len(prints) >= at_least:
            return prints
        try:
            await patience.pause(f"market data has {len(prints)} of {at_least} trades")
        except PatienceExhausted:
            return prints


async def _prints_now(session: Session, symbol: str, start: str) -> list[Print]:
    found: dict[int, Print] = {}
    query = {"limit": "10000", "sort": "asc", "start": start}
    while True:
        page = await session.insist("GET", f"/v2/stocks/{symbol}/trades", query=query)
        for item in page.get("trades") or ():
            found[int(item["i"])] = (
                ticks(Decimal(item["p"])),
                lots(Decimal(item["s"])),
            )
        token = page.get("next_page_token")
        if token is None:
            return [found[trade_id] for trade_id in sorted(found)]
        query["page_token"] = str(token)
