"""What is to be replayed: the commands, which of them are marketable, and the trades they make.

The plain matching engine decides both, so that a slice of the capture has its own expected trades.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from replay.book import Book, Order, Trade
from replay.capture import Cancel, Capture, Command


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands in their recorded order; `marketable[i]` tells whether command i trades at once."""

    commands: tuple[Command, ...]
    marketable: tuple[bool, ...]
    trades: tuple[Trade, ...]

    @property
    def orders(self) -> int:
        return sum(isinstance(command, Order) for command in self.commands)

    @property
    def cancels(self) -> int:
        return len(self.commands) - self.orders


class PlanError(ValueError):
    """The commands do not fit together: a cancel names an order that is not open."""


def make_plan(commands: Sequence[Command]) -> Plan:
    """Match the commands in their recorded order. Raises PlanError."""
    book = Book()
    marketable: list[bool] = []
    trades: list[Trade] = []
    for command in commands:
        if isinstance(command, Cancel):
            marketable.append(False)
            if book.cancel(command.order_id) is None:
                raise PlanError(f"order {command.order_id} is cancelled but not open")
        else:
            marketable.append(book.is_marketable(command))
            trades.extend(book.place(command).trades)
    return Plan(tuple(commands), tuple(marketable), tuple(trades))


def whole(capture: Capture) -> Plan:
    """All of the capture."""
    return make_plan(capture.commands)


def head(capture: Capture, commands: int) -> Plan:
    """The longest stretch from the start of the live feed that fits into so many commands.

    Snapshot orders count only when the stretch cancels them or trades with them: the others would
    lie in the book untouched, and the trades are the same without them.
    """
    snapshot = capture.commands[: capture.snapshot_commands]
    live = capture.commands[capture.snapshot_commands :]
    resting = {command.order_id for command in snapshot if isinstance(command, Order)}
    book = Book()
    for command in snapshot:
        _apply(book, command)
    needed: set[str] = set()
    length = 0
    for command in live:
        touched = resting.intersection(_apply(book, command)) | needed
        if length + 1 + len(touched) > commands:
            break
        length += 1
        needed = touched
    return make_plan([*(c for c in snapshot if c.order_id in needed), *live[:length]])


def _apply(book: Book, command: Command) -> Iterable[str]:
    """Apply one command and name the orders that it touched besides its own."""
    if isinstance(command, Cancel):
        book.cancel(command.order_id)
        return [command.order_id]
    return [trade.maker_order_id for trade in book.place(command).trades]
