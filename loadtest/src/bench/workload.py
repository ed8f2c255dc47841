"""What the clients of a benchmark ask for: a fixed mix of kinds, drawn from a seed. Pure.

60 % limit orders, 10 % market orders, 20 % cancels, 10 % reads. About a quarter of the limit orders
cross the spread, so that as many orders come into the book as leave it and the load stays the same
however long it lasts.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bench.connection import Request

MID_PRICE_TICKS = 100_000
TICKS_PER_UNIT = 10
_CROSSING_SHARE = 0.25
_DEEPEST_TICKS = 50
_REMEMBERED_ORDERS = 200


class Kind(StrEnum):
    LIMIT = "limit"
    MARKET = "market"
    CANCEL = "cancel"
    READ = "read"

    @property
    def is_order(self) -> bool:
        return self in (Kind.LIMIT, Kind.MARKET)


_CUMULATIVE = ((Kind.LIMIT, 0.60), (Kind.MARKET, 0.70), (Kind.CANCEL, 0.90), (Kind.READ, 1.0))


@dataclass(slots=True)
class Client:
    """One client's draw of requests. A cancel without an order to cancel becomes a limit order."""

    name: str
    symbols: Sequence[str]
    chance: random.Random
    _count: int = 0
    _open: list[str] = field(default_factory=list)

    def next_request(self) -> tuple[Kind, Request]:
        draw = self.chance.random()
        kind = next(kind for kind, limit in _CUMULATIVE if draw < limit)
        if kind is Kind.CANCEL and self._open:
            return kind, Request("DELETE", f"/v2/orders/{self._take_open()}")
        if kind is Kind.READ:
            return kind, self._read()
        if kind is Kind.MARKET:
            return kind, self._place({"type": "market", "time_in_force": "ioc"}, self._side())
        return Kind.LIMIT, self._limit()

    def placed(self, order_id: str, status: str) -> None:
        """Tell the client what became of its order: it cancels only what may still be open."""
        if status in ("new", "partially_filled", "pending_new", "accepted"):
            self._open.append(order_id)
            if len(self._open) > _REMEMBERED_ORDERS:
                del self._open[0]

    def resting(self, distance_ticks: int, side: str) -> Request:
        """A limit order so far from the middle, on its own side of it: what a book is seeded with."""
        sign = -1 if side == "buy" else 1
        return self._limit_at(MID_PRICE_TICKS + sign * distance_ticks, side)

    def _limit(self) -> Request:
        side = self._side()
        sign = -1 if side == "buy" else 1
        if self.chance.random() < _CROSSING_SHARE:
            sign = -sign
            distance_ticks = self.chance.randint(5, 10)
        else:
            distance_ticks = self.chance.randint(1, _DEEPEST_TICKS)
        return self._limit_at(MID_PRICE_TICKS + sign * distance_ticks, side)

    def _limit_at(self, price_ticks: int, side: str) -> Request:
        whole, tenths = divmod(price_ticks, TICKS_PER_UNIT)
        price = {"limit_price": f"{whole}.{tenths}"}
        return self._place({"type": "limit", "time_in_force": "gtc"} | price, side)

    def _place(self, terms: dict[str, str], side: str) -> Request:
        self._count += 1
        body = {
            "symbol": self.chance.choice(self.symbols),
            "side": side,
            "qty": str(self.chance.randint(1, 5)),
            "client_order_id": f"{self.name}-{self._count}",
        }
        return Request("POST", "/v2/orders", json.dumps(body | terms).encode())

    def _read(self) -> Request:
        paths = ["/v2/account", "/v2/positions"]
        paths.append(f"/v2/stocks/{self.chance.choice(self.symbols)}/quotes/latest")
        paths.append(f"/v2/orders/{self._open[-1]}" if self._open else "/v2/orders?limit=10")
        return Request("GET", self.chance.choice(paths))

    def _side(self) -> str:
        return self.chance.choice(("buy", "sell"))

    def _take_open(self) -> str:
        return self._open.pop(self.chance.randrange(len(self._open)))
