"""Trailing stops follow the trades as they are settled (rule G5 of the matching rules)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from trading.domain.asset import Asset
from trading.domain.order import Order, OrderType, Side
from trading.domain.states import CLOSED, Status
from trading.domain.trailing import follow, stop_price_behind
from trading.settlement.batch import Batch


def begin(batch: Batch, order: Order, asset: Asset) -> None:
    """A trailing stop was accepted: it trails from the symbol's last trade on."""
    order.hwm = batch.last_prices[order.symbol]
    order.stop_price = stop_price_behind(order.hwm, order, asset)
    batch.trailing.setdefault(order.symbol, {})[order.id] = order


def follow_trade(batch: Batch, asset: Asset, price: Decimal, at: datetime) -> None:
    """A trade at `price`. A stop that it reaches stands still from then on, though it acts later: it has its
    `triggered_at` already, which is the same moment, since both are of one command."""
    for order in batch.trailing[asset.symbol].values():
        if not _waits(order):
            continue
        before = order.hwm
        reached = follow(order, price, asset)
        if reached:
            order.triggered_at = at
        if reached or order.hwm != before:
            batch.changed.add(order.id)


def _waits(order: Order) -> bool:
    """Whether it is in the engine and was not reached."""
    return (
        order.triggered_at is None
        and order.hwm is not None
        and order.status not in CLOSED
        and order.status is not Status.PENDING_NEW
    )


@dataclass(frozen=True, slots=True)
class Mark:
    side: Side
    best: Decimal
    stop: Decimal


class Marks:
    """Where the waiting trailing stops stand: so that a page loads those that it moves or reaches, and no others."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._by_symbol: dict[str, dict[UUID, Mark]] = {}
        self.keep(orders)

    def keep(self, orders: Iterable[Order]) -> None:
        """These orders were written, or read."""
        for order in orders:
            if order.order_type is not OrderType.TRAILING_STOP:
                continue
            marks = self._by_symbol.setdefault(order.symbol, {})
            if _waits(order):
                assert order.hwm is not None
                assert order.stop_price is not None
                marks[order.id] = Mark(order.side, order.hwm, order.stop_price)
            else:
                marks.pop(order.id, None)

    def touched(self, symbol: str, lowest: Decimal, highest: Decimal) -> list[UUID]:
        """The trailing stops that trades between these prices move or reach."""
        return [
            order_id
            for order_id, mark in self._by_symbol.get(symbol, {}).items()
            if _is_touched(mark, lowest, highest)
        ]


def _is_touched(mark: Mark, lowest: Decimal, highest: Decimal) -> bool:
    if mark.side is Side.SELL:
        return highest > mark.best or lowest <= mark.stop
    return lowest < mark.best or highest >= mark.stop
