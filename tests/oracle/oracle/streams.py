"""Command streams out of bytes, so that the fuzzers of two languages share what they find.

The form is specified in tests/oracle/README.md; `internal/differential` of the matching engine reads
it alike. Any bytes are a stream, and no stream holds a command that the engine would call malformed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from oracle.orders import Json

START_NS = 1_790_000_000_000_000_000
STEP_NS = 1_000  # stamps lie this far apart at least: room for the ticks of E2 between them
SECOND_NS = 10**9
MINUTE_NS = 60 * SECOND_NS
HOUR_NS = 60 * MINUTE_NS
HIGHEST = 10**15  # the contract's largest price
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

# A letter or an entry is chosen as often as it stands in its table.
KINDS = "p" * 110 + "r" * 40 + "o" * 14 + "c" * 12 + "u" * 10 + "i" * 8 + "t" + "aahels"
JUMPS_NS = (SECOND_NS, 10 * SECOND_NS, 30 * SECOND_NS, MINUTE_NS)
# Around which price, how far prices lie apart, and how many lots all quantities are multiples of.
BASES = (
    (100, 1, 1),
    (3, 1, 1),
    (5_000, 1, 1),
    (HIGHEST - 4, 1, 1),
    (10**12, 77_777_777_777, 1),
    (100, 1, 7 * 10**13),
)
LIMITS = (
    (1_000, 1_000, 1_000, 3, 1_000, 1_000),
    (1_000, 1_000, 12, 3, 20, 4),
    (60, 20, 6, 3, 3, 1_000),
    (12, 30, 3, 2, 2, 2),
    (1_000, 12, 1_000, 3, 1, 1_000),
)
LIMIT_NAMES = (
    "open_orders",
    "open_orders_per_account",
    "levels_per_side",
    "symbols",
    "trailing_stops_per_symbol",
    "trades_per_order",
)
SYMBOLS = "AAAAAAAAAABBBBBC"
SIDES = ("buy", "sell")
OTHER_SIDE = {"buy": "sell", "sell": "buy"}
TYPES = (
    *("limit",) * 18,
    *("market",) * 2,
    *("stop",) * 3,
    *("stop_limit",) * 3,
    *("trailing_stop",) * 2,
)
STOP_TYPES = ("stop", "stop_limit", "trailing_stop")
FEATURES = "-----------ddddmbpq"  # none, display, minimum, both, post-only: reject, reprice
TIMES_IN_FORCE = {
    "limit": (*("gtc",) * 5, *("day",) * 3, "gtd", "ioc", "fok"),
    "market": ("ioc", "day", "fok", "gtc"),
    "stop": ("gtc", "day", "gtd"),
    "stop_limit": ("gtc", "day", "gtd"),
    "trailing_stop": ("gtc", "day", "gtd"),
}
TRAIL_BASIS_POINTS = (100, 1, 500, 2_500, 9_999)
LIVES_NS = (
    100 * SECOND_NS,
    20 * SECOND_NS,
    5 * SECOND_NS,
    300 * STEP_NS,
    9 * STEP_NS,
    9 * STEP_NS + 1,
    1,
    0,
)
SELF_TRADE = (
    *("",) * 2,  # left out, which means none
    "none",
    "cancel_newest",
    "cancel_oldest",
    "cancel_both",
    *("decrement",) * 2,
)
CHANGES = ("q", "l", "ql", "s", "sl", "t", "b", "x", "n", "qs", "q", "l", "qlnx", "qt")
LARGE_UNITS = {30: 1_001, 31: 4_001}  # more than a display of one, and of four, may have
COMMON_MEMBERS = ("command_id", "kind", "expires_at_ns", "trace")
RECENT = 12


@dataclass(slots=True)
class _Sent:
    """An order that was sent, by the id by which it goes now."""

    number: int
    account_id: str
    side: str


class Stream:
    """Reads a stream's bytes and gives its commands, each with its stamp."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0
        self._stamp_ns = START_NS
        self._base_ticks, self._apart_ticks, self._unit_lots = 0, 0, 0
        self._sent: list[Json] = []
        self._stamps_ns: list[int] = []  # of the commands sent
        self._order_ids = 0  # how many were made up
        self._orders: list[_Sent] = []  # those that may stay open

    @property
    def position(self) -> int:
        """How many bytes were read: so much of the stream ends with the command given last."""
        return min(self._at, len(self._content))

    def __iter__(self) -> Iterator[tuple[Json, int]]:
        base = BASES[self._pick(len(BASES))]
        self._base_ticks, self._apart_ticks, self._unit_lots = base
        yield self._send(self._set_limits())
        for symbol in "AB":
            yield self._send(self._command("list_symbol", symbol=symbol))
        while self._at < len(self._content):
            kind = KINDS[self._pick(len(KINDS))]
            pace = self._pick(128)
            self._stamp_ns += STEP_NS * pace if pace < 124 else JUMPS_NS[pace - 124]
            yield self._send(self._choose(kind))

    def _send(self, command: Json) -> tuple[Json, int]:
        self._sent.append(command)
        self._stamps_ns.append(self._stamp_ns)
        sent = command, self._stamp_ns
        self._stamp_ns += STEP_NS
        return sent

    # --- Bytes ------------------------------------------------------------------------------------

    def _pick(self, choices: int) -> int:
        """The next byte's choice; past the end, the first."""
        byte = self._content[self._at] if self._at < len(self._content) else 0
        self._at += 1
        return byte % choices

    def _price(self, side: str) -> int:
        """A price around the base: the sides overlap by a half, so that books have depth."""
        steps = self._pick(12) - (7 if side == "buy" else 4)
        return min(max(self._base_ticks + steps * self._apart_ticks, 1), HIGHEST)

    def _lots(self, units: int) -> int:
        return min(units * self._unit_lots, HIGHEST)

    def _trail_ticks(self) -> int:
        return (1 + self._pick(6)) * self._apart_ticks

    def _account(self) -> str:
        return _uuid("a", 1 + self._pick(4))

    def _expiry(self) -> int:
        choice = self._pick(96)
        ahead_ns = {0: -1, 1: HOUR_NS + 1, 2: HOUR_NS, 3: 0}.get(choice, 5 * SECOND_NS)
        return self._stamp_ns + ahead_ns

    def _recent(self) -> _Sent:
        """One of the last orders; before the first of them, one of nobody."""
        back = 1 + self._pick(RECENT)
        return self._orders[-back] if back <= len(self._orders) else _Sent(0, _uuid("a", 1), "buy")

    def _order_id(self) -> int:
        """The number of a new order id, or now and then of one that an order had or has."""
        if self._pick(12) == 0:
            return self._recent().number
        self._order_ids += 1
        return self._order_ids

    # --- Commands ---------------------------------------------------------------------------------

    def _command(self, kind: str, **members: Any) -> Json:
        number = len(self._sent) + 1
        command: Json = {"command_id": _uuid("c", number), "kind": kind}
        if "expires_at_ns" in members:
            command["expires_at_ns"] = members.pop("expires_at_ns")
        if number % 16 == 0:
            command["trace"] = TRACE
        return command | members

    def _choose(self, letter: str) -> Json:
        match letter:
            case "p":
                return self._place()
            case "o":
                return self._place_pair()
            case "r":
                return self._replace()
            case "c":
                return self._command("cancel", **self._whose(self._recent()))
            case "a":
                return self._cancel_all()
            case "i":
                return self._repeat()
            case "l" | "h" | "u":
                kind = {"l": "list_symbol", "h": "halt_symbol", "u": "resume_symbol"}[letter]
                return self._command(kind, symbol=SYMBOLS[self._pick(len(SYMBOLS))])
            case "e":
                at = max(len(self._stamps_ns) - 1 - self._pick(4 * RECENT), 0)
                ends_at_ns = self._stamps_ns[at] + self._pick(2)
                return self._command("end_session", session="2026-11-22", ends_at_ns=ends_at_ns)
            case "s":
                return self._set_limits()
            case _:
                return {"kind": "tick"}

    def _set_limits(self) -> Json:
        limits = LIMITS[self._pick(len(LIMITS))]
        return {"kind": "set_limits", **dict(zip(LIMIT_NAMES, limits, strict=True))}

    def _place(self) -> Json:
        expires_at_ns = self._expiry()
        symbol = SYMBOLS[self._pick(len(SYMBOLS))]
        account_id = self._account()
        side = SIDES[self._pick(2)]
        order_type = TYPES[self._pick(len(TYPES))]
        times_in_force = TIMES_IN_FORCE[order_type]
        time_in_force = times_in_force[self._pick(len(times_in_force))]
        units = 1 + self._pick(12)
        order = self._order(symbol, account_id, side, order_type, time_in_force, units)
        self._add_feature(order, units)
        if time_in_force == "gtd":
            order["expire_at_ns"] = self._life()
        return self._command("place", expires_at_ns=expires_at_ns, order=self._finish(order))

    def _place_pair(self) -> Json:
        expires_at_ns = self._expiry()
        symbol = SYMBOLS[self._pick(len(SYMBOLS))]
        account_id = self._account()
        side = SIDES[self._pick(2)]
        stop_type = STOP_TYPES[self._pick(len(STOP_TYPES))]
        time_in_force = TIMES_IN_FORCE["stop"][self._pick(3)]
        units = 1 + self._pick(12)
        limit = self._order(symbol, account_id, side, "limit", time_in_force, units)
        stop = self._order(symbol, account_id, side, stop_type, time_in_force, units)
        if stop["order_id"] == limit["order_id"]:
            stop["order_id"] = _uuid("e", 0)  # two legs with one id would be malformed
        if time_in_force == "gtd":
            limit["expire_at_ns"] = stop["expire_at_ns"] = self._life()
        return self._command(
            "place_pair",
            expires_at_ns=expires_at_ns,
            limit_order=self._finish(limit),
            stop_order=self._finish(stop),
        )

    def _order(
        self,
        symbol: str,
        account_id: str,
        side: str,
        order_type: str,
        time_in_force: str,
        units: int,
    ) -> Json:
        number = self._order_id()
        if order_type != "market" and time_in_force not in ("ioc", "fok"):
            self._orders.append(_Sent(number, account_id, side))
        order: Json = {
            "order_id": _uuid("d", number),
            "account_id": account_id,
            "client_order_id": f"k{len(self._sent) + 1}",
            "symbol": symbol,
            "side": side,
            "order_type": order_type,
            "time_in_force": time_in_force,
            "limit_price_ticks": self._price(side),
            "quantity_lots": self._lots(units),
        }
        if order_type in ("stop", "stop_limit"):
            order["stop_price_ticks"] = self._price(OTHER_SIDE[side])
        if order_type == "trailing_stop":
            if self._pick(2) == 0:
                order["trail_ticks"] = self._trail_ticks()
            else:
                basis_points = TRAIL_BASIS_POINTS[self._pick(len(TRAIL_BASIS_POINTS))]
                order["trail_basis_points"] = basis_points
        return order

    def _add_feature(self, order: Json, units: int) -> None:
        """What only some orders may have; a choice that this one may not have is none."""
        feature = FEATURES[self._pick(len(FEATURES))]
        rests = order["time_in_force"] in ("day", "gtc", "gtd")
        is_limit, is_stop_limit = (order["order_type"] == t for t in ("limit", "stop_limit"))
        if feature in "db" and rests and (is_limit or is_stop_limit):
            order["display_lots"] = self._lots(1 + self._pick(min(units, 4)))
        if (
            feature in "mb"
            and order["time_in_force"] != "fok"
            and (is_limit or is_stop_limit or order["order_type"] == "market")
        ):
            order["minimum_lots"] = self._lots(1 + self._pick(units))
        if feature in "pq" and rests and is_limit:
            order["post_only"] = "reject" if feature == "p" else "reprice"

    def _life(self) -> int:
        return self._stamp_ns + LIVES_NS[self._pick(len(LIVES_NS))]

    def _finish(self, order: Json) -> Json:
        mode = SELF_TRADE[self._pick(len(SELF_TRADE))]
        if mode:
            order["self_trade_prevention"] = mode
        order["terms"] = {"n": len(self._sent) + 1}
        return order

    def _whose(self, sent: _Sent) -> Json:
        """An order with its account, or now and then with any."""
        account_id = sent.account_id
        if self._pick(16) == 0:
            account_id = self._account()
        return {"order_id": _uuid("d", sent.number), "account_id": account_id}

    def _replace(self) -> Json:
        expires_at_ns = self._expiry()
        sent = self._recent()
        members = self._whose(sent)
        number = self._order_id()
        members["new_order_id"] = _uuid("d", number)
        for letter in CHANGES[self._pick(len(CHANGES))]:
            match letter:
                case "n":
                    members["client_order_id"] = f"r{len(self._sent) + 1}"
                case "q":
                    choice = self._pick(32)
                    units = LARGE_UNITS.get(choice, 1 + choice % 14)
                    members["quantity_lots"] = self._lots(units)
                case "l":
                    members["limit_price_ticks"] = self._price(sent.side)
                case "s":
                    members["stop_price_ticks"] = self._price(OTHER_SIDE[sent.side])
                case "t":
                    members["trail_ticks"] = self._trail_ticks()
                case "b":
                    basis_points = TRAIL_BASIS_POINTS[self._pick(len(TRAIL_BASIS_POINTS))]
                    members["trail_basis_points"] = basis_points
                case _:
                    members["terms"] = {"n": len(self._sent) + 1}
        if self._pick(8) != 0:
            sent.number = number  # later commands mean the order by its new id
        return self._command("replace", expires_at_ns=expires_at_ns, **members)

    def _cancel_all(self) -> Json:
        scope, members = self._pick(3), {}
        if scope != 1:
            members["account_id"] = self._account()
        if scope != 0:
            members["symbol"] = SYMBOLS[self._pick(len(SYMBOLS))]
        return self._command("cancel_all", **members)

    def _repeat(self) -> Json:
        """One of the last commands again; a tick instead where that is the engine's own.

        Some come at the last moment at which the first is remembered, some under another id then.
        """
        at = max(len(self._sent) - 1 - self._pick(RECENT), 0)
        command = self._sent[at]
        if "command_id" not in command:
            return {"kind": "tick"}
        way = self._pick(3)
        if way == 0:
            return command
        until_ns = command.get("expires_at_ns", self._stamps_ns[at] + MINUTE_NS)
        if self._stamp_ns < until_ns <= self._stamp_ns + MINUTE_NS:
            self._stamp_ns = until_ns
        if way == 1:
            return command
        members = {name: command[name] for name in command if name not in COMMON_MEMBERS}
        if "expires_at_ns" in command:
            members = {"expires_at_ns": self._expiry(), **members}
        return self._command(command["kind"], **members)


def _uuid(letter: str, number: int) -> str:
    return f"{letter}0000000-0000-4000-8000-{number:012x}"
