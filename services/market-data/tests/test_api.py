"""The api in Alpaca's shapes, over what the worker's own code stored."""

import asyncio
import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from alpaca.data.historical import StockHistoricalDataClient
from alpaca.data.models import BarSet, QuoteSet, TradeSet
from alpaca.data.requests import (
    StockBarsRequest,
    StockLatestBarRequest,
    StockLatestQuoteRequest,
    StockLatestTradeRequest,
    StockQuotesRequest,
    StockSnapshotRequest,
    StockTradesRequest,
)
from alpaca.data.timeframe import TimeFrame
from market_data_scene import Stage, Wire

from chassis.clock import ManualClock, rfc3339_ns
from market_data.latest.reader import ABSENT_S

START = "2020-01-01"


@pytest.fixture
async def traded(stage: Stage) -> Stage:
    """AAPL in whole shares and cents, BTCUSD in fractions, both traded, both with a book."""
    await stage.create_asset("AAPL")
    await stage.create_asset("BTCUSD", tick="0.1", lot="0.00000001")
    log = stage.log
    offer = log.rest("AAPL", "sell", 15_010, 100)
    log.rest("AAPL", "sell", 15_020, 7)
    bid = log.rest("AAPL", "buy", 15_000, 40)
    log.take(offer, 30, left=70)
    log.take(bid, 10, left=30)
    log.take(log.rest("BTCUSD", "sell", 611_234, 12_345), 45, left=12_300)
    await stage.apply()
    return stage


def _exact(answer: httpx.Response) -> Any:
    """JSON with its numbers as they are written."""
    assert answer.status_code == 200, answer.text
    return json.loads(answer.content, parse_float=Decimal)


async def test_the_latest_trade_quote_and_bar(traded: Stage) -> None:
    async with traded.api() as api:
        trades = _exact(await api.get("/v2/stocks/trades/latest?symbols=AAPL,BTCUSD,NONE"))
        assert list(trades) == ["trades"]
        assert list(trades["trades"]) == ["AAPL", "BTCUSD"]
        last = traded.log.trades()[-2]
        assert trades["trades"]["AAPL"] == {
            "t": rfc3339_ns(last.time_ns),
            "p": 150,
            "s": 10,
            "i": last.sequence,
            "tks": "S",
            "x": "V",
            "z": "A",
            "c": [],
        }
        assert trades["trades"]["BTCUSD"]["s"] == Decimal("0.00000045")
        assert trades["trades"]["BTCUSD"]["p"] == Decimal("61123.4")

        quote = _exact(await api.get("/v2/stocks/AAPL/quotes/latest"))
        assert quote["symbol"] == "AAPL"
        quote = quote["quote"]
        assert (quote["bp"], quote["bs"], quote["ap"], quote["as"]) == (
            Decimal("150"),
            30,
            Decimal("150.1"),
            70,
        )
        one_sided = _exact(await api.get("/v2/stocks/quotes/latest?symbols=BTCUSD"))
        assert (
            one_sided["quotes"]["BTCUSD"].items()
            >= {"bp": 0, "bs": 0, "as": Decimal("0.000123")}.items()
        )

        bar = _exact(await api.get("/v2/stocks/bars/latest?symbols=AAPL"))["bars"]["AAPL"]
        assert {k: bar[k] for k in "ohlcvn"} == {
            "o": Decimal("150.1"),
            "h": Decimal("150.1"),
            "l": 150,
            "c": 150,
            "v": 40,
            "n": 2,
        }
        assert bar["vw"] == Decimal("150.075")


async def test_sizes_of_whole_assets_are_written_without_a_point(traded: Stage) -> None:
    async with traded.api() as api:
        texts = [
            (await api.get(f"/v2/stocks/AAPL/{what}")).text
            for what in ("trades/latest", "quotes/latest", "bars/latest")
        ]
    assert '"s":10,' in texts[0]
    assert '"bs":30,' in texts[1]
    assert '"v":40,' in texts[2]


