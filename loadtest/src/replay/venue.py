"""Prepares a run: a new asset, new users of the `load` tier, their cash and their shares.

Every run has names of its own, so that runs never meet, on one platform or in one log.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from replay.accounts import Need
from replay.gateway import Gateway, Lost, Patience, Refused
from replay.session import Session
from replay.trader import Trader

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
# Password hashing is deliberately dear; more at once would only queue.
_REGISTRATIONS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Admin:
    """Who may list assets, grant shares and give tiers."""

    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Venue:
    """What one run trades, and who trades it. `run` is unique and starts every client order id."""

    run: str
    symbol: str
    traders: Sequence[Trader]
    admin: Session


def new_run() -> str:
    """A short name that no other run has."""
    return secrets.token_hex(4)


async def open_venue(
    gateway: Gateway,
    admin: Admin,
    needs: Sequence[Need],
    *,
    price_increment: Decimal,
    quantity_increment: Decimal,
    patience_seconds: float = 120.0,
) -> Venue:
    """List the asset and make one funded trader for each need. Raises Refused."""
    run = new_run()
    session = Session(gateway, admin.username, admin.password, patience_seconds=patience_seconds)
    await session.log_in()
    symbol = await list_asset(
        session, price_increment=price_increment, quantity_increment=quantity_increment
    )
    gate = asyncio.Semaphore(_REGISTRATIONS_AT_ONCE)

    async def one(number: int, need: Need) -> Trader:
        async with gate:
            return await _open_account(
                gateway,
                session,
                f"replay-{run}-{number}",
                number,
                symbol,
                need,
                patience_seconds,
            )

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(n, need)) for n, need in enumerate(needs)]
    return Venue(run, symbol, [task.result() for task in tasks], session)


async def add_asset(
    venue: Venue, shares: Decimal, *, price_increment: Decimal, quantity_increment: Decimal
) -> str:
    """List one more asset and grant every trader of the venue so many shares of it."""
    symbol = await list_asset(
        venue.admin, price_increment=price_increment, quantity_increment=quantity_increment
    )
    for trader in venue.traders:
        await _grant(venue.admin, symbol, trader, shares)
    return symbol


async def list_asset(
    admin: Session, *, price_increment: Decimal, quantity_increment: Decimal
) -> str:
    """List a new fractional asset of class `crypto` and answer its symbol."""
    symbol = "BTC" + "".join(secrets.choice(_LETTERS) for _ in range(7))
    await admin.insist(
        "POST",
        "/v1/admin/assets",
        body={
            "symbol": symbol,
            "name": "Recorded BTC/USD order flow",
            "class": "crypto",
            "tick_size": f"{price_increment:f}",
            "lot_size": f"{quantity_increment:f}",
        },
        happened=lambda: exists(admin, f"/v2/assets/{symbol}"),
    )
    return symbol


async def _open_account(
    gateway: Gateway,
    admin: Session,
    username: str,
    number: int,
    symbol: str,
    need: Need,
    patience_seconds: float,
) -> Trader:
    """Register, get the `load` tier, then log in: the token carries the tier."""
    password = secrets.token_urlsafe(18)
    session = Session(gateway, username, password, patience_seconds=patience_seconds)
    user_id = await register(session, password)
    await admin.insist("PATCH", f"/v1/admin/users/{user_id}", body={"tier": "load"})
    await session.log_in()
    account: Any = await session.insist("GET", "/v2/account")
    trader = Trader(session, str(account["id"]), number)
    await session.insist(
        "POST",
        "/v1/funding/deposits",
        body={"amount": f"{need.cash:f}"},
        happened=lambda: _received(trader, "CSD"),
    )
    await _grant(admin, symbol, trader, need.shares)
    return trader


async def _grant(admin: Session, symbol: str, trader: Trader, shares: Decimal) -> None:
    await admin.insist(
        "POST",
        f"/v1/admin/assets/{symbol}/grants",
        body={"account_id": trader.account_id, "qty": f"{shares:f}"},
        happened=lambda: _received(trader, "JNLS", symbol),
    )


async def _received(trader: Trader, activity_type: str, symbol: str | None = None) -> bool:
    """Whether this account, which gets each thing once, has its cash (CSD) or its shares (JNLS)."""
    path = f"/v2/account/activities/{activity_type}"
    found = await trader.session.insist("GET", path)
    return any(symbol is None or item["symbol"] == symbol for item in found)


async def exists(session: Session, path: str) -> bool:
    """Whether the platform knows what is at this path (404: it does not). Raises Refused."""
    try:
        await session.insist("GET", path)
    except Refused as refused:
        if refused.answer.status == 404:
            return False
        raise
    return True


async def register(session: Session, password: str) -> str:
    """Register a session's user and answer its id.

    Raises Refused; a name taken by a lost try of ours is ours.
    """
    patience = Patience(session.patience_seconds)
    credentials = {"username": session.username, "password": password}
    repeated = False
    while True:
        try:
            answer = await session.gateway.request("POST", "/v1/auth/register", body=credentials)
        except Lost as lost:
            repeated = True
            await patience.pause(str(lost))
            continue
        if answer.status < 300:
            return str(answer.body["id"])
        if repeated and answer.status == 409:
            me = await session.insist("GET", "/v1/auth/me")
            return str(me["id"])
        if answer.status < 500 and answer.status != 429:
            raise Refused("POST /v1/auth/register", answer)
        repeated = repeated or answer.status >= 500
        await patience.pause(answer.message, answer.retry_after)
