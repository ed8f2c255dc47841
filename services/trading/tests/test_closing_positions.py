"""DELETE of positions and of all orders, and orders for amounts of cash."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from trading_platform import Platform, Trader, until

from trading.domain.asset import Asset
from trading.domain.money import plain
from trading.domain.order import Side
from trading.domain.risk import Refused
from trading.orders.notional import Book, Level, bound_of


async def owner_of(platform: Platform, symbol: str, qty: str, **asset: Any) -> Trader:
    """A trader with `qty` of a new asset that has traded at 100 and is bid for there."""
    await platform.list_asset(symbol, **asset)
    trader, maker = await platform.funded(), await platform.funded("1000000")
    for who, shares in ((trader, qty), (maker, "1")):
        await platform.admin.post(
            f"/v1/admin/assets/{symbol}/grants",
            {"user_id": who.user_id, "qty": shares},
            expect=201,
        )
    await maker.order("sell", "1", "100.00", symbol=symbol)
    await maker.order("buy", "1000", "100.00", symbol=symbol)
    return trader


async def test_a_position_is_sold_whole_or_in_part(platform: Platform) -> None:
    trader = await owner_of(platform, "BTC/USD", "10", **{"class": "crypto", "lot_size": "0.001"})
    url = "/v2/positions/BTC%2FUSD"
    half = await trader.request("DELETE", f"{url}?percentage=33.33335")
    assert (half.status_code, half.json()["qty"], half.json()["status"]) == (200, "3.333", "filled")
    some = await trader.request("DELETE", f"{url}?qty=0.667")
    assert (some.json()["side"], some.json()["type"], some.json()["qty"]) == (
        "sell",
        "market",
        "0.667",
    )
    for query in ("qty=1&percentage=1", "percentage=101", "percentage=0", "qty=x"):
        wrong = await trader.request("DELETE", f"{url}?{query}")
        assert (wrong.status_code, wrong.json()["code"]) == (422, 40010001), query
    tiny = await trader.request("DELETE", f"{url}?percentage=0.001")
    assert tiny.json()["code"] == 42210000
    assert (await trader.request("DELETE", url)).json()["qty"] == "6"
    gone = await trader.request("DELETE", url)
    assert (gone.status_code, gone.json()["message"]) == (404, "position does not exist")
    assert (await trader.request("DELETE", "/v2/positions/NOPE")).status_code == 404
    assert await platform.violations() == {}


async def test_all_positions_are_sold_and_those_held_by_orders_say_so(platform: Platform) -> None:
    trader = await owner_of(platform, "AAA", "5")
    await platform.admin.post(
        "/v1/admin/assets/ACME/grants", {"user_id": trader.user_id, "qty": "3"}, expect=201
    )
    await trader.order("sell", "2", "120.00", symbol="AAA")
    answer = await trader.request("DELETE", "/v2/positions")
    assert answer.status_code == 207
    held, never = answer.json()
    assert (held["symbol"], held["status"], held["body"]["code"]) == ("AAA", 403, 40310000)
    assert held["body"]["held_for_orders"] == "2"
    # It has never traded: there is no price to bound its sale by.
    assert (never["symbol"], never["status"], never["body"]["code"]) == ("ACME", 422, 42210013)
    rows = (await trader.request("DELETE", "/v2/positions?cancel_orders=True")).json()
    assert [(row["symbol"], row["status"]) for row in rows] == [("AAA", 200), ("ACME", 422)]
    assert rows[0]["body"]["status"] == "filled"
    assert [p["symbol"] for p in await trader.get("/v2/positions")] == ["ACME"]
    wrong = await trader.request("DELETE", "/v2/positions?cancel_orders=maybe")
    assert wrong.status_code == 422
    assert await platform.violations() == {}


async def test_every_position_that_can_be_sold_is_sold_by_one_request(platform: Platform) -> None:
    trader = await owner_of(platform, "AAA", "5")
    other = await owner_of(platform, "BBB", "7")
    await platform.admin.post(
        "/v1/admin/assets/BBB/grants", {"user_id": trader.user_id, "qty": "2"}, expect=201
    )
    rows = (await trader.request("DELETE", "/v2/positions")).json()
    sold = [(row["symbol"], row["status"], row["body"].get("filled_qty")) for row in rows]
    assert sold == [("AAA", 200, "5"), ("BBB", 200, "2")]
    assert await trader.get("/v2/positions") == []
    rows = (await other.request("DELETE", "/v2/positions")).json()
    assert [(row["symbol"], row["status"]) for row in rows] == [("BBB", 200)]
    assert await platform.violations() == {}


async def test_a_notional_order_never_spends_more_than_its_amount(platform: Platform) -> None:
    seller = await owner_of(platform, "BTCUSD", "10", **{"class": "crypto", "lot_size": "0.0001"})
    buyer = await platform.funded("1000")
    body = {
        "symbol": "BTCUSD", "side": "buy", "type": "market", "time_in_force": "day",
    }  # fmt: skip
    await seller.order("sell", "0.5", "101.00", symbol="BTCUSD")
    await seller.order("sell", "5", "103.00", symbol="BTCUSD")
    order = await buyer.post("/v2/orders", body | {"notional": 100.10})
    assert (order["qty"], order["notional"], order["status"]) == (None, "100.1", "filled")
    assert order["filled_qty"] == "0.9718"  # of 100.10 at 103
    spent = Decimal(1000) - Decimal((await buyer.get("/v2/account"))["cash"])
    assert spent == Decimal("99.0954")
    sold = await buyer.post("/v2/orders", body | {"notional": "50.00", "side": "sell"})
    assert (sold["filled_qty"], sold["filled_avg_price"]) == ("0.5", "100")
    for wrong, status, code in (
        ({"notional": "50", "qty": "1"}, 422, 40010001),
        ({"notional": "50", "time_in_force": "gtc"}, 422, 42210000),
        ({"notional": "50", "type": "limit", "limit_price": "100"}, 422, 42210000),
        ({"notional": "50.001"}, 422, 42210000),
        ({"notional": "0.01"}, 422, 42210000),
        ({"notional": "50", "symbol": "ACME"}, 422, 42210013),
    ):
        assert (await buyer.post("/v2/orders", body | wrong, expect=status))["code"] == code, wrong
    poor = await platform.funded("10")
    assert (await poor.post("/v2/orders", body | {"notional": "50"}, 403))["code"] == 40310000
    replaced = await buyer.request("PATCH", f"/v2/orders/{order['id']}", json={"qty": 2})
    assert replaced.status_code == 422
    assert await platform.violations() == {}


def test_the_bound_of_a_notional_order_follows_the_book() -> None:
    asset = Asset(UUID(int=1), "X", "X", "crypto", Decimal("0.01"), Decimal("0.001"), True)
    asks = [Level(1000, 5000), Level(1100, 10_000)]  # 5 at 10.00, 10 at 11.00
    book = Book([Level(990, 1000), Level(980, 100_000)], asks)
    last, collar, fee = Decimal(10), Decimal("0.5"), Decimal("0.1")

    def bound(notional: str, side: Side = Side.BUY, book: Book = book) -> tuple[str, str]:
        found = bound_of(asset, side, Decimal(notional), book, last, collar, fee)
        if side is Side.BUY:
            assert found.qty * found.worst_price * Decimal("1.1") <= Decimal(notional)
        return plain(found.qty), plain(found.worst_price)

    assert bound("44") == ("4", "10")
    assert bound("55") == ("5", "10")
    assert bound("60") == ("5", "10")  # more would cost 11 each: less than five
    assert bound("121") == ("10", "11")
    assert bound("10000") == ("15", "11")  # all there is
    assert bound("11", book=Book([], [])) == ("1", "10")
    assert bound("19.70", Side.SELL)[0] == "2"  # 1 at 9.90, 1 at 9.80
    with pytest.raises(Refused):
        bound("0.001")


async def test_many_orders_are_canceled_by_one_command(platform: Platform) -> None:
    await platform.list_asset("MANY")
    trader = await platform.funded("10000000")
    count = 200
    orders = [
        {
            "symbol": "MANY", "side": "buy", "qty": "1", "type": "limit", "time_in_force": "gtc",
            "limit_price": str(1 + n % 50), "client_order_id": f"many-{n}",
        }
        for n in range(count)
    ]  # fmt: skip
    limit = asyncio.Semaphore(200)

    async def place(body: dict[str, Any]) -> None:
        async with limit:
            answer = await trader.request("POST", "/v2/orders", json=body)
            assert answer.status_code == 200, answer.text

    await asyncio.gather(*(place(body) for body in orders))
    answer = await trader.request("DELETE", "/v2/orders")
    rows = answer.json()
    assert answer.status_code == 207
    assert len(rows) == count
    assert {row["status"] for row in rows} == {200}
    async with platform.app.state.database.raw() as connection:
        commands: int = await connection.fetchval("SELECT count(*) FROM commands")
    assert commands == 0
    assert await trader.get("/v2/orders") == []
    assert await platform.violations() == {}


async def test_a_cancel_of_all_takes_what_waits_and_what_is_undecided(platform: Platform) -> None:
    seller, trader = await platform.funded(shares="10"), await platform.funded()
    await seller.order("sell", "1", "100.00")
    await trader.order("buy", "1", "100.00")
    bracket = {
        "order_class": "bracket",
        "take_profit": {"limit_price": "110"},
        "stop_loss": {"stop_price": "90"},
    }
    entry = await trader.order("buy", "1", "95.00", **bracket)
    rows = (await trader.request("DELETE", "/v2/orders")).json()
    assert {row["id"] for row in rows} == {entry["id"], *(leg["id"] for leg in entry["legs"])}
    assert {row["status"] for row in rows} == {200}

    platform.app.state.failpoints.arm("before_send=unknown")
    answer = await trader.request(
        "POST",
        "/v2/orders",
        json={
            "symbol": "ACME", "side": "buy", "qty": 1, "type": "limit", "limit_price": 1,
            "time_in_force": "gtc",
        },
        headers={"X-Deadline-Ms": "300"},
    )  # fmt: skip
    placed = answer.json()
    assert placed["status"] in ("pending_new", "new")
    await trader.request("DELETE", "/v2/orders")

    async def gone() -> bool:
        return bool((await trader.get(f"/v2/orders/{placed['id']}"))["status"] == "canceled")

    await until(gone)
    assert await platform.violations() == {}