async def test_a_size_beyond_32_bits_is_shown_as_the_largest(stage: Stage) -> None:
    await stage.create_asset("PENNY")
    stage.log.rest("PENNY", "buy", 1, 2**33)
    await stage.apply()
    async with stage.api() as api:
        quote = (await api.get("/v2/stocks/PENNY/quotes/latest")).json()["quote"]
        book = (await api.get("/v1/market/PENNY/book")).json()
    assert quote["bs"] == 2**32 - 1
    assert book["bids"] == [{"price": "0.01", "size": str(2**33), "orders": 1}]


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/v2/stocks/BTC/USD/trades/latest", "trade"),
        ("/v2/stocks/BTC/USD/trades?start=2020-01-01", "trades"),
        ("/v2/stocks/BTC/USD/quotes/latest", "quote"),
        ("/v2/stocks/BTC/USD/quotes?start=2020-01-01", "quotes"),
        ("/v2/stocks/BTC/USD/bars/latest", "bar"),
        ("/v2/stocks/BTC/USD/bars?start=2020-01-01&timeframe=1Min", "bars"),
        ("/v2/stocks/BTC/USD/snapshot", "latestTrade"),
        ("/v1/market/BTC/USD/book", "asks"),
    ],
)
async def test_a_symbol_may_hold_a_slash(stage: Stage, path: str, member: str) -> None:
    await stage.create_asset("BTC/USD", tick="0.1", lot="0.00000001")
    stage.log.take(stage.log.rest("BTC/USD", "sell", 611_234, 12_345), 45, left=12_300)
    await stage.apply()
    async with stage.api() as api:
        found = _exact(await api.get(path))
    assert found["symbol"] == "BTC/USD"
    assert found[member] or member == "quotes"  # past quotes are not kept


async def test_an_empty_symbol_is_refused(stage: Stage) -> None:
    async with stage.api() as api:
        assert (await api.get("/v2/stocks//trades/latest")).status_code == 422


async def test_snapshots_have_no_envelope(traded: Stage) -> None:
    async with traded.api() as api:
        snapshots = _exact(await api.get("/v2/stocks/snapshots?symbols=AAPL,BTCUSD,NONE"))
        assert list(snapshots) == ["AAPL", "BTCUSD"]
        assert snapshots["AAPL"]["dailyBar"]["v"] == 40
        assert snapshots["AAPL"]["prevDailyBar"] is None
        single = _exact(await api.get("/v2/stocks/AAPL/snapshot"))
        assert single == snapshots["AAPL"] | {"symbol": "AAPL"}


async def test_the_day_before_is_the_last_one_with_trades(traded: Stage) -> None:
    today_s = time.time_ns() // 10**9 // 86_400 * 86_400
    async with traded.database.write() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO minute_bars SELECT symbol, s, 1, 9, 1, 5, 2, 10, 2 FROM"
            f" (VALUES ('AAPL', {today_s - 3 * 86_400}), ('AAPL', {today_s - 3 * 86_400 + 60}),"
            f" ('AAPL', {today_s - 4 * 86_400})) AS v (symbol, s)"
        )
    async with traded.api() as api:
        before = _exact(await api.get("/v2/stocks/AAPL/snapshot"))["prevDailyBar"]
    assert before["t"] == rfc3339_ns((today_s - 3 * 86_400) * 10**9)
    assert (before["v"], before["n"]) == (4, 4)


@pytest.mark.parametrize("sort", ["asc", "desc"])
async def test_page_tokens_walk_all_trades_exactly_once(traded: Stage, sort: str) -> None:
    def trade_more(times: int) -> None:
        for symbol in ("AAPL", "BTCUSD"):
            maker = traded.log.rest(symbol, "sell", 14_000, times)
            for left in reversed(range(times)):
                traded.log.take(maker, 1, left)

    trade_more(20)
    await traded.apply()
    expected = {trade.sequence for trade in traded.log.trades()}
    walked: list[int] = []
    query = {"symbols": "BTCUSD,AAPL", "start": START, "limit": "7", "sort": sort}
    async with traded.api() as api:
        while True:
            page = _exact(await api.get("/v2/stocks/trades", params=query))
            assert set(page) == {"trades", "next_page_token"}
            ids = [trade["i"] for trades in page["trades"].values() for trade in trades]
            assert 0 < len(ids) <= 7
            assert not set(ids) & set(walked), "a page was repeated"
            walked += ids
            if page["next_page_token"] is None:
                break
            query["page_token"] = page["next_page_token"]
            if len(walked) == 7:
                # Trades that come in the middle of the walk move nothing.
                trade_more(3)
                await traded.apply()
    assert len(walked) == len(set(walked))
    assert set(walked) >= expected
    if sort == "asc":
        assert sorted(walked) == [trade.sequence for trade in traded.log.trades()]


