"""`/v2/stocks/snapshots`: latest trade and quote, the last minute, the last day and the one before.

Days are those on which something was traded: on a quiet one `dailyBar` is still the last that was not.
"""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import Clock
from chassis.database import Database, database_of, unavailable_when_away
from market_data.access import READERS, REFUSALS
from market_data.answers import answer, answers_with
from market_data.assets.catalog import Asset, Assets
from market_data.bars.queries import StoredBar, newest_minutes, whole_bars
from market_data.bars.schemas import Bar, bar_of
from market_data.bars.timeframe import Timeframe
from market_data.latest.reader import Found, Latest
from market_data.latest.state import LatestTrade
from market_data.latest.state import Quote as LatestQuote
from market_data.quotes.schemas import Quote, quote_of
from market_data.symbols import Symbol, Symbols, not_found
from market_data.trades.schemas import Trade, trade_of

router = APIRouter(tags=["snapshots"], dependencies=[READERS], responses=REFUSALS)

DAY = Timeframe(1, "day")


class Snapshot(msgspec.Struct, frozen=True, rename="camel"):
    """Null for what there is none of."""

    latest_trade: Trade | None
    latest_quote: Quote | None
    minute_bar: Bar | None
    daily_bar: Bar | None
    prev_daily_bar: Bar | None


class NamedSnapshot(Snapshot, frozen=True, kw_only=True):
    """The answer for a single symbol carries its name."""

    symbol: str


@router.get("/v2/stocks/snapshots", responses=answers_with(dict[str, Snapshot]))
async def snapshots(symbols: Symbols, request: Request, latest: Latest, assets: Assets) -> Response:
    """A snapshot of each symbol, without an envelope; a symbol that is not listed is left out."""
    found, headers = await _snapshots(request, latest, await assets.find(symbols))
    return answer(found, headers)


@router.get("/v2/stocks/{symbol:path}/snapshot", responses=answers_with(NamedSnapshot))
async def snapshot(symbol: Symbol, request: Request, latest: Latest, assets: Assets) -> Response:
    """The snapshot of one symbol."""
    found, headers = await _snapshots(request, latest, await assets.find([symbol]))
    if symbol not in found:
        raise not_found(symbol)
    named = NamedSnapshot(**msgspec.structs.asdict(found[symbol]), symbol=symbol)
    return answer(named, headers)


async def _snapshots(
    request: Request, latest: Latest, known: dict[str, Asset]
) -> tuple[dict[str, Snapshot], dict[str, str]]:
    clock: Clock = request.app.state.clock
    symbols = list(known)
    trades: Found[LatestTrade] = await latest.read(LatestTrade, symbols)
    quotes: Found[LatestQuote] = await latest.read(LatestQuote, symbols)
    minutes, days, days_before = await _bars(database_of(request), symbols)
    snapshots = {
        symbol: Snapshot(
            _trade(asset, trades.items.get(symbol)),
            _quote(asset, quotes.items.get(symbol)),
            _bar(asset, minutes.get(symbol)),
            _bar(asset, days.get(symbol)),
            _bar(asset, days_before.get(symbol)),
        )
        for symbol, asset in known.items()
        if symbol in trades.items or symbol in quotes.items
    }
    trades_older = trades.position.sequence < quotes.position.sequence
    return snapshots, trades.headers(clock) if trades_older else quotes.headers(clock)


async def _bars(
    database: Database, symbols: Sequence[str]
) -> tuple[dict[str, StoredBar], dict[str, StoredBar], dict[str, StoredBar]]:
    """The last minute, its day, and the last day before that one on which something was traded."""
    async with unavailable_when_away(), database.read() as connection:
        minutes = await newest_minutes(connection, symbols)
        starts = {symbol: DAY.start_of(bar.start_s) for symbol, bar in minutes.items()}
        days = await whole_bars(connection, DAY, starts)
        earlier = await newest_minutes(connection, list(starts), starts)
        starts_before = {symbol: DAY.start_of(bar.start_s) for symbol, bar in earlier.items()}
        return minutes, days, await whole_bars(connection, DAY, starts_before)


def _trade(asset: Asset, trade: LatestTrade | None) -> Trade | None:
    return None if trade is None else trade_of(asset, trade)


def _quote(asset: Asset, quote: LatestQuote | None) -> Quote | None:
    return None if quote is None else quote_of(asset, quote)


def _bar(asset: Asset, bar: StoredBar | None) -> Bar | None:
    return None if bar is None else bar_of(asset, bar)
