"""All symbols, and what is decided before an order meets a book: repeats, refusals, rejections.

A command as the engine's contract has it (a dictionary) and its stamp give the events that the
engine must write, down to the byte. The rules are docs/matching-rules.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from oracle.book import HIGHEST_TICKS, THE_COMMANDS, OrderBook
from oracle.orders import Json, OpenOrder

REMEMBERED_WITHOUT_EXPIRY_NS = 60 * 10**9
LONGEST_EXPIRY_NS = 3600 * 10**9
MOST_SHOWINGS = 1_000  # of an iceberg
EXPIRING_KINDS = ("place", "place_pair", "replace")
DEFAULT_LIMITS = {
    "open_orders": 4_000_000,
    "open_orders_per_account": 10_000,
    "levels_per_side": 100_000,
    "symbols": 10_000,
    "trailing_stops_per_symbol": 1_000,
    "trades_per_order": 100_000,
}
# The members of an accepted order, in the order in which its event has them. Absent ones are left out.
ORDER_MEMBERS = (
    "order_id",
    "account_id",
    "client_order_id",
    "symbol",
    "side",
    "order_type",
    "time_in_force",
    "limit_price_ticks",
    "quantity_lots",
    "stop_price_ticks",
    "trail_ticks",
    "trail_basis_points",
    "display_lots",
    "minimum_lots",
    "post_only",
    "expire_at_ns",
    "self_trade_prevention",
)


def compact(value: Json) -> str:
    """JSON as the engine writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: its events, or why there are none."""

    events: list[Json] = field(default_factory=list)
    refused: str | None = None
    repeated: tuple[int, int] | None = None  # first and last sequence of the first result

    def lines(self) -> list[str]:
        """As `matching-engine decide` prints it."""
        if self.refused is not None:
            return [compact({"refused": self.refused})]
        if self.repeated is not None:
            first, last = self.repeated
            return [compact({"repeated": {"first_sequence": first, "last_sequence": last}})]
        return [compact(event) for event in self.events]


@dataclass(frozen=True, slots=True)
class _Remembered:
    until_ns: int
    first: int
    last: int


class Market:
    """One log from its first event on."""

    def __init__(self) -> None:
        self.limits = dict(DEFAULT_LIMITS)
        self.books: dict[str, OrderBook] = {}  # in the order of listing
        self.last_sequence = 0
        self.last_stamp_ns = 0
        self._commands: dict[str, _Remembered] = {}
        self._used_until_ns: dict[str, int] = {}  # order ids that remembered commands used (D4)
        self._command: Json = {}
        self._events: list[Json] = []

    # --- Decisions (D) ----------------------------------------------------------------------------

    def is_due(self, stamp_ns: int) -> bool:
        """E2: whether a tick must come before a command with this stamp."""
        return any(
            order.expire_at_ns is not None and order.expire_at_ns <= stamp_ns
            for order in self._open_orders()
        )

    def submit(self, command: Json, stamp_ns: int) -> list[Answer]:
        """Decide a command as the engine does: behind the ticks that are due, a stamp later each."""
        answers = []
        if command["kind"] != "tick":
            while self.is_due(stamp_ns):
                answers.append(self.decide({"kind": "tick"}, stamp_ns))
                stamp_ns += 1
        answers.append(self.decide(command, stamp_ns))
        return answers

    def decide(self, command: Json, stamp_ns: int) -> Answer:
        """Decide one command wholly (D1)."""
        if stamp_ns <= self.last_stamp_ns:
            raise ValueError(f"the stamp {stamp_ns} is not later than {self.last_stamp_ns}")
        self.last_stamp_ns = stamp_ns
        remembered = self._commands.get(command.get("command_id", ""))
        if remembered is not None and remembered.until_ns >= stamp_ns:  # D2
            return Answer(repeated=(remembered.first, remembered.last))
        if command["kind"] in EXPIRING_KINDS:  # D3
            if stamp_ns > command["expires_at_ns"]:
                return Answer(refused="expired")
            if command["expires_at_ns"] - stamp_ns > LONGEST_EXPIRY_NS:
                return Answer(refused="expiry_too_far")
        self._command, self._events = command, []
        first = self.last_sequence + 1
        used = getattr(self, "_" + command["kind"])(command) or ()
        if "command_id" in command:
            until_ns = command.get("expires_at_ns", stamp_ns + REMEMBERED_WITHOUT_EXPIRY_NS)
            self._commands[command["command_id"]] = _Remembered(until_ns, first, self.last_sequence)
            self._used_until_ns.update(dict.fromkeys(used, until_ns))
        return Answer(self._events)

    def _emit(self, kind: str, **data: Any) -> None:
        """Write an event. A member that is None is left out, as is the command_id of a tick."""
        if data.get("command_id") is THE_COMMANDS:
            data["command_id"] = self._command.get("command_id")
        self.last_sequence += 1
        event: Json = {
            "sequence": self.last_sequence,
            "time_ns": self.last_stamp_ns,
            "kind": kind,
            "data": {name: value for name, value in data.items() if value is not None},
        }
        if "trace" in self._command:
            event["trace"] = self._command["trace"]
        self._events.append(event)

    # --- Orders -----------------------------------------------------------------------------------

    def _place(self, command: Json) -> Iterable[str]:
        return self._take_in(OpenOrder.of(command["order"], self.last_stamp_ns))

    def _place_pair(self, command: Json) -> Iterable[str]:
        return self._take_in(
            OpenOrder.of(command["limit_order"], self.last_stamp_ns),
            OpenOrder.of(command["stop_order"], self.last_stamp_ns, leg=1),
        )

    def _take_in(self, *orders: OpenOrder) -> Iterable[str]:
        """Accept an order or a pair, or reject it whole; answers the ids that are used now."""
        reason = self._rejection(orders)
        if reason is not None:
            for order in orders:
                self._emit(
                    "order_rejected",
                    command_id=THE_COMMANDS,
                    order_id=order.order_id,
                    account_id=order.account_id,
                    symbol=order.symbol,
                    reason=reason,
                )
            return ()
        ids = [order.order_id for order in orders]
        partners = reversed(ids) if len(ids) == 2 else [None]
        for members, partner in zip(self._sent_orders(), partners, strict=True):
            accepted = {name: members.get(name) for name in ORDER_MEMBERS}
            if accepted["self_trade_prevention"] == "none":
                accepted["self_trade_prevention"] = None
            self._emit(
                "order_accepted",
                command_id=THE_COMMANDS,
                **accepted,
                oco_order_id=partner,
                terms=members["terms"],
            )
        self.books[orders[0].symbol].place(*orders)
        return ids

    def _rejection(self, orders: tuple[OpenOrder, ...]) -> str | None:
        """The first reason of D4 that holds."""
        first = orders[0]
        book = self.books.get(first.symbol)
        if book is None:
            return "unknown_symbol"
        if any(self._is_used(order.order_id) for order in orders):
            return "duplicate_order_id"
        if book.is_halted:
            return "symbol_halted"
        if any(
            order.expire_at_ns is not None and order.expire_at_ns <= self.last_stamp_ns
            for order in orders
        ):
            return "already_expired"
        if len(self._open_orders()) + len(orders) > self.limits["open_orders"]:
            return "too_many_open_orders"
        of_account = len(self._open_orders(account_id=first.account_id))
        if of_account + len(orders) > self.limits["open_orders_per_account"]:
            return "too_many_open_orders_of_account"
        for order in orders:
            if not order.is_trailing:
                continue
            if book.last_trade_ticks is None:
                return "no_reference_price"
            if not self._trail_fits(order, book.last_trade_ticks, {}):
                return "stop_out_of_range"
            if book.trailing_stops >= self.limits["trailing_stops_per_symbol"]:
                return "too_many_trailing_stops"
        if self._post_only_fails(book, first, first.limit_price_ticks):
            return "would_trade"
        return None

    @staticmethod
    def _trail_fits(order: OpenOrder, mark_ticks: int, command: Json) -> bool:
        """G5: whether a trailing stop stands at a price, with its trail or with a command's."""
        trail = (
            command.get("trail_ticks", order.trail_ticks),
            command.get("trail_basis_points", order.trail_basis_points),
        )
        return 1 <= order.trailed_ticks(mark_ticks, *trail) <= HIGHEST_TICKS

    @staticmethod
    def _post_only_fails(book: OrderBook, order: OpenOrder, limit_price_ticks: int) -> bool:
        return (
            order.post_only is not None
            and book.post_only_price_ticks(order, limit_price_ticks) is None
        )

    def _is_used(self, order_id: str) -> bool:
        return (
            self._used_until_ns.get(order_id, 0) >= self.last_stamp_ns
            or self._find(order_id) is not None
        )

    # --- Cancel and replace (C) -------------------------------------------------------------------

    def _cancel(self, command: Json) -> None:
        order = self._find(command["order_id"])
        reason = self._not_mine(order, command)
        if reason is not None:
            self._emit(
                "cancel_rejected",
                command_id=THE_COMMANDS,
                order_id=command["order_id"],
                account_id=command["account_id"],
                reason=reason,
            )
            return
        assert order is not None
        self.books[order.symbol].cancel(order, "requested")

    def _cancel_all(self, command: Json) -> None:
        account_id: str | None = command.get("account_id")
        symbol: str | None = command.get("symbol")
        if symbol is not None and symbol not in self.books:
            self._reject_symbol(command, "unknown_symbol")
            return
        if symbol is not None and account_id is None:
            orders = self.books[symbol].in_book_order()
        else:
            orders = self._open_orders(account_id, symbol)
            orders.sort(key=lambda order: order.accepted)
        before = len(self._events)
        for order in orders:
            if order.is_open:  # not gone with its partner
                self.books[order.symbol].cancel(order, "requested")
        self._emit(
            "all_cancelled",
            command_id=THE_COMMANDS,
            account_id=account_id,
            symbol=symbol,
            cancelled_orders=len(self._events) - before,
        )

    def _replace(self, command: Json) -> Iterable[str]:
        order = self._find(command["order_id"])
        reason = self._replace_rejection(order, command)
        if reason is not None:
            self._emit(
                "replace_rejected",
                command_id=THE_COMMANDS,
                order_id=command["order_id"],
                new_order_id=command["new_order_id"],
                account_id=command["account_id"],
                reason=reason,
            )
            return ()
        assert order is not None
        book = self.books[order.symbol]
        if self._keeps_place(order, command):
            self._change(order, command, keeps_priority=True)
        else:
            book.requeue(order, lambda: self._change(order, command, keeps_priority=False))
        return (command["new_order_id"],)

    def _replace_rejection(self, order: OpenOrder | None, command: Json) -> str | None:
        """The first reason of C3 that holds."""
        reason = self._not_mine(order, command)
        if reason is not None:
            return reason
        assert order is not None
        if self._is_used(command["new_order_id"]):
            return "duplicate_order_id"
        book = self.books[order.symbol]
        if book.is_halted:
            return "symbol_halted"
        for name in ("stop_price_ticks", "trail_ticks", "trail_basis_points"):
            if name in command and getattr(order, name) is None:
                return "not_applicable"
        if order.is_trailing and not self._trail_fits(order, order.mark_ticks, command):
            return "stop_out_of_range"
        quantity_lots = command.get("quantity_lots", order.quantity_lots)
        if quantity_lots <= order.used_lots:
            return "quantity_filled"
        if order.display_lots is not None and quantity_lots > MOST_SHOWINGS * order.display_lots:
            return "display_too_small"
        if order.partner is not None and quantity_lots != order.quantity_lots:
            return "oco_quantity"
        limit_price_ticks = command.get("limit_price_ticks", order.limit_price_ticks)
        if self._post_only_fails(book, order, limit_price_ticks):
            return "would_trade"
        return None

    @staticmethod
    def _keeps_place(order: OpenOrder, command: Json) -> bool:
        """C4."""
        stays = all(
            command.get(name, getattr(order, name)) == getattr(order, name)
            for name in (
                "limit_price_ticks",
                "stop_price_ticks",
                "trail_ticks",
                "trail_basis_points",
            )
        )
        return stays and command.get("quantity_lots", 0) <= order.quantity_lots

    def _change(self, order: OpenOrder, command: Json, *, keeps_priority: bool) -> None:
        """Give an order its new id and values, and say so."""
        old_order_id = order.order_id
        self.books[order.symbol].rename(order, command["new_order_id"])
        fewer_lots = order.quantity_lots - command.get("quantity_lots", order.quantity_lots)
        order.quantity_lots -= fewer_lots
        order.lose(fewer_lots)
        for name in ("limit_price_ticks", "stop_price_ticks", "trail_ticks", "trail_basis_points"):
            setattr(order, name, command.get(name, getattr(order, name)))
        self._emit(
            "order_replaced",
            command_id=THE_COMMANDS,
            order_id=old_order_id,
            new_order_id=order.order_id,
            account_id=order.account_id,
            symbol=order.symbol,
            client_order_id=command.get("client_order_id"),
            limit_price_ticks=order.limit_price_ticks,
            quantity_lots=order.quantity_lots,
            remaining_lots=order.remaining_lots,
            stop_price_ticks=order.stop_price_ticks,
            trail_ticks=order.trail_ticks,
            trail_basis_points=order.trail_basis_points,
            keeps_priority=keeps_priority,
            terms=command.get("terms"),
        )

    @staticmethod
    def _not_mine(order: OpenOrder | None, command: Json) -> str | None:
        if order is None:
            return "order_not_open"
        return None if order.account_id == command["account_id"] else "not_owner"

    # --- Symbols and phases (H) -------------------------------------------------------------------

    def _list_symbol(self, command: Json) -> None:
        symbol = command["symbol"]
        if symbol in self.books:
            self._reject_symbol(command, "already_listed")
        elif len(self.books) >= self.limits["symbols"]:
            self._reject_symbol(command, "too_many_symbols")
        else:
            self.books[symbol] = OrderBook(symbol, self._emit)
            self._pass_on_limits()
            self._emit("symbol_listed", command_id=THE_COMMANDS, symbol=symbol)

    def _halt_symbol(self, command: Json) -> None:
        self._change_phase(command, halt=True)

    def _resume_symbol(self, command: Json) -> None:
        self._change_phase(command, halt=False)

    def _change_phase(self, command: Json, *, halt: bool) -> None:
        book = self.books.get(command["symbol"])
        if book is None:
            self._reject_symbol(command, "unknown_symbol")
        elif book.is_halted == halt:
            self._reject_symbol(command, "already_halted" if halt else "not_halted")
        else:
            book.is_halted = halt
            phase = "halted" if halt else "continuous"
            self._emit("phase_changed", command_id=THE_COMMANDS, symbol=book.symbol, phase=phase)

    def _reject_symbol(self, command: Json, reason: str) -> None:
        self._emit(
            "symbol_rejected", command_id=THE_COMMANDS, symbol=command["symbol"], reason=reason
        )

    # --- Expiry (E) and limits (D5) ---------------------------------------------------------------

    def _end_session(self, command: Json) -> None:
        expired = 0
        for book in self.books.values():
            for order in book.in_book_order():
                accepted_ns, _ = order.accepted
                if (
                    order.is_open
                    and order.time_in_force == "day"
                    and accepted_ns < command["ends_at_ns"]
                ):
                    book.expire(order)
                    expired += 1
        self._emit(
            "session_ended",
            command_id=THE_COMMANDS,
            session=command["session"],
            expired_orders=expired,
        )

    def _tick(self, command: Json) -> None:
        due = [
            (order.expire_at_ns, order.accepted, order)
            for order in self._open_orders()
            if order.expire_at_ns is not None and order.expire_at_ns <= self.last_stamp_ns
        ]
        for _, _, order in sorted(due, key=lambda entry: entry[:2]):
            if order.is_open:
                self.books[order.symbol].expire(order)
        self._emit("tick")

    def _set_limits(self, command: Json) -> None:
        self.limits = {name: command[name] for name in self.limits}
        self._pass_on_limits()
        self._emit("limits_changed", **self.limits)

    def _pass_on_limits(self) -> None:
        for book in self.books.values():
            book.levels_per_side = self.limits["levels_per_side"]
            book.trades_per_order = self.limits["trades_per_order"]

    # --- Looking up -------------------------------------------------------------------------------

    def _find(self, order_id: str) -> OpenOrder | None:
        for book in self.books.values():
            if order_id in book.open_orders:
                return book.open_orders[order_id]
        return None

    def _open_orders(
        self, account_id: str | None = None, symbol: str | None = None
    ) -> list[OpenOrder]:
        return [
            order
            for book in self.books.values()
            if symbol is None or symbol == book.symbol
            for order in book.open_orders.values()
            if account_id is None or account_id == order.account_id
        ]

    def _sent_orders(self) -> list[Json]:
        names = ("order",) if self._command["kind"] == "place" else ("limit_order", "stop_order")
        return [self._command[name] for name in names]
