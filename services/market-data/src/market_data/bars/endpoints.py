"""`/v2/stocks/bars`: historical in every timeframe, and the latest minute."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from chassis.database import ReadConnection, Reading
from chassis.errors import InvalidInput
from market_data.access import READERS, REFUSALS
from market_data.answers import answer, answers_with
from market_data.assets.catalog import Assets, Catalog
from market_data.bars.queries import history, newest_minutes
from market_data.bars.schemas import Bar, Bars, BarsOfOne, NewestBar, NewestBars, bar_of
from market_data.bars.timeframe import Timeframe, parse_timeframe
from market_data.history import InSpan, Span, collect
from market_data.symbols import Symbol, Symbols, not_found

router = APIRouter(tags=["bars"], dependencies=[READERS], responses=REFUSALS)


def _timeframe(
    timeframe: Annotated[str, Query(description="Such as 1Min, 15T, 1Hour, 1Day, 1Week, 3Month.")],
) -> Timeframe:
    try:
        return parse_timeframe(timeframe)
    except ValueError as error:
        raise InvalidInput(str(error)) from None


InTimeframe = Annotated[Timeframe, Depends(_timeframe)]


@router.get("/v2/stocks/bars/latest", responses=answers_with(NewestBars))
async def latest_bars(symbols: Symbols, connection: Reading, assets: Assets) -> Response:
    """The newest minute bar of each symbol; a symbol without one is left out."""
    return answer(NewestBars(await _newest(connection, assets, symbols)))


@router.get("/v2/stocks/{symbol:path}/bars/latest", responses=answers_with(NewestBar))
async def latest_bar(symbol: Symbol, connection: Reading, assets: Assets) -> Response:
    """The newest minute bar of one symbol."""
    bars = await _newest(connection, assets, [symbol])
    if symbol not in bars:
        raise not_found(symbol)
    return answer(NewestBar(bars[symbol], symbol))


@router.get("/v2/stocks/bars", responses=answers_with(Bars))
async def historical_bars(
    symbols: Symbols, timeframe: InTimeframe, span: InSpan, connection: Reading, assets: Assets
) -> Response:
    """The bars that start in a span of time, by symbol, then by time; `limit` counts all symbols together."""
    bars, token = await _history(connection, assets, timeframe, span, symbols)
    return answer(Bars(bars, token))


@router.get("/v2/stocks/{symbol:path}/bars", responses=answers_with(BarsOfOne))
async def historical_bars_of_one(
    symbol: Symbol, timeframe: InTimeframe, span: InSpan, connection: Reading, assets: Assets
) -> Response:
    """The same for one symbol."""
    bars, token = await _history(connection, assets, timeframe, span, [symbol])
    return answer(BarsOfOne(bars.get(symbol, []), symbol, token))


async def _newest(
    connection: ReadConnection, assets: Catalog, symbols: Sequence[str]
) -> dict[str, Bar]:
    known = await assets.find(symbols, connection)
    bars = await newest_minutes(connection, list(known))
    return {symbol: bar_of(known[symbol], bar) for symbol, bar in bars.items()}


async def _history(
    connection: ReadConnection,
    assets: Catalog,
    timeframe: Timeframe,
    span: Span,
    symbols: Sequence[str],
) -> tuple[dict[str, list[Bar]], str | None]:
    known = await assets.find(symbols, connection)
    page, token = await collect(span, list(known), partial(history, connection, timeframe, span))
    return {
        symbol: [bar_of(known[symbol], bar) for bar in bars] for symbol, bars in page.items()
    }, token
