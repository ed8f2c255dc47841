"""Who owns and holds what, reckoned from scratch out of orders and fills, in fractions. Settlement is held against it.

It keeps no balances and no running totals: everything is summed up anew whenever it is asked for.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

CASH = "USD"
CASH_STEPS = 10**8
STEP = Fraction(1, CASH_STEPS)

Fill = tuple[Fraction, Fraction, Fraction]
"""Price, quantity, fee rate."""


@dataclass
class Known:
    """An order as its owner would keep it on paper."""

    id: str
    account_id: str
    symbol: str
    side: str
    price: Fraction
    """The worst that it may trade at."""
    qty: Fraction
    maker_rate: Fraction
    taker_rate: Fraction
    open: bool = True
    fills: list[Fill] = field(default_factory=list)
    before: list[Fill] = field(default_factory=list)
    """Fills of the orders in whose place it stands."""
    lost: Fraction = Fraction()
    extra: Fraction | None = None
    """While it waits to take another's place: what is held for it beside that one's hold."""
    entry: "Known | None" = None
    """Of an exit that waits."""
    carries: bool = False
    """Of the exits of an entry, the one that holds what was bought."""
    exits: list["Known"] = field(default_factory=list)
    partner: "Known | None" = None
    is_limit_leg: bool = False

    @property
    def filled(self) -> Fraction:
        return sum((qty for _, qty, _ in self.before + self.fills), Fraction())

    @property
    def rest(self) -> Fraction:
        return self.qty - self.filled - self.lost

    @property
    def worst(self) -> Fraction:
        return self.price * (1 + max(self.maker_rate, self.taker_rate))

    @property
    def spent(self) -> Fraction:
        return _value(self.before + self.fills, 1)

    def cash(self) -> Fraction:
        """What its own fills cost or brought in: rounded once over the chain, against the customer."""
        if not self.fills:
            return Fraction()
        sign = 1 if self.side == "buy" else -1
        together = _value(self.before + self.fills, sign)
        earlier = _value(self.before, sign)
        if self.side == "buy":
            return -(_up(together) - _up(earlier))
        return _down(together) - _down(earlier)

    def held(self) -> Fraction:
        if not self.open:
            return Fraction()
        if self.extra is not None:
            return self.extra
        if self.entry is not None:
            return self.entry.filled if self.carries else Fraction()
        partner = self.partner
        if partner is not None and partner.open:
            return self._held_together(partner) if self.is_limit_leg else Fraction()
        if partner is not None and not self.is_limit_leg and partner.rest == 0:
            return Fraction()  # the other leg has just filled what both were for
        if self.side == "sell":
            return self.rest
        return _up(self.spent + self.rest * self.worst) - _up(self.spent)

    def _held_together(self, partner: "Known") -> Fraction:
        if self.side == "sell" or self.rest == 0:
            return self.rest
        worst = self.rest * max(self.worst, partner.worst)
        return _up(self.spent + worst) - _up(self.spent) + STEP

    def extra_for(self, qty: Fraction, price: Fraction) -> Fraction:
        """What another order in its place, of a total of `qty` at `price`, needs beside its hold at the worst moment:
        tried out for every part that may fill until then."""
        if self.side == "sell":
            return max(Fraction(), qty - self.qty)
        rate = 1 + max(self.maker_rate, self.taker_rate)
        new, old = price * rate, self.worst
        if self.partner is not None and self.partner.open:
            new, old = max(new, self.partner.worst), max(old, self.partner.worst)
        rests = [self.rest * Fraction(part, 16) for part in range(17)]
        return _up(max(Fraction(), *((qty - self.qty + r) * new - r * old for r in rests)))


class PlainLedger:
    """One ledger of several accounts and symbols with the same tick and lot."""

    def __init__(
        self, tick: Fraction, lot: Fraction, owned: dict[tuple[str, str], Fraction]
    ) -> None:
        self.tick = tick
        self.lot = lot
        self.at_first = owned
        self.orders: dict[str, Known] = {}

    # --- What is stored -------------------------------------------------------------------------------

    def placed(self, order: dict[str, Any]) -> Known:
        """An order as a command has it."""
        terms = order["terms"]
        known = Known(
            order["order_id"],
            order["account_id"],
            order["symbol"],
            order["side"],
            order["limit_price_ticks"] * self.tick,
            order["quantity_lots"] * self.lot,
            Fraction(terms["maker_fee_rate"]),
            Fraction(terms["taker_fee_rate"]),
        )
        self.orders[known.id] = known
        for number, told in enumerate(terms.get("exits", ())):
            waiting = Known(
                told["order_id"],
                known.account_id,
                known.symbol,
                "sell" if known.side == "buy" else "buy",
                Fraction(told["engine_price"]),
                known.qty,
                known.maker_rate,
                known.taker_rate,
                entry=known,
                carries=number == 0,
                is_limit_leg=told["exit"] == "take_profit",
            )
            known.exits.append(waiting)
            self.orders[waiting.id] = waiting
        if len(known.exits) == 2:
            pair(*known.exits)
        return known

    def placed_pair(self, command: dict[str, Any]) -> None:
        pair(self.placed(command["limit_order"]), self.placed(command["stop_order"]))

    def asked_to_replace(self, old_id: str, new_id: str, qty: Fraction, price: Fraction) -> None:
        old = self.orders[old_id]
        self.orders[new_id] = Known(
            new_id,
            old.account_id,
            old.symbol,
            old.side,
            price,
            qty,
            old.maker_rate,
            old.taker_rate,
            extra=old.extra_for(qty, price),
        )

    def never_happened(self, order_id: str) -> None:
        self._ended(self.orders[order_id])

    # --- What the log says ----------------------------------------------------------------------------

    def see(self, event: Any) -> None:
        data = event.data
        match event.kind:
            case "order_accepted":
                known = self.orders.get(data["order_id"]) or self.placed(data)
                other = self.orders.get(data.get("oco_order_id", ""))
                if other is not None and known.partner is None:
                    limit, stop = (
                        (known, other) if data["order_type"] == "limit" else (other, known)
                    )
                    pair(limit, stop)
            case "order_repriced":
                self.orders[data["order_id"]].price = data["limit_price_ticks"] * self.tick
            case "trade":
                self._trade(data)
            case "order_reduced":
                self.orders[data["order_id"]].lost += data["reduced_lots"] * self.lot
            case "order_cancelled" | "order_expired":
                self._ended(self.orders[data["order_id"]])
            case "order_rejected" if data["order_id"] in self.orders:
                self._ended(self.orders[data["order_id"]])
            case "replace_rejected" if data["new_order_id"] in self.orders:
                self.orders[data["new_order_id"]].open = False
            case "order_replaced":
                self._replaced(data)

    def _trade(self, data: dict[str, Any]) -> None:
        price, qty = data["price_ticks"] * self.tick, data["quantity_lots"] * self.lot
        for role in ("maker", "taker"):
            order = self.orders[data[f"{role}_order_id"]]
            rate = order.taker_rate if role == "taker" else order.maker_rate
            order.fills.append((price, qty, rate))
            if order.rest == 0:
                order.open = False
                for each in order.exits:
                    each.entry, each.qty = None, order.filled

    def _replaced(self, data: dict[str, Any]) -> None:
        old = self.orders[data["order_id"]]
        new_id = data["new_order_id"]
        if new_id not in self.orders:
            self.asked_to_replace(old.id, new_id, old.qty, old.price)
        new = self.orders[new_id]
        new.extra = None
        new.qty = data["quantity_lots"] * self.lot
        new.price = data["limit_price_ticks"] * self.tick
        new.before = old.before + old.fills
        new.lost = old.lost
        old.open = False
        new.exits, old.exits = old.exits, []
        for each in new.exits:
            each.entry = new
        if old.partner is not None:
            new.is_limit_leg = old.is_limit_leg
            new.partner, old.partner = old.partner, None
            new.partner.partner = new

    def _ended(self, order: Known) -> None:
        order.open = False
        for each in order.exits:
            if each.entry is not None:
                each.open = False

    # --- What follows -----------------------------------------------------------------------------------

    def owned(self, account_id: str, asset: str) -> tuple[Fraction, Fraction]:
        """Total and held."""
        own = [each for each in self.orders.values() if each.account_id == account_id]
        total = self.at_first[(account_id, asset)]
        if asset == CASH:
            total += sum(each.cash() for each in own)
            return total, sum((e.held() for e in own if e.side == "buy"), Fraction())
        own = [each for each in own if each.symbol == asset]
        for each in own:
            bought = sum((qty for _, qty, _ in each.fills), Fraction())
            total += bought if each.side == "buy" else -bought
        return total, sum((e.held() for e in own if e.side == "sell"), Fraction())


def pair(limit: Known, stop: Known) -> None:
    limit.partner, stop.partner = stop, limit
    limit.is_limit_leg = True


def _value(fills: list[Fill], sign: int) -> Fraction:
    """Of a buyer with the fees (1), of a seller without them (-1)."""
    return sum((price * qty * (1 + sign * rate) for price, qty, rate in fills), Fraction())


def _up(amount: Fraction) -> Fraction:
    return Fraction(ceil(amount * CASH_STEPS), CASH_STEPS)


def _down(amount: Fraction) -> Fraction:
    return Fraction(floor(amount * CASH_STEPS), CASH_STEPS)
