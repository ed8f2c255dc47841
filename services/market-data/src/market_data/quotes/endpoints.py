"""`/v2/stocks/quotes`: the latest. Past quotes are not kept, and historical queries honestly find none."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import Response

from market_data.access import READERS, REFUSALS
from market_data.answers import answer, answers_with
from market_data.assets.catalog import Assets, Catalog
from market_data.history import InSpan
from market_data.latest.reader import Found, Latest, LatestReader
from market_data.latest.state import Quote as LatestQuote
from market_data.quotes.schemas import (
    NewestQuote,
    NewestQuotes,
    Quote,
    Quotes,
    QuotesOfOne,
    quote_of,
)
from market_data.symbols import Symbol, Symbols, not_found

router = APIRouter(tags=["quotes"], dependencies=[READERS], responses=REFUSALS)


@router.get("/v2/stocks/quotes/latest", responses=answers_with(NewestQuotes))
async def latest_quotes(
    symbols: Symbols, request: Request, latest: Latest, assets: Assets
) -> Response:
    """The best bid and offer of each symbol; a symbol that is not listed is left out."""
    quotes, found = await newest(latest, assets, symbols)
    return answer(NewestQuotes(quotes), found.headers(request.app.state.clock))


@router.get("/v2/stocks/{symbol:path}/quotes/latest", responses=answers_with(NewestQuote))
async def latest_quote(
    symbol: Symbol, request: Request, latest: Latest, assets: Assets
) -> Response:
    """The best bid and offer of one symbol."""
    quotes, found = await newest(latest, assets, [symbol])
    if symbol not in quotes:
        raise not_found(symbol)
    return answer(NewestQuote(quotes[symbol], symbol), found.headers(request.app.state.clock))


@router.get("/v2/stocks/quotes", responses=answers_with(Quotes))
async def historical_quotes(symbols: Symbols, span: InSpan) -> Response:
    """Always an empty set: past quotes are not kept. The query is checked all the same."""
    return answer(Quotes({}, None))


@router.get("/v2/stocks/{symbol:path}/quotes", responses=answers_with(QuotesOfOne))
async def historical_quotes_of_one(symbol: Symbol, span: InSpan) -> Response:
    """Always an empty set: past quotes are not kept. The query is checked all the same."""
    return answer(QuotesOfOne([], symbol, None))


async def newest(
    latest: LatestReader, assets: Catalog, symbols: Sequence[str]
) -> tuple[dict[str, Quote], Found[LatestQuote]]:
    """The latest quotes for the wire, and where they were found."""
    known = await assets.find(symbols)
    found = await latest.read(LatestQuote, list(known))
    return {symbol: quote_of(known[symbol], item) for symbol, item in found.items.items()}, found
