"""The walk: two new traders, one new asset, one trade, and everybody who must have heard of it.

Each step says what it expects, and `Surprise` what came instead. Nothing is sent twice: only the very first connection
is tried again, since a network policy may bind a moment after its pod has started. What follows a trade at its own pace
(market data, the audit log) is looked for until it is there.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from replay.gateway import Answer, Gateway, Lost, Patience, PatienceExhausted
from replay.session import Session

REACH_WITHIN_S = 60.0
FOLLOW_WITHIN_S = 30.0
"""How long the copies of a trade may take; at rest it is well below a second."""
PRICE, QUANTITY, REST = "12.5", "4", "6"
"""The sell order is of QUANTITY and REST shares, of which the buyer takes QUANTITY."""

Say = Callable[[str], None]


class Surprise(Exception):
    """An expectation that was not met."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user whose requests are sent once and must be answered with 2xx."""

    session: Session

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        answer = await self.session.request(method, path, body=body, query=query)
        return _good(f"{method} {path}", answer)


async def walk(gateway: Gateway, username: str, password: str, *, say: Say) -> None:
    """Every step in order. Raises Surprise, Lost."""
    await _reach(gateway)
    say(f"the gateway answers at {gateway.url}")
    admin = await _log_in(gateway, username, password)
    say(f"{username} logs in")
    symbol = await _list_asset(admin)
    say(f"{symbol} is listed")
    buyer, seller = await _register(gateway, "buyer"), await _register(gateway, "seller")
    say(f"{buyer.session.username} and {seller.session.username} register and log in")
    await _fund(admin, buyer, seller, symbol)
    say("the buyer has cash, the seller shares")

    ask = await _place(seller, symbol, "sell", str(Decimal(QUANTITY) + Decimal(REST)))
    await _until_order(seller, ask, status="new", filled_qty="0")
    say("a sell order rests")
    bid = await _place(buyer, symbol, "buy", QUANTITY)
    await _until_order(buyer, bid, status="filled", filled_qty=QUANTITY, filled_avg_price=PRICE)
    await _until_order(seller, ask, status="partially_filled", filled_qty=QUANTITY)
    say("a buy order matches it, at its price")

    await _check_books(buyer, symbol, bid)
    say("position, cash and activity of the buyer show the trade")
    await _check_market_data(buyer, symbol)
    say("market data shows the trade and the rest of the order")
    await _check_audit(buyer, bid)
    say("the audit log has the order and the trade")
    await seller.ask("DELETE", f"/v2/orders/{ask}")
    await _until_order(seller, ask, status="canceled", filled_qty=QUANTITY)
    say("the rest of the order is cancelled")


async def _reach(gateway: Gateway) -> None:
    patience = Patience(REACH_WITHIN_S)
    while True:
        try:
            _good("GET /v1/jwks", await gateway.request("GET", "/v1/jwks"))
        except Lost as lost:
            try:
                await patience.pause(str(lost))
            except PatienceExhausted as error:
                raise Surprise(f"the gateway cannot be reached: {error}") from error
        else:
            return


async def _log_in(gateway: Gateway, username: str, password: str) -> Caller:
    session = Session(gateway, username, password, patience_seconds=0)
    await session.log_in()
    return Caller(session)


async def _list_asset(admin: Caller) -> str:
    symbol = "SMOKE" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(7))
    asset = {"symbol": symbol, "name": "A first walk", "class": "us_equity"}
    await admin.ask("POST", "/v1/admin/assets", asset)
    listed = await admin.ask("GET", f"/v2/assets/{symbol}")
    _expect("the asset's symbol", listed["symbol"], symbol)
    return symbol


async def _register(gateway: Gateway, role: str) -> Caller:
    username, password = f"smoke-{role}-{secrets.token_hex(6)}", secrets.token_urlsafe(18)
    credentials = {"username": username, "password": password}
    answer = await gateway.request("POST", "/v1/auth/register", body=credentials)
    _good("POST /v1/auth/register", answer)
    return await _log_in(gateway, username, password)


