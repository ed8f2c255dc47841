"""`/v2/stocks/trades`: historical and latest."""

from collections.abc import Sequence
from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.database import ReadConnection, Reading
from market_data.access import READERS, REFUSALS
from market_data.answers import answer, answers_with
from market_data.assets.catalog import Assets, Catalog
from market_data.history import InSpan, Span, collect
from market_data.latest.reader import Found, Latest, LatestReader
from market_data.latest.state import LatestTrade
from market_data.symbols import Symbol, Symbols, not_found
from market_data.trades.queries import history
from market_data.trades.schemas import (
    NewestTrade,
    NewestTrades,
    Trade,
    Trades,
    TradesOfOne,
    trade_of,
)

router = APIRouter(tags=["trades"], dependencies=[READERS], responses=REFUSALS)


@router.get("/v2/stocks/trades/latest", responses=answers_with(NewestTrades))
async def latest_trades(
    symbols: Symbols, request: Request, latest: Latest, assets: Assets
) -> Response:
    """The newest trade of each symbol; a symbol without one is left out."""
    trades, found = await newest(latest, assets, symbols)
    return answer(NewestTrades(trades), found.headers(request.app.state.clock))


@router.get("/v2/stocks/{symbol:path}/trades/latest", responses=answers_with(NewestTrade))
async def latest_trade(
    symbol: Symbol, request: Request, latest: Latest, assets: Assets
) -> Response:
    """The newest trade of one symbol."""
    trades, found = await newest(latest, assets, [symbol])
    if symbol not in trades:
        raise not_found(symbol)
    return answer(NewestTrade(trades[symbol], symbol), found.headers(request.app.state.clock))


@router.get("/v2/stocks/trades", responses=answers_with(Trades))
async def historical_trades(
    symbols: Symbols, span: InSpan, connection: Reading, assets: Assets
) -> Response:
    """Trades in a span of time, by symbol, then by time; `limit` counts all symbols together."""
    trades, token = await _history(connection, assets, span, symbols)
    return answer(Trades(trades, token))


@router.get("/v2/stocks/{symbol:path}/trades", responses=answers_with(TradesOfOne))
async def historical_trades_of_one(
    symbol: Symbol, span: InSpan, connection: Reading, assets: Assets
) -> Response:
    """The same for one symbol."""
    trades, token = await _history(connection, assets, span, [symbol])
    return answer(TradesOfOne(trades.get(symbol, []), symbol, token))


async def newest(
    latest: LatestReader, assets: Catalog, symbols: Sequence[str]
) -> tuple[dict[str, Trade], Found[LatestTrade]]:
    """The newest trades for the wire, and where they were found."""
    known = await assets.find(symbols)
    found = await latest.read(LatestTrade, list(known))
    trades = {symbol: trade_of(known[symbol], item) for symbol, item in found.items.items()}
    return trades, found


async def _history(
    connection: ReadConnection, assets: Catalog, span: Span, symbols: Sequence[str]
) -> tuple[dict[str, list[Trade]], str | None]:
    known = await assets.find(symbols, connection)
    page, token = await collect(span, list(known), partial(history, connection, span))
    trades = {
        symbol: [trade_of(known[symbol], each) for each in items] for symbol, items in page.items()
    }
    return trades, token
