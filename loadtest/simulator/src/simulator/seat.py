"""One agent at its account: what it knows of its orders, and how its decisions become requests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from replay.trader import Acknowledgement, Trader
from simulator.decisions import Action, Agent, Cancel, Place, Resting, View, without_self_trade
from simulator.house import positions
from simulator.instruments import Instrument

_LOOKS_EVERY = 16
"""Turns after which an agent looks at its account even if it knows of no reason to."""
_WORTH_A_LOOK = 3
"""Trades after which a maker asks which of its quotes are left. Looking is dear: it costs the platform more
than most orders do. What was filled unseen is found out by a cancel that comes too late."""


@dataclass(slots=True)
class Seat:
    """An agent, its randomness, its account, and what it last saw there."""

    name: str
    agent: Agent
    chance: random.Random
    trader: Trader
    instrument: Instrument
    open: list[Resting] = field(default_factory=list)
    inventory_lots: int = 0
    turns: int = 0
    _seen_trades: int = -_WORTH_A_LOOK

    async def observe(self, trades: int, *, quotes: bool, exactly: bool = False) -> None:
        """Look at the account: after some trades, and now and then.

        `trades` counts those that the simulator knows of; `quotes`: own ones may have been hit;
        `exactly`: a single trade is reason enough.
        """
        look = self.turns % _LOOKS_EVERY == 0
        self.turns += 1
        if look:
            held = await positions(self.trader)
            lots = self.instrument.lots(held.get(self.instrument.symbol, "0"))
            self.inventory_lots = lots - self.instrument.endowment_lots
        unseen = trades - self._seen_trades
        if quotes and (look or unseen >= (1 if exactly else _WORTH_A_LOOK)):
            self._seen_trades = trades
            self.open = await self._open_orders()

    def decide(self, view: View) -> Action | None:
        return without_self_trade(self.agent.decide(self.chance, view), view)

    def view(self, reference_ticks: float, wild: bool, tape: Sequence[float]) -> View:
        return View(reference_ticks, wild, tuple(self.open), self.inventory_lots, tuple(tape))

    async def place(self, place: Place, client_order_id: str) -> Acknowledgement:
        """Send the order. Raises PatienceExhausted."""
        body = {
            "client_order_id": client_order_id,
            "symbol": self.instrument.symbol,
            "side": place.side,
            "qty": self.instrument.quantity(place.lots),
            "type": "market" if place.price_ticks is None else "limit",
            "time_in_force": "ioc" if place.immediate else "gtc",
        }
        if place.price_ticks is None:
            body["time_in_force"] = "day"
        else:
            body["limit_price"] = self.instrument.price(place.price_ticks)
        done = await self.trader.place(client_order_id, body)
        if done.status in ("new", "partially_filled") and place.price_ticks is not None:
            self.open.append(Resting(done.order_id, place.side, place.price_ticks))
        return done

    async def cancel(self, cancel: Cancel) -> Acknowledgement:
        """Take the order back; one that is gone already is as good. Raises PatienceExhausted."""
        order = cancel.order
        done = await self.trader.cancel(_known(order.order_id))
        self.open = [other for other in self.open if other.order_id != order.order_id]
        if not done.accepted:
            self._seen_trades = -_WORTH_A_LOOK  # it was filled: look what else was
        return done

    async def _open_orders(self) -> list[Resting]:
        """By age, as the account has them now."""
        listed = await self.trader.session.insist(
            "GET",
            "/v2/orders",
            query={
                "status": "open",
                "symbols": self.instrument.symbol,
                "limit": "500",
                "direction": "asc",
            },
        )
        return [
            Resting(str(o["id"]), o["side"], round(self.instrument.ticks(o["limit_price"])))
            for o in listed
            if o["limit_price"] is not None
        ]


def _known(order_id: str) -> Acknowledgement:
    """An order that is known by its id alone, as a cancel needs it."""
    return Acknowledgement("place", "", order_id, "", "new", "0", "look-up", 0.0)