async def _fund(admin: Caller, buyer: Caller, seller: Caller, symbol: str) -> None:
    await buyer.ask("GET", "/v2/account")
    await buyer.ask("POST", "/v1/funding/deposits", {"amount": "1000"})
    _expect_amount("the buyer's cash", (await buyer.ask("GET", "/v2/account"))["cash"], "1000")
    account_id = (await seller.ask("GET", "/v2/account"))["id"]
    grant = {"account_id": account_id, "qty": "10"}
    await admin.ask("POST", f"/v1/admin/assets/{symbol}/grants", grant)
    position = await seller.ask("GET", f"/v2/positions/{symbol}")
    _expect_amount("the seller's shares", position["qty"], "10")


async def _place(trader: Caller, symbol: str, side: str, qty: str) -> str:
    order = {
        "symbol": symbol,
        "side": side,
        "qty": qty,
        "type": "limit",
        "limit_price": PRICE,
        "time_in_force": "gtc",
    }
    return str((await trader.ask("POST", "/v2/orders", order))["id"])


async def _until_order(trader: Caller, order_id: str, **expected: str) -> None:
    async def look() -> str | None:
        order = await trader.ask("GET", f"/v2/orders/{order_id}")
        for field, wanted in expected.items():
            if field == "status":
                same = order[field] == wanted
            else:
                same = order[field] is not None and Decimal(order[field]) == Decimal(wanted)
            if not same:
                return f"{field} is {order[field]!r}, not {wanted!r}"
        return None

    await _until(f"order {order_id} of {trader.session.username}", look)


async def _check_books(buyer: Caller, symbol: str, order_id: str) -> None:
    position = await buyer.ask("GET", f"/v2/positions/{symbol}")
    _expect_amount("the buyer's shares", position["qty"], QUANTITY)
    cash = (await buyer.ask("GET", "/v2/account"))["cash"]
    if Decimal(cash) > 1000 - Decimal(PRICE) * Decimal(QUANTITY):  # a fee may come on top
        raise Surprise(f"the buyer's cash is {cash} after paying {QUANTITY} x {PRICE} of 1000")
    fills = await buyer.ask("GET", "/v2/account/activities/FILL")
    _expect("orders of the buyer's fills", [fill["order_id"] for fill in fills], [order_id])


async def _check_market_data(reader: Caller, symbol: str) -> None:
    async def trade() -> str | None:
        answer = await reader.session.request("GET", f"/v2/stocks/{symbol}/trades/latest")
        if answer.status == 404:
            return "market data knows no trade"
        found = _good("the latest trade", answer)["trade"]
        told = Decimal(found["p"]), Decimal(found["s"])
        return None if told == (Decimal(PRICE), Decimal(QUANTITY)) else f"it is {told}"

    async def book() -> str | None:
        found = await reader.ask("GET", f"/v1/market/{symbol}/book")
        asks = [(Decimal(str(a["price"])), Decimal(str(a["size"]))) for a in found["asks"]]
        wanted = [(Decimal(PRICE), Decimal(REST))]
        return None if asks == wanted and not found["bids"] else f"it is {found}"

    await _until(f"the latest trade of {symbol}", trade)
    await _until(f"the book of {symbol}", book)


async def _check_audit(buyer: Caller, order_id: str) -> None:
    async def look() -> str | None:
        page = await buyer.ask("GET", "/v1/audit/entries", query={"order_id": order_id})
        kinds = {entry["kind"] for entry in page["entries"]}
        missing = {"order_accepted", "trade"} - kinds
        return f"there is no entry of {', '.join(sorted(missing))}" if missing else None

    await _until(f"the record of order {order_id}", look)


async def _until(what: str, look: Callable[[], Awaitable[str | None]]) -> None:
    """Look until there is nothing to object to."""
    patience = Patience(FOLLOW_WITHIN_S)
    while (objection := await look()) is not None:
        try:
            await patience.pause(objection)
        except PatienceExhausted:
            raise Surprise(f"{what}, {FOLLOW_WITHIN_S:g} s later: {objection}") from None


def _good(what: str, answer: Answer) -> Any:
    if not 200 <= answer.status < 300:
        raise Surprise(f"{what} is answered {answer.status}: {answer.message}")
    return answer.body


def _expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Surprise(f"{what}: {found!r}, not {wanted!r}")


def _expect_amount(what: str, found: str, wanted: str) -> None:
    if Decimal(found) != Decimal(wanted):
        raise Surprise(f"{what}: {found}, not {wanted}")