async def test_a_span_includes_both_of_its_ends(traded: Stage) -> None:
    first, second = traded.log.trades()[:2]
    async with traded.api() as api:

        async def ids(start_ns: int, end_ns: int) -> list[int]:
            span = {"start": rfc3339_ns(start_ns), "end": rfc3339_ns(end_ns)}
            page = await api.get("/v2/stocks/AAPL/trades", params=span)
            return [trade["i"] for trade in page.json()["trades"]]

        assert await ids(first.time_ns, second.time_ns) == [first.sequence, second.sequence]
        assert await ids(second.time_ns + 1, second.time_ns + 2) == []
        assert await ids(first.time_ns - 2, first.time_ns - 1) == []


async def test_past_quotes_are_an_empty_set(traded: Stage) -> None:
    async with traded.api() as api:
        several = (await api.get(f"/v2/stocks/quotes?symbols=AAPL&start={START}")).json()
        one = (await api.get("/v2/stocks/AAPL/quotes")).json()
    assert several == {"quotes": {}, "next_page_token": None}
    assert one == {"quotes": [], "symbol": "AAPL", "next_page_token": None}


@pytest.mark.parametrize(
    "path",
    [
        "/v2/stocks/trades",
        "/v2/stocks/trades?symbols=,",
        "/v2/stocks/trades/latest?symbols=" + ",".join(f"S{n}" for n in range(201)),
        "/v2/stocks/bars?symbols=A",
        "/v2/stocks/bars?symbols=A&timeframe=2Day",
        "/v2/stocks/trades?symbols=A&limit=0",
        "/v2/stocks/trades?symbols=A&limit=10001",
        "/v2/stocks/trades?symbols=A&start=yesterday",
        "/v2/stocks/trades?symbols=A&start=2026-01-02&end=2026-01-01",
        "/v2/stocks/trades?symbols=A&page_token=nonsense",
        "/v2/stocks/trades?symbols=A&page_token=WyJBIiwtMV0",
        "/v2/stocks/trades?symbols=A&page_token=%C3%A4",
        "/v2/stocks/trades?symbols=A&sort=up",
        "/v2/stocks/%00/trades",
        "/v2/stocks/quotes?symbols=A&start=never",
    ],
)
async def test_bad_queries_are_refused_with_a_sentence(stage: Stage, path: str) -> None:
    async with stage.api() as api:
        answer = await api.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["message"]


async def test_unknown_symbols_are_404_alone_and_left_out_among_others(stage: Stage) -> None:
    async with stage.api() as api:
        for what in ("trades/latest", "quotes/latest", "bars/latest", "snapshot"):
            answer = await api.get(f"/v2/stocks/NONE/{what}")
            assert (answer.status_code, answer.json()["code"]) == (404, 40410000)
        assert (await api.get("/v1/market/NONE/book")).status_code == 404
        several = await api.get("/v2/stocks/trades/latest?symbols=NONE")
        assert several.json() == {"trades": {}}
        history = await api.get("/v2/stocks/bars?symbols=NONE&timeframe=1Day")
        assert history.json() == {"bars": {}, "next_page_token": None}


async def test_anybody_may_read_but_a_token_must_be_good(stage: Stage) -> None:
    paths = [
        route.path.replace("{symbol:path}", "AAPL") + "?symbols=AAPL&timeframe=1Min"
        for route in _data_routes()
    ]
    assert len(paths) == 16
    service_token = stage.keys.token("trading", "market-data", "engine:read")
    async with stage.api(signed_in=False) as api:
        for path in paths:
            assert (await api.get(path)).status_code in (200, 404)
            for proof, status in ((f"Bearer {service_token}", 403), ("Bearer x", 401), ("x", 401)):
                answer = await api.get(path, headers={"Authorization": proof})
                assert answer.status_code == status


