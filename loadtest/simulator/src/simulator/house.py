"""Prepares what the agents need: assets, users of the `load` tier, cash, shares, and a clean start.

Everything is looked up before it is made, so a second start finds all of it there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from decimal import Decimal

from replay.gateway import Gateway, Patience, Refused
from replay.session import Session
from replay.trader import Trader
from replay.venue import exists, register
from simulator.access import Access
from simulator.instruments import Instrument

CASH = Decimal(50_000_000)
"""What every account is given; below half of it, it is filled up again."""
_AT_ONCE = 2
_log = logging.getLogger(__name__)


class House:
    """The simulator's accounts on one platform, by role."""

    def __init__(
        self,
        gateway: Gateway,
        access: Access,
        listed: Sequence[Instrument],
        *,
        patience_seconds: float,
    ) -> None:
        admin = access.platform.admin
        self._gateway = gateway
        self._access = access
        self._listed = listed
        self._patience_seconds = patience_seconds
        self._admin = self._session(admin.username, admin.password)
        self.traders: dict[str, Trader] = {}

    async def open(self, roles: Sequence[str]) -> None:
        """List, register, fund, and cancel what an earlier run left open.

        Raises Refused, PatienceExhausted.
        """
        await self._admin.log_in()
        for instrument in self._listed:
            await self._list(instrument)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(number: int, role: str) -> None:
            async with gate:
                trader = await self._sign_in(number, role)
                await self._cancel_all(trader)
                await self.fund(trader)
                self.traders[role] = trader

        async with asyncio.TaskGroup() as group:
            for number, role in enumerate(roles):
                group.create_task(one(number, role))

    async def _cancel_all(self, trader: Trader) -> None:
        """Cancel until the platform says that nothing was open."""
        patience = Patience(self._patience_seconds)
        while await trader.session.insist("DELETE", "/v2/orders"):
            await patience.pause(f"orders of {trader.session.username} stay open")

    async def fund(self, trader: Trader) -> None:
        """Fill up what fell below half, cash and shares."""
        account = await trader.session.insist("GET", "/v2/account")
        missing = CASH - Decimal(account["cash"])
        if missing > CASH / 2:
            body = {"amount": f"{missing:f}"}
            await trader.session.insist("POST", "/v1/funding/deposits", body=body)
        held = await positions(trader)
        for instrument in self._listed:
            missing_lots = instrument.endowment_lots - instrument.lots(
                held.get(instrument.symbol, "0")
            )
            if missing_lots * 2 > instrument.endowment_lots:
                await self._admin.insist(
                    "POST",
                    f"/v1/admin/assets/{instrument.symbol}/grants",
                    body={
                        "account_id": trader.account_id,
                        "qty": instrument.quantity(missing_lots),
                    },
                )

    async def last_price_ticks(self, instrument: Instrument) -> float | None:
        """Of the asset's last trade, whoever made it; None before the first."""
        path = f"/v2/stocks/{instrument.symbol}/trades/latest"
        try:
            answer = await self._admin.insist("GET", path)
        except Refused as refused:
            if refused.answer.status in (404, 422):
                return None
            raise
        trade = answer.get("trade")
        return None if trade is None else instrument.ticks(str(trade["p"]))

    def _session(self, username: str, password: str) -> Session:
        return Session(self._gateway, username, password, patience_seconds=self._patience_seconds)

    async def _list(self, instrument: Instrument) -> None:
        path = f"/v2/assets/{instrument.symbol}"
        if await exists(self._admin, path):
            return
        _log.info("listing %s", instrument.symbol)
        await self._admin.insist(
            "POST",
            "/v1/admin/assets",
            body={
                "symbol": instrument.symbol,
                "name": instrument.name,
                "class": instrument.asset_class,
                "tick_size": f"{instrument.tick_size:f}",
                "lot_size": f"{instrument.lot_size:f}",
            },
            happened=lambda: exists(self._admin, path),
        )

    async def _sign_in(self, number: int, role: str) -> Trader:
        """Log in, as a new user where there is none; the token carries the tier."""
        password = self._access.password(role)
        session = self._session(self._access.username(role), password)
        try:
            await session.log_in()
        except Refused as refused:
            if refused.answer.status != 401:
                raise
            await register(session, password)
            await session.log_in()
        me = await session.insist("GET", "/v1/auth/me")
        if me["tier"] != "load":
            await self._admin.insist("PATCH", f"/v1/admin/users/{me['id']}", body={"tier": "load"})
            await session.log_in()
        account = await session.insist("GET", "/v2/account")
        return Trader(session, str(account["id"]), number)


async def positions(trader: Trader) -> dict[str, str]:
    """What an account owns: quantity by symbol, as the API writes it."""
    held = await trader.session.insist("GET", "/v2/positions")
    return {str(position["symbol"]): str(position["qty"]) for position in held}
