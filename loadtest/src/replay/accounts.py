"""Who sends which order, and what they need to own for it.

The capture does not say who traded. Orders are spread over the accounts so that no trade has one
account on both sides, and every account both buys and sells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from itertools import cycle

from replay.book import Order, Side, Trade
from replay.capture import LOTS_PER_UNIT, TICKS_PER_UNIT
from replay.plan import Plan

# Holds are larger than price x quantity: a fee comes on top, and a market order holds its collar.
_HOLD_MARGIN = Decimal("1.05")
_MARKET_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Need:
    """What one account must own before the replay starts."""

    cash: Decimal
    shares: Decimal


def assign(plan: Plan, accounts: int) -> dict[str, int]:
    """The account number of each order, by order id. Raises ValueError for fewer than two.

    Orders that trade with each other, directly or through others, form a group. In each group the
    buys go to accounts of one parity and the sells to the other, and the parities swap from group
    to group.
    """
    if accounts < 2:
        raise ValueError("a trade needs two accounts")
    turns = (cycle(range(0, accounts, 2)), cycle(range(1, accounts, 2)))
    everybody = cycle(range(accounts))
    groups = _groups(plan.trades)
    assigned: dict[str, int] = {}
    for command in plan.commands:
        if isinstance(command, Order):
            group = groups.get(command.order_id)
            if group is None:
                assigned[command.order_id] = next(everybody)
            else:
                parity = (group + (command.side is Side.SELL)) % 2
                assigned[command.order_id] = next(turns[parity])
    return assigned


def needs(plan: Plan, assigned: dict[str, int], accounts: int) -> list[Need]:
    """Enough for every order of an account to be open at the same time."""
    cash = [Decimal(0)] * accounts
    shares = [Decimal(0)] * accounts
    highest_ticks = max((trade.price_ticks for trade in plan.trades), default=0)
    for command in plan.commands:
        if not isinstance(command, Order):
            continue
        account = assigned[command.order_id]
        quantity = Decimal(command.quantity_lots) / LOTS_PER_UNIT
        if command.side is Side.SELL:
            shares[account] += quantity
        else:
            price_ticks = command.limit_price_ticks or _MARKET_MARGIN * highest_ticks
            cash[account] += quantity * price_ticks / TICKS_PER_UNIT * _HOLD_MARGIN
    whole = Decimal(1)
    return [
        Need(c.quantize(whole, ROUND_UP) + 1, s.quantize(whole, ROUND_UP) + 1)
        for c, s in zip(cash, shares, strict=True)
    ]


def self_trades(trades: Sequence[Trade], assigned: dict[str, int]) -> int:
    """How many trades would have one account on both sides."""
    return sum(assigned[t.buy_order_id] == assigned[t.sell_order_id] for t in trades)


def _groups(trades: Iterable[Trade]) -> dict[str, int]:
    """Number the connected groups of orders; answers the group of each order that trades."""
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for trade in trades:
        partners[trade.maker_order_id].add(trade.taker_order_id)
        partners[trade.taker_order_id].add(trade.maker_order_id)
    group_of: dict[str, int] = {}
    groups = 0
    for order_id in partners:
        if order_id in group_of:
            continue
        waiting = [order_id]
        while waiting:
            member = waiting.pop()
            if member not in group_of:
                group_of[member] = groups
                waiting.extend(partners[member])
        groups += 1
    return group_of
