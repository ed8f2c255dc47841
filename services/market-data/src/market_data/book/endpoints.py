"""`/v1/market/{symbol}/book`: an endpoint of ours, with decimal strings and the sequence to line up with."""

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from chassis.clock import rfc3339_ns
from market_data.access import READERS, REFUSALS
from market_data.answers import answer, answers_with
from market_data.assets.catalog import Asset, Assets
from market_data.latest.reader import Latest
from market_data.latest.state import Book as LatestBook
from market_data.latest.state import Level as LatestLevel
from market_data.numbers import plain
from market_data.symbols import Symbol, not_found

router = APIRouter(tags=["book"], dependencies=[READERS], responses=REFUSALS)


class Level(msgspec.Struct, frozen=True):
    """All orders at one price; decimal strings."""

    price: str
    size: str
    orders: int


class Book(msgspec.Struct, frozen=True):
    """At most 50 levels a side, best first, after the event `sequence` of the engine's log at time `t`."""

    symbol: str
    sequence: int
    t: str
    bids: list[Level]
    asks: list[Level]


@router.get("/v1/market/{symbol:path}/book", responses=answers_with(Book))
async def book(symbol: Symbol, request: Request, latest: Latest, assets: Assets) -> Response:
    """The order book by price level."""
    known = await assets.find([symbol])
    found = await latest.read(LatestBook, list(known))
    if symbol not in found.items:
        raise not_found(symbol)
    return answer(
        _book_of(known[symbol], found.items[symbol]), found.headers(request.app.state.clock)
    )


def _book_of(asset: Asset, book: LatestBook) -> Book:
    return Book(
        asset.symbol,
        book.sequence,
        rfc3339_ns(book.time_ns),
        [_level_of(asset, level) for level in book.bids],
        [_level_of(asset, level) for level in book.asks],
    )


def _level_of(asset: Asset, level: LatestLevel) -> Level:
    return Level(
        plain(asset.price(level.price_ticks)), plain(asset.size(level.quantity_lots)), level.orders
    )
