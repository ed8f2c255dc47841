"""A test double of the gateway's protocol, on the plain matching engine, that misbehaves on demand.

It shows how the replay's driver takes lost answers, refusals, unknown outcomes and pending orders;
it is no platform, and nothing but these tests may lean on it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import random
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from aiohttp import web

from replay.book import Book, Order, Side, Trade
from replay.capture import lots, ticks
from replay.drive import decimal_text

PLACE_FAULTS = ("refused", "throttled", "unauthorized", "lost_before", "lost_after", "unknown",
                "never_happened", "pending", "undone")  # fmt: skip
CANCEL_FAULTS = ("refused", "throttled", "unauthorized", "lost_before", "lost_after", "unknown",
                 "pending")  # fmt: skip


@dataclass(slots=True)
class Kept:
    """An order as the desk knows it. `reads_until_decided`: how often it is still shown pending."""

    order: Order
    account: str
    client_order_id: str
    status: str
    filled_lots: int = 0
    reads_until_decided: int = 0
    shown_meanwhile: str = "pending_new"


@dataclass(slots=True)
class Desk:
    """`faults` gives the fault of each write in turn; exhausted or empty: none."""

    faults: Iterator[str] = field(default_factory=lambda: iter(()))
    book: Book = field(default_factory=Book)
    trades: list[Trade] = field(default_factory=list)
    orders: dict[str, Kept] = field(default_factory=dict)
    by_client_id: dict[tuple[str, str], str] = field(default_factory=dict)
    detours: random.Random = field(default_factory=lambda: random.Random(7))
    cancels_work: bool = True
    symbol: str = ""
    max_in_flight: int = 0
    in_flight: int = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes(
            [
                web.post("/v1/auth/register", self._register),
                web.post("/v1/auth/login", self._log_in),
                web.get("/v2/account", self._account),
                web.patch("/v1/admin/users/{id}", self._fine),
                web.post("/v1/admin/assets", self._list),
                web.post("/v1/admin/assets/{symbol}/grants", self._fine),
                web.post("/v1/funding/deposits", self._fine),
                web.post("/v2/orders", self._write(self._place)),
                web.get("/v2/orders:by_client_order_id", self._find),
                web.get("/v2/orders/{id}", self._get),
                web.delete("/v2/orders/{id}", self._write(self._cancel)),
                web.get("/v2/account/activities/FILL", self._fills),
                web.get("/v2/stocks/{symbol}/trades", self._prints),
            ]
        )
        return app

    async def _register(self, request: web.Request) -> web.Response:
        return web.json_response({"id": (await request.json())["username"]}, status=201)

    async def _log_in(self, request: web.Request) -> web.Response:
        name = (await request.json())["username"]
        claims = base64.urlsafe_b64encode(json.dumps({"sub": name}).encode()).decode().rstrip("=")
        tokens = {"access_token": f"e.{claims}.s", "refresh_token": "r", "expires_in": 900}
        return web.json_response(tokens)

    async def _fine(self, request: web.Request) -> web.Response:
        return web.json_response({})

    async def _list(self, request: web.Request) -> web.Response:
        self.symbol = str((await request.json())["symbol"])
        return web.json_response({})

    async def _account(self, request: web.Request) -> web.Response:
        return web.json_response({"id": who(request)})

    def _write(
        self, apply: Callable[[web.Request, str], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self.in_flight)
            try:
                # Requests in flight overtake each other, as they do on their way to a real one.
                for _ in range(self.detours.randrange(40)):
                    await asyncio.sleep(0)
                return await self._with_fault(request, apply)
            finally:
                self.in_flight -= 1

        return handle

    async def _with_fault(
        self,
        request: web.Request,
        apply: Callable[[web.Request, str], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        fault = next(self.faults, "")
        if fault == "refused":
            return problem(503, "upstream_unavailable")
        if fault == "throttled":
            return problem(429, "rate_limited")
        if fault == "unauthorized":
            return problem(401, "unauthorized")
        if fault == "lost_before":
            return hang_up(request)
        answer = await apply(request, fault)
        if fault in ("lost_after", "undone"):
            return hang_up(request)
        if fault in ("unknown", "never_happened"):
            return problem(503, "outcome_unknown")
        return answer

    async def _place(self, request: web.Request, fault: str) -> web.StreamResponse:
        body = json.loads(await request.text())
        key = (who(request), body["client_order_id"])
        if key in self.by_client_id:
            existing = {"existing_order_id": self.by_client_id[key]}
            return problem(422, "client_order_id_taken", **existing)
        is_market = body["type"] == "market"
        order = Order(
            str(uuid.uuid4()),
            Side(body["side"]),
            lots(Decimal(body["qty"])),
            None if is_market else ticks(Decimal(body["limit_price"])),
            is_market=is_market,
        )
        kept = Kept(order, *key, status="new")
        self.orders[order.order_id] = kept
        self.by_client_id[key] = order.order_id
        if fault in ("pending", "unknown", "never_happened"):
            kept.reads_until_decided = 2
        if fault == "never_happened":
            kept.status = "rejected"
        elif fault == "undone":
            kept.status = "pending_new"
        else:
            self._match(kept)
        return web.json_response(self._shown(kept))

    def _match(self, kept: Kept) -> None:
        outcome = self.book.place(kept.order)
        self.trades.extend(outcome.trades)
        for trade in outcome.trades:
            for order_id in (trade.maker_order_id, trade.taker_order_id):
                other = self.orders[order_id]
                other.filled_lots += trade.quantity_lots
                whole = other.filled_lots == other.order.quantity_lots
                other.status = "filled" if whole else "partially_filled"
        if outcome.cancelled_lots:
            kept.status = "canceled"

    async def _cancel(self, request: web.Request, fault: str) -> web.StreamResponse:
        kept = self.orders[request.match_info["id"]]
        assert kept.account == who(request)
        if not self.cancels_work or self.book.cancel(kept.order.order_id) is None:
            return problem(422, "not_cancelable")
        kept.status = "canceled"
        if fault in ("pending", "unknown"):
            kept.reads_until_decided, kept.shown_meanwhile = 2, "pending_cancel"
        if fault == "pending":
            return problem(503, "outcome_unknown")
        return web.Response(status=204)

    async def _find(self, request: web.Request) -> web.Response:
        key = (who(request), request.query["client_order_id"])
        order_id = self.by_client_id.get(key)
        if order_id is None:
            return problem(404, "order_not_found")
        kept = self.orders[order_id]
        if kept.status == "pending_new":  # the engine refuses it now: as if it had never been
            del self.orders[order_id], self.by_client_id[key]
        return web.json_response(self._shown(kept))

    async def _get(self, request: web.Request) -> web.Response:
        kept = self.orders.get(request.match_info["id"])
        if kept is None:
            return problem(404, "order_not_found")
        return web.json_response(self._shown(kept))

    def _shown(self, kept: Kept) -> dict[str, str]:
        status = kept.status
        if kept.reads_until_decided:
            kept.reads_until_decided -= 1
            status = kept.shown_meanwhile
        filled_qty = decimal_text(kept.filled_lots, 10**8)
        return {"id": kept.order.order_id, "status": status, "filled_qty": filled_qty}

    async def _fills(self, request: web.Request) -> web.Response:
        if "page_token" in request.query:
            return web.json_response([])
        mine = [
            {
                "id": f"{number}::{side}",
                "symbol": self.symbol,
                "order_id": order_id,
                "side": side,
                "price": decimal_text(trade.price_ticks, 10),
                "qty": decimal_text(trade.quantity_lots, 10**8),
            }
            for number, trade in enumerate(self.trades)
            for side, order_id in (("buy", trade.buy_order_id), ("sell", trade.sell_order_id))
            if self.orders[order_id].account == who(request)
        ]
        return web.json_response(mine)

    async def _prints(self, request: web.Request) -> web.Response:
        items = [
            f'{{"i": {number}, "p": {decimal_text(t.price_ticks, 10)}, '
            f'"s": {decimal_text(t.quantity_lots, 10**8)}}}'
            for number, t in enumerate(self.trades)
        ]
        text = f'{{"trades": [{", ".join(items)}], "next_page_token": null}}'
        return web.Response(text=text, content_type="application/json")


def some_faults(kinds: Sequence[str], share: float, seed: int) -> Iterator[str]:
    """Faults at random, without end."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(kinds) if chance.random() < share else ""


def who(request: web.Request) -> str:
    payload = request.headers["Authorization"].split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])


def problem(status: int, kind: str, **more: str) -> web.Response:
    body = {"type": kind, "status": status, "code": status * 100_000, "message": kind, **more}
    headers = {"Retry-After": "0"} if status in (429, 503) else {}
    return web.json_response(body, status=status, headers=headers)


def hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=500)
