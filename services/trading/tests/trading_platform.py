"""Clients of a trading app that runs in this process, and what tests ask of it."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from devkit.testing_support.users import UserTokens
from trading.verify.command import violations


class Trader:
    """One user's client."""

    def __init__(self, client: httpx.AsyncClient, user_id: str, token: str) -> None:
        self._client = client
        self.user_id = user_id
        self._headers = {"Authorization": f"Bearer {token}"}

    async def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = self._headers | kwargs.pop("headers", {})
        return await self._client.request(method, path, headers=headers, **kwargs)

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.request("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, expect: int = 200) -> Any:
        answer = await self.request("POST", path, json=body)
        assert answer.status_code == expect, answer.text
        return answer.json()

    async def deposit(self, amount: str) -> None:
        await self.post("/v1/funding/deposits", {"amount": amount}, expect=201)

    async def order(self, side: str, qty: str, price: str | None, **more: Any) -> Any:
        """Place an order in ACME; a limit when a price is given."""
        body = {
            "symbol": "ACME",
            "side": side,
            "qty": qty,
            "type": "limit" if price else "market",
            "time_in_force": "gtc",
            "limit_price": price,
        }
        expect = more.pop("expect", 200)
        return await self.post("/v2/orders", body | more, expect=expect)

    async def cancel(self, order_id: str) -> httpx.Response:
        return await self.request("DELETE", f"/v2/orders/{order_id}")


class Platform:
    """A running trading app, its users, and its admin."""

    def __init__(self, app: FastAPI, client: httpx.AsyncClient, tokens: UserTokens) -> None:
        self.app = app
        self.client = client
        self._tokens = tokens
        self.admin = self.trader(
            roles=["trader", "admin"], scope="trading:read trading:write admin"
        )

    def trader(self, user_id: str | None = None, **claims: Any) -> Trader:
        user_id = user_id or str(uuid4())
        return Trader(self.client, user_id, self._tokens.token(user_id, **claims))

    async def list_asset(self, symbol: str = "ACME", **more: Any) -> Any:
        return await self.admin.post(
            "/v1/admin/assets", {"symbol": symbol, "name": symbol} | more, expect=201
        )

    async def funded(self, cash: str = "100000", shares: str | None = None) -> Trader:
        """A trader with cash and shares of ACME."""
        trader = self.trader()
        await trader.deposit(cash)
        if shares is not None:
            await self.admin.post(
                "/v1/admin/assets/ACME/grants",
                {"user_id": trader.user_id, "qty": shares},
                expect=201,
            )
        return trader

    async def violations(self) -> dict[str, Any]:
        async with self.app.state.database.read() as connection:
            return dict(await violations(connection))


async def until(condition: Callable[[], Any], timeout_s: float = 20) -> None:
    """Wait until `condition()` (plain or awaitable) is true."""
    async with asyncio.timeout(timeout_s):
        while True:
            value = condition()
            if inspect.isawaitable(value):
                value = await value
            if value:
                return
            await asyncio.sleep(0.02)
