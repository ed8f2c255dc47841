"""Turns the recorded Bitstamp BTC/USD feed into commands: orders and cancels.

The feed reports what happened to orders, not what traders sent; the rules below recover the
commands. They are right when plain price-time matching of the commands makes exactly the trades
that the venue printed, which `tests/test_capture.py` holds them to.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from replay.book import Order, Side

TICKS_PER_UNIT = 10  # prices have one decimal
LOTS_PER_UNIT = 10**8  # sizes have eight

# The file opens with a snapshot of resting orders and closes with synthetic deletes of whatever
# still rested when the recording stopped; those were nobody's commands.
_SNAPSHOT_ROWS = 6_512
_CLOSING_ROWS = 6_518

# Snapshot asks that never get a live delete and would cross the book: stale when it was taken.
_STALE_ASKS = frozenset({"2002347646152704", "2002347642003458"})

_MARKET_BUY_PRICE = Decimal(999_999_999)
_MARKET_SELL_PRICE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Cancel:
    """A request to take an earlier order out of the book."""

    order_id: str


Command = Order | Cancel


@dataclass(frozen=True, slots=True)
class VenueTrade:
    """A trade that the venue printed."""

    price_ticks: int
    quantity_lots: int
    buy_order_id: str
    sell_order_id: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the order feed."""

    order_id: str
    exchange_timestamp: int
    price: Decimal
    volume: Decimal
    action: str
    side: Side

    @property
    def volume_lots(self) -> int:
        return lots(self.volume)


@dataclass(frozen=True, slots=True)
class Capture:
    """The commands in the order in which they reached the venue, and the trades it printed.

    The first `snapshot_commands` commands rebuild the book that the recording started from.
    """

    commands: tuple[Command, ...]
    snapshot_commands: int
    trades: tuple[VenueTrade, ...]
    refused_post_only: int
    deletes_without_order: int

    @property
    def orders(self) -> int:
        return sum(isinstance(command, Order) for command in self.commands)

    @property
    def cancels(self) -> int:
        return len(self.commands) - self.orders


def load(folder: Path) -> Capture:
    """Read the capture from the folder that holds `orders.csv.gz` and `trades.csv`."""
    with gzip.open(folder / "orders.csv.gz", "rt", newline="") as file:
        rows = [
            Row(
                order_id=row["id"],
                exchange_timestamp=int(row["exchange_timestamp"]),
                price=Decimal(row["price"]),
                volume=Decimal(row["volume"]),
                action=row["action"],
                side=Side.BUY if row["direction"] == "bid" else Side.SELL,
            )
            for row in csv.DictReader(file)
        ]
    with (folder / "trades.csv").open(newline="") as file:
        trades = [
            VenueTrade(
                price_ticks=ticks(Decimal(row["price"])),
                quantity_lots=lots(Decimal(row["amount"])),
                buy_order_id=row["buy_order_id"],
                sell_order_id=row["sell_order_id"],
            )
            for row in csv.DictReader(file)
        ]
    return derive(rows[:_SNAPSHOT_ROWS], rows[_SNAPSHOT_ROWS:-_CLOSING_ROWS], trades)


def derive(snapshot: Sequence[Row], live: Sequence[Row], trades: Sequence[VenueTrade]) -> Capture:
    """Recover the commands from the rows of the snapshot and of the live feed."""
    resting = [_limit(row) for row in snapshot if row.price > 0 and row.order_id not in _STALE_ASKS]
    refused = _refused_post_only(live)
    traded_lots = _traded_lots(trades)
    commands: list[Command] = list(resting)
    cancelable = {order.order_id for order in resting}
    deletes_without_order = 0
    for row in live:
        if row.order_id in refused:
            continue
        if row.action == "created":
            if _is_market(row):
                commands.append(
                    Order(
                        row.order_id,
                        row.side,
                        traded_lots[row.order_id],
                        None,
                        is_market=True,
                    )
                )
            else:
                commands.append(_limit(row))
                cancelable.add(row.order_id)
        elif row.action == "deleted" and row.volume > 0:
            if row.order_id in cancelable:
                commands.append(Cancel(row.order_id))
            else:
                # Orders from before the recording, and the unfilled rest of a market order, which
                # the venue itself took away.
                deletes_without_order += 1
        # Every `changed`, and a `deleted` with nothing left, is the venue's report of a fill.
    return Capture(
        commands=tuple(commands),
        snapshot_commands=len(resting),
        trades=tuple(trades),
        refused_post_only=len(refused),
        deletes_without_order=deletes_without_order,
    )


def ticks(price: Decimal) -> int:
    """A price in ticks. Raises ValueError when it lies between two."""
    return _whole(price * TICKS_PER_UNIT, f"price {price}")


def lots(quantity: Decimal) -> int:
    """A quantity in lots. Raises ValueError when it lies between two."""
    return _whole(quantity * LOTS_PER_UNIT, f"quantity {quantity}")


def _whole(value: Decimal, what: str) -> int:
    if value != int(value):
        raise ValueError(f"{what} is not a whole number of ticks or lots")
    return int(value)


def _limit(row: Row) -> Order:
    return Order(row.order_id, row.side, row.volume_lots, ticks(row.price))


def _is_market(row: Row) -> bool:
    return row.price == (_MARKET_BUY_PRICE if row.side is Side.BUY else _MARKET_SELL_PRICE)


def _refused_post_only(live: Iterable[Row]) -> frozenset[str]:
    """Orders that the venue took back in the instant of their arrival, untouched."""
    by_order: defaultdict[str, list[Row]] = defaultdict(list)
    for row in live:
        by_order[row.order_id].append(row)
    return frozenset(order_id for order_id, rows in by_order.items() if _was_refused(rows))


def _was_refused(rows: Sequence[Row]) -> bool:
    if [row.action for row in rows] != ["created", "deleted"]:
        return False
    created, deleted = rows
    return (
        created.volume == deleted.volume
        and created.exchange_timestamp == deleted.exchange_timestamp
    )


def _traded_lots(trades: Iterable[VenueTrade]) -> Counter[str]:
    traded: Counter[str] = Counter()
    for trade in trades:
        traded[trade.buy_order_id] += trade.quantity_lots
        traded[trade.sell_order_id] += trade.quantity_lots
    return traded
