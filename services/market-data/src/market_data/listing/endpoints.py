"""`/v1/market/symbols`: what can be watched and traded, with its day so far."""

from fastapi import APIRouter, Request

from chassis.clock import Clock
from chassis.database import Reading
from market_data.access import READERS, REFUSALS
from market_data.listing.queries import listings
from market_data.listing.schemas import MarketSymbols, symbol_of

router = APIRouter(tags=["symbols"], dependencies=[READERS], responses=REFUSALS)


@router.get("/v1/market/symbols")
async def symbols(request: Request, connection: Reading) -> MarketSymbols:
    """Every symbol. What it says of prices may be a second old; the stream's tickers go on from there."""
    clock: Clock = request.app.state.clock
    found = await listings(connection, clock.time_ns() // 1_000_000_000)
    return MarketSymbols(symbols=[symbol_of(each) for each in found])