def _data_routes() -> list[Any]:
    from market_data.bars import endpoints as bars
    from market_data.book import endpoints as book
    from market_data.listing import endpoints as listing
    from market_data.quotes import endpoints as quotes
    from market_data.snapshots import endpoints as snapshots
    from market_data.trades import endpoints as trades

    nouns = (bars, book, listing, quotes, snapshots, trades)
    return [route for noun in nouns for route in noun.router.routes]


async def test_all_symbols_with_their_day(traded: Stage) -> None:
    await traded.create_asset("QUIET", tick="0.05", lot="10")
    yesterday = traded.log.trades()[0]
    clock = ManualClock(yesterday.time_ns)
    async with traded.api(clock=clock, signed_in=False) as api:
        symbols = (await api.get("/v1/market/symbols")).json()["symbols"]
        assert [each["symbol"] for each in symbols] == ["AAPL", "BTCUSD", "QUIET"]
        assert symbols[0] == {
            "symbol": "AAPL",
            "name": "AAPL Inc.",
            "asset_class": "us_equity",
            "tick_size": "0.01",
            "lot_size": "1",
            "fractionable": False,
            "phase": "continuous",
            "last_price": "150",
            "day_open": "150.1",
            "day_high": "150.1",
            "day_low": "150",
            "day_volume": "40",
            "previous_close": None,
        }
        assert symbols[1]["day_volume"] == "0.00000045"
        assert symbols[2]["last_price"] is symbols[2]["day_open"] is None
        clock.advance(86_400)
        apple = (await api.get("/v1/market/symbols")).json()["symbols"][0]
        assert apple["last_price"] == apple["previous_close"] == "150"
        assert apple["day_open"] is apple["day_volume"] is None


async def test_without_redis_the_database_answers_and_says_so(traded: Stage) -> None:
    wire = Wire(traded.redis_url)
    await wire.mend()
    paths = [
        "/v2/stocks/AAPL/trades/latest",
        "/v2/stocks/AAPL/quotes/latest",
        "/v1/market/AAPL/book",
        "/v2/stocks/snapshots?symbols=AAPL,BTCUSD",
    ]
    async with traded.api(redis_url=wire.url) as api:
        from_cache = [await api.get(path) for path in paths]
        await wire.cut()
        from_database = [await api.get(path) for path in paths]
        await wire.mend()
        await traded.redis.flushdb()
        after_flush = [await api.get(path) for path in paths]
        assert (await api.get("/readyz")).status_code == 200
    await wire.cut()
    for cached, stored, flushed in zip(from_cache, from_database, after_flush, strict=True):
        assert cached.headers["x-market-data-source"] == "cache"
        assert stored.headers["x-market-data-source"] == "database"
        assert flushed.headers["x-market-data-source"] == "database"
        assert cached.content == stored.content == flushed.content


async def test_one_evicted_key_is_found_in_the_database(traded: Stage) -> None:
    async with traded.api() as api:
        path = "/v2/stocks/trades/latest?symbols=AAPL,BTCUSD"
        before = await api.get(path)
        await traded.redis.delete("market-data:trade:AAPL")
        after = await api.get(path)
    assert after.headers["x-market-data-source"] == "database"
    assert after.json() == before.json()


async def test_what_was_never_traded_costs_the_database_one_look_a_second(stage: Stage) -> None:
    await stage.create_asset("QUIET")
    await stage.create_asset("AAPL")
    stage.log.take(stage.log.rest("AAPL", "sell", 15_010, 100), 30, left=70)
    await stage.apply()
    wire, clock = Wire(stage.database_url), ManualClock(time.time_ns())
    await wire.mend()
    path = "/v2/stocks/trades/latest?symbols=AAPL,QUIET"
    async with stage.api(database_url=wire.url, clock=clock) as api:
        first = await api.get(path)
        await wire.cut()
        second = await api.get(path)
        clock.advance(ABSENT_S)
        third = await api.get(path)
        await wire.mend()
        await api.get(path)
        stage.log.take(stage.log.rest("QUIET", "sell", 100, 5), 5, left=0)
        await stage.apply()
        traded = await api.get(path)
    await wire.cut()
    assert (first.status_code, second.status_code, third.status_code) == (200, 200, 503)
    assert list(second.json()["trades"]) == ["AAPL"]
    assert list(traded.json()["trades"]) == ["AAPL", "QUIET"]


