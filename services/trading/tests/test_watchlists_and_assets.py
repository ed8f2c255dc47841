"""Watchlists, the calendar and assets, as Alpaca's clients ask for them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from trading_platform import Platform, Trader

LISTS = "/v2/watchlists"
BY_NAME = "/v2/watchlists:by_name"


async def ask(
    who: Trader, method: str, path: str, body: Any = None, expect: int = 200, **headers: str
) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = await who.request(method, path, json=body, headers=sent)
    assert answer.status_code == expect, answer.text
    return answer


async def test_a_watchlist_from_its_beginning_to_its_end(platform: Platform) -> None:
    trader = platform.trader()
    await platform.list_asset("BOLT")
    pair = await platform.list_asset("BTC/USD", lot_size="0.001", **{"class": "crypto"})
    made = (
        await ask(trader, "POST", LISTS, {"name": "one", "symbols": ["BOLT", "ACME", "BOLT"]})
    ).json()
    assert [asset["symbol"] for asset in made["assets"]] == ["BOLT", "ACME"]
    assert made["assets"][1] == await trader.get("/v2/assets/ACME")
    assert UUID(made["account_id"]) == UUID((await trader.get("/v2/account"))["id"])
    path = f"{LISTS}/{made['id']}"
    assert (await ask(trader, "GET", path)).json() == made
    assert (await ask(trader, "GET", f"{BY_NAME}?name=one")).json() == made

    longer = (await ask(trader, "POST", path, {"symbol": pair["id"]})).json()
    assert [asset["symbol"] for asset in longer["assets"]] == ["BOLT", "ACME", "BTC/USD"]
    assert longer["updated_at"] > made["updated_at"]
    shorter = (await ask(trader, "DELETE", f"{path}/BTC/USD")).json()
    assert shorter["assets"] == made["assets"]
    renamed = (await ask(trader, "PUT", path, {"name": "two", "symbols": None})).json()
    assert (renamed["name"], renamed["assets"]) == ("two", made["assets"])
    other = (await ask(trader, "PUT", path, {"name": "", "symbols": ["ACME"]})).json()
    assert (other["name"], [a["symbol"] for a in other["assets"]]) == ("two", ["ACME"])

    await ask(trader, "POST", LISTS, {"name": "a", "symbols": []})
    listed = (await ask(trader, "GET", LISTS)).json()
    assert [each["name"] for each in listed] == ["a", "two"]
    assert "assets" not in listed[0]
    gone = await ask(trader, "DELETE", path, None, 204)
    assert gone.content == b""
    for method, url in (("GET", path), ("DELETE", path), ("GET", f"{BY_NAME}?name=two")):
        refused = await ask(trader, method, url, None, 404)
        assert (refused.json()["code"], refused.json()["message"]) == (
            40410000,
            "watchlist not found",
        )


async def test_a_watchlist_by_its_name(platform: Platform) -> None:
    trader = platform.trader()
    await ask(trader, "POST", LISTS, {"name": "by name & more"})
    url = f"{BY_NAME}?name=by%20name%20%26%20more"
    added = (await ask(trader, "POST", url, {"symbol": "ACME"})).json()
    assert [asset["symbol"] for asset in added["assets"]] == ["ACME"]
    renamed = (await ask(trader, "PUT", url, {"name": "new", "symbols": []})).json()
    assert (renamed["name"], renamed["assets"]) == ("new", [])
    await ask(trader, "DELETE", url, None, 404)
    await ask(trader, "DELETE", f"{BY_NAME}?name=new", None, 204)
    assert (await ask(trader, "GET", LISTS)).json() == []


async def test_watchlists_that_cannot_be(platform: Platform) -> None:
    trader, other = platform.trader(), platform.trader()
    made = (await ask(trader, "POST", LISTS, {"name": "mine", "symbols": ["ACME"]})).json()
    second = (await ask(trader, "POST", LISTS, {"name": "second"})).json()
    path = f"{LISTS}/{made['id']}"
    before = (await ask(trader, "GET", path)).content
    for method, url, body, kind in (
        ("POST", LISTS, {"name": "mine"}, "watchlist_exists"),
        ("PUT", path, {"name": "second"}, "watchlist_exists"),
        ("POST", LISTS, {"name": "new", "symbols": ["NOPE"]}, "unknown_symbol"),
        ("PUT", path, {"symbols": ["ACME", "NOPE"]}, "unknown_symbol"),
        ("POST", path, {"symbol": "NOPE"}, "unknown_symbol"),
        ("POST", path, {"symbol": "USD"}, "unknown_symbol"),
        ("POST", path, {"symbol": "ACME"}, "symbol_listed"),
        ("POST", LISTS, {"name": "x" * 65}, "invalid_input"),
        ("POST", LISTS, {"name": ""}, "invalid_input"),
        ("POST", LISTS, {"symbols": ["ACME"]}, "invalid_input"),
        ("POST", LISTS, {"name": "a\u0000b"}, "invalid_input"),
        ("POST", LISTS, {"name": "new", "symbols": "ACME"}, "invalid_input"),
        ("POST", LISTS, {"name": "new", "symbols": ["ACME"] * 501}, "invalid_input"),
        ("POST", path, {}, "invalid_input"),
        ("GET", f"{LISTS}/no-uuid", None, "invalid_input"),
        ("GET", BY_NAME, None, "invalid_input"),
    ):
        refused = (await ask(trader, method, url, body, 422)).json()
        assert refused["type"] == kind, (method, url, body)
        assert refused["code"] == (40010001 if kind == "invalid_input" else 42210000)
    await ask(trader, "DELETE", f"{path}/BOLT", None, 404)
    for method, body in (
        ("GET", None), ("PUT", {"name": "x"}), ("POST", {"symbol": "ACME"}), ("DELETE", None),
    ):  # fmt: skip
        await ask(other, method, path, body, 404)
        await ask(trader, method, f"{LISTS}/{uuid4()}", body, 404)
    assert (await ask(trader, "GET", path)).content == before
    assert second["assets"] == []


async def test_an_account_has_so_many_watchlists(platform: Platform) -> None:
    trader = platform.trader()
    made = (await ask(trader, "POST", LISTS, {"name": "0"})).json()
    async with platform.app.state.database.raw() as connection:
        await connection.execute(
            "INSERT INTO watchlists (id, account_id, name, symbols, created_at, updated_at)"
            " SELECT gen_random_uuid(), $1, number::text, '{}', now(), now()"
            " FROM generate_series(1, 99) number",
            UUID(made["account_id"]),
        )
    refused = await ask(trader, "POST", LISTS, {"name": "one more"}, 422)
    assert refused.json()["type"] == "watchlist_full"
    assert len((await ask(trader, "GET", LISTS)).json()) == 100


async def test_watchlists_are_changed_only_by_who_saw_them(platform: Platform) -> None:
    trader = platform.trader()
    made = await ask(trader, "POST", LISTS, {"name": "one"})
    path = f"{LISTS}/{made.json()['id']}"
    seen = made.headers["etag"]
    await ask(trader, "GET", path, None, 304, if_none_match=f"W/{seen}")
    listed = (await ask(trader, "GET", LISTS)).headers["etag"]
    await ask(trader, "GET", LISTS, None, 304, if_none_match=listed)
    for method, body in (("PUT", {"name": "x"}), ("POST", {"symbol": "ACME"}), ("DELETE", None)):
        await ask(trader, method, path, body, 412, if_match='"other"')
    await ask(trader, "POST", path, {"symbol": "ACME"}, if_match=seen)
    await ask(trader, "PUT", path, {"name": "two"}, 412, if_match=seen)
    await ask(trader, "GET", path, if_none_match=seen)
    await ask(trader, "DELETE", path, None, 204, if_match="*")


async def test_the_market_is_open_every_day(platform: Platform) -> None:
    trader = platform.trader()
    days = await trader.get("/v2/calendar", start="2024-02-27", end="2024-03-02")
    assert [day["date"] for day in days] == [
        "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02",
    ]  # fmt: skip
    assert days[0] == {
        "date": "2024-02-27", "open": "00:00", "close": "23:59", "session_open": "0000",
        "session_close": "2359", "settlement_date": "2024-02-27",
    }  # fmt: skip
    # JS sends times where others send dates.
    times = {"start": "2024-02-27T00:00:00.000Z", "end": "2024-03-02T23:59:59.999Z"}
    assert await trader.get("/v2/calendar", **times, date_type="SETTLEMENT") == days
    this_year = datetime.now(UTC).year
    usual = await trader.get("/v2/calendar")
    assert (usual[0]["date"], usual[-1]["date"]) == (f"{this_year}-01-01", f"{this_year + 1}-12-31")
    assert await trader.get("/v2/calendar", start="2024-03-02", end="2024-03-01") == []
    for wrong in (
        {"start": "yesterday"},
        {"end": "2024-13-01"},
        {"start": "0001-01-01", "end": "9999-12-31"},
        {"date_type": "LUNAR"},
        {"start": "\u0000"},
    ):
        refused = await trader.request("GET", "/v2/calendar", params=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, 40010001), wrong
    first = await ask(trader, "GET", "/v2/calendar?start=2024-01-01&end=2024-01-02")
    await ask(
        trader, "GET", "/v2/calendar?start=2024-01-01&end=2024-01-02", None, 304,
        if_none_match=first.headers["etag"],
    )  # fmt: skip


async def test_assets_are_found_by_what_they_are(platform: Platform) -> None:
    trader = platform.trader()
    await platform.list_asset("COIN", lot_size="0.001", **{"class": "crypto"})

    async def found(**wanted: str) -> list[str]:
        return [each["symbol"] for each in await trader.get("/v2/assets", **wanted)]

    assert await found() == ["ACME", "COIN"]
    assert await found(asset_class="crypto") == ["COIN"]
    assert await found(status="active", asset_class="us_equity") == ["ACME"]
    assert await found(status="inactive") == []
    assert await found(status="", asset_class="", exchange="", attributes="") == ["ACME", "COIN"]
    assert await found(exchange="NASDAQ") == []
    assert await found(attributes="fractional_eh_enabled,ipo") == ["COIN"]
    assert await found(attributes="ipo") == []
    coin = await trader.get("/v2/assets/COIN")
    assert (coin["class"], coin["fractionable"], coin["min_order_size"]) == (
        "crypto",
        True,
        "0.001",
    )
    assert (coin["price_increment"], coin["min_trade_increment"]) == ("0.01", "0.001")
    # The Go client takes a whole number, and nothing else.
    assert type(coin["maintenance_margin_requirement"]) is int
    assert "asset_class" not in coin


async def test_assets_that_did_not_change_are_not_sent_again(platform: Platform) -> None:
    trader = platform.trader()
    for path in ("/v2/assets", "/v2/assets/ACME"):
        first = await ask(trader, "GET", path)
        await ask(trader, "GET", path, None, 304, if_none_match=first.headers["etag"])
        assert first.headers["cache-control"] == "private, no-cache"
    everything = (await ask(trader, "GET", "/v2/assets")).headers["etag"]
    await platform.list_asset("NEWS")
    assert len((await ask(trader, "GET", "/v2/assets", if_none_match=everything)).json()) == 2
