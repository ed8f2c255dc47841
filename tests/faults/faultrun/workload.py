"""What the traders do: orders of every kind at random, from a seed; the same seed makes the same wishes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import httpx

from faultrun.notes import Notes
from faultrun.stage import ADMIN, Stage
from faultrun.trader import Doors, Trader
from faultrun.turnstile import Turnstile
from replay.gateway import Gateway

SYMBOLS = ("ACME", "BOLT", "CORE")
MIDDLE_CENTS = 10_000
CASH, SHARES = "50000000", "200000"
REST = {"limit": 46, "market": 6, "now": 8, "cancel": 20}
EVERY = REST | {
    "replace": 8,
    "stop": 4,
    "trailing": 2,
    "pair": 4,
    "bracket": 5,
    "deposit": 1,
    "cancel_all": 0.3,
}
"""How often each is wished for, relative to the others."""


async def open_accounts(
    stage: Stage, number: int, notes: Notes, turnstile: Turnstile, doors: list[Gateway]
) -> list[Trader]:
    """List the assets, and make so many traders with cash and shares of each."""
    async with httpx.AsyncClient(timeout=30) as client:
        admin = await _log_in(client, stage, ADMIN, stage.password)
        trading = stage.replicas[0].url
        for symbol in SYMBOLS:
            body = {"symbol": symbol, "name": symbol, "class": "us_equity"}
            _good(await client.post(f"{trading}/v1/admin/assets", json=body, headers=admin))
        traders = []
        for n in range(number):
            name, password = f"trader-{n}", f"{stage.password}-{n}"
            credentials = {"username": name, "password": password}
            user = _good(await client.post(f"{stage.auth_url}/v1/auth/register", json=credentials))
            own = await _log_in(client, stage, name, password)
            account = _good(await client.get(f"{trading}/v2/account", headers=own))
            body = {"amount": CASH}
            _good(await client.post(f"{trading}/v1/funding/deposits", json=body, headers=own))
            for symbol in SYMBOLS:
                grant = {"user_id": user["id"], "qty": SHARES}
                path = f"{trading}/v1/admin/assets/{symbol}/grants"
                _good(await client.post(path, json=grant, headers=admin))
            token = own["Authorization"].removeprefix("Bearer ")
            traders.append(Trader(name, account["id"], Doors(doors, token, n), notes, turnstile))
    return traders


async def _log_in(
    client: httpx.AsyncClient, stage: Stage, username: str, password: str
) -> dict[str, str]:
    credentials = {"username": username, "password": password}
    tokens = _good(await client.post(f"{stage.auth_url}/v1/auth/login", json=credentials))
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def _good(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.text}"
    return answer.json()


class Wishes:
    """One lane of a trader: does one thing after the other, until the turnstile closes."""

    def __init__(self, trader: Trader, seed: str, kinds: Mapping[str, float]) -> None:
        self.trader = trader
        self._random = random.Random(seed)
        self._kinds = kinds
        self._keys = 0
        self._seed = seed

    async def live(self) -> None:
        kinds, weights = zip(*self._kinds.items(), strict=True)
        while True:
            kind = self._random.choices(kinds, weights)[0]
            acts: Callable[[], Coroutine[Any, Any, bool]] = getattr(self, f"_{kind}")
            if not await acts():
                return

    # --- Each gives False when there are no more orders ----------------------------------------------

    async def _limit(self) -> bool:
        # Around the middle: about every third crosses what others left.
        force = self._random.choices(("gtc", "day"), (9, 1))[0]
        return await self._place("limit", limit_price=self._price(-60, 60), time_in_force=force)

    async def _now(self) -> bool:
        force = self._random.choice(("ioc", "fok"))
        return await self._place("limit", limit_price=self._price(-80, 80), time_in_force=force)

    async def _market(self) -> bool:
        return await self._place("market", time_in_force="ioc")

    async def _stop(self) -> bool:
        side = self._random.choice(("buy", "sell"))
        away = self._random.randint(5, 120) * (1 if side == "buy" else -1)
        more = {"side": side, "stop_price": cents(MIDDLE_CENTS + away), "time_in_force": "gtc"}
        if self._random.random() < 0.5:
            return await self._place("stop", **more)
        limit = cents(MIDDLE_CENTS + away + (30 if side == "buy" else -30))
        return await self._place("stop_limit", limit_price=limit, **more)

    async def _trailing(self) -> bool:
        return await self._place("trailing_stop", trail_percent="1.5", time_in_force="gtc")

    async def _pair(self) -> bool:
        return await self._place(
            "limit",
            side="sell",
            order_class="oco",
            time_in_force="gtc",
            take_profit={"limit_price": cents(MIDDLE_CENTS + self._random.randint(10, 150))},
            stop_loss={"stop_price": cents(MIDDLE_CENTS - self._random.randint(40, 150))},
        )

    async def _bracket(self) -> bool:
        return await self._place(
            "limit",
            side="buy",
            order_class="bracket",
            time_in_force="gtc",
            limit_price=cents(MIDDLE_CENTS + self._random.randint(-20, 60)),
            take_profit={"limit_price": cents(MIDDLE_CENTS + self._random.randint(80, 200))},
            stop_loss={"stop_price": cents(MIDDLE_CENTS - self._random.randint(80, 200))},
        )

    async def _replace(self) -> bool:
        order = self._one_of("new", "partially_filled")
        if order is None or order["type"] != "limit" or order["order_class"] not in ("", "simple"):
            return True
        if not await self.trader.turnstile.enter():
            return False
        self.trader.open.pop(str(order["id"]), None)
        await self.trader.submit(
            "replace",
            "PATCH",
            f"/v2/orders/{order['id']}",
            {
                "limit_price": self._price(-60, 60),
                "client_order_id": self.trader.new_client_order_id(),
            },
        )
        return True

    async def _cancel(self) -> bool:
        order = self._one_of(*("new", "partially_filled", "held"))
        if order is not None:
            await self.trader.cancel(str(order["id"]))
        else:
            await asyncio.sleep(0)
        return True

    async def _cancel_all(self) -> bool:
        await self.trader.cancel_all()
        return True

    async def _deposit(self) -> bool:
        self._keys += 1
        await self.trader.deposit("12.34", f"{self._seed}/{self._keys}".replace(" ", "/"))
        return True

    # --- What they are made of --------------------------------------------------------------------------

    async def _place(self, order_type: str, **terms: Any) -> bool:
        if not await self.trader.turnstile.enter():
            return False
        body = {
            "symbol": self._random.choice(SYMBOLS),
            "side": self._random.choice(("buy", "sell")),
            "qty": str(self._random.randint(1, 40)),
            "type": order_type,
            "client_order_id": self.trader.new_client_order_id(),
        }
        await self.trader.submit("place", "POST", "/v2/orders", body | terms)
        return True

    def _price(self, lowest: int, highest: int) -> str:
        return cents(MIDDLE_CENTS + self._random.randint(lowest, highest))

    def _one_of(self, *statuses: str) -> dict[str, Any] | None:
        known = [order for order in self.trader.open.values() if order["status"] in statuses]
        return self._random.choice(known) if known else None


def cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"