async def test_without_the_database_the_latest_is_still_read_and_history_is_503(
    traded: Stage,
) -> None:
    wire = Wire(traded.database_url)
    await wire.mend()
    async with traded.api(database_url=wire.url) as api:
        assert (await api.get("/v2/stocks/AAPL/quotes/latest")).status_code == 200
        await wire.cut()
        assert (await api.get("/v2/stocks/AAPL/quotes/latest")).status_code == 200
        assert (await api.get("/readyz")).status_code == 200
        history = await api.get("/v2/stocks/AAPL/trades")
        assert (history.status_code, history.json()["type"]) == (503, "unavailable")
        assert (await api.get("/v2/stocks/NEW/quotes/latest")).status_code == 503
        await wire.mend()
        assert (await api.get("/v2/stocks/AAPL/trades")).status_code == 200
    await wire.cut()


async def test_old_data_is_marked_stale(traded: Stage) -> None:
    clock = ManualClock(time.time_ns())
    clock.advance(-1)
    async with traded.api(clock=clock) as api:
        fresh = await api.get("/v2/stocks/AAPL/quotes/latest")
        clock.advance(60)
        stale = await api.get("/v2/stocks/AAPL/quotes/latest")
    assert fresh.headers["x-market-data-stale"] == "false"
    assert stale.headers["x-market-data-stale"] == "true"
    assert stale.headers["x-market-data-as-of"] == fresh.headers["x-market-data-as-of"]


async def test_the_stock_client_reads_everything(traded: Stage) -> None:
    async with traded.api() as api:
        client = StockHistoricalDataClient(
            oauth_token=traded.users.token(), url_override=str(api.base_url).rstrip("/")
        )
        await asyncio.to_thread(_read_everything, client)


def _read_everything(client: StockHistoricalDataClient) -> None:
    symbols = ["AAPL", "BTCUSD"]
    since = datetime(2020, 1, 1, tzinfo=UTC)
    trade = client.get_stock_latest_trade(StockLatestTradeRequest(symbol_or_symbols=symbols))
    assert (trade["AAPL"].price, trade["AAPL"].size) == (150.0, 10)
    assert trade["BTCUSD"].size == 0.00000045
    quote = client.get_stock_latest_quote(StockLatestQuoteRequest(symbol_or_symbols=symbols))
    assert (quote["AAPL"].bid_price, quote["AAPL"].ask_size) == (150.0, 70)
    bar = client.get_stock_latest_bar(StockLatestBarRequest(symbol_or_symbols=symbols))
    assert (bar["AAPL"].volume, bar["AAPL"].trade_count) == (40, 2)
    snapshot = client.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols=symbols))
    daily = snapshot["AAPL"].daily_bar
    assert daily is not None
    assert daily.open == 150.1
    assert snapshot["AAPL"].previous_daily_bar is None
    trades = client.get_stock_trades(StockTradesRequest(symbol_or_symbols=symbols, start=since))
    assert isinstance(trades, TradeSet)
    assert [each.price for each in trades.data["AAPL"]] == [150.1, 150.0]
    for timeframe in (TimeFrame.Minute, TimeFrame.Hour, TimeFrame.Day, TimeFrame.Week):
        bars = client.get_stock_bars(
            StockBarsRequest(symbol_or_symbols=symbols, timeframe=timeframe, start=since)
        )
        assert isinstance(bars, BarSet)
        assert sum(each.volume for each in bars.data["AAPL"]) == 40.0
    quotes = client.get_stock_quotes(StockQuotesRequest(symbol_or_symbols=symbols, start=since))
    assert isinstance(quotes, QuoteSet)
    assert quotes.data.get("AAPL", []) == []
