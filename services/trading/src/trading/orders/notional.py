"""Orders for an amount of cash: how many shares that is, and up to which price, given the engine's book."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import httpx
import msgspec
import structlog

from chassis.identity.service_tokens import ServiceAuth
from trading.domain.asset import Asset
from trading.domain.money import ONE, ZERO, plain
from trading.domain.order import Side
from trading.domain.risk import Refused, collar_price
from trading.engine.client import AUDIENCE, EngineClient

log = structlog.get_logger(__name__)

DEPTH = 100
TIMEOUT = httpx.Timeout(1.0)


class Level(msgspec.Struct, frozen=True):
    price_ticks: int
    quantity_lots: int


class Book(msgspec.Struct, frozen=True):
    bids: list[Level]
    asks: list[Level]


EMPTY = Book([], [])
_decode = msgspec.json.Decoder(Book).decode


@dataclass(frozen=True, slots=True)
class Bound:
    """What a notional order is sent as."""

    qty: Decimal
    worst_price: Decimal


async def read_book(engine: EngineClient, symbol: str) -> Book:
    """What is shown of `symbol` right now; empty when the engine does not say: then the last price has to do."""
    try:
        answer = await engine.http.get(
            f"{engine.url}/v1/book/{symbol}",
            params={"depth": DEPTH},
            auth=ServiceAuth(engine.signer, AUDIENCE, "engine:read"),
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        return _decode(answer.content)
    except (httpx.HTTPError, msgspec.MsgspecError) as error:
        log.warning("the book cannot be read", symbol=symbol, error=repr(error))
        return EMPTY


def bound_of(
    asset: Asset,
    side: Side,
    notional: Decimal,
    book: Book,
    last_price: Decimal,
    collar: Decimal,
    fee_rate: Decimal,
) -> Bound:
    """Quantity and worst price of an order for `notional`. Raises `Refused`.

    A buy at its worst price, fee included, never costs more than `notional`. A sale is of the shares that bring about
    that much; the collar bounds it.
    """
    if not asset.fractionable:
        raise Refused(f"asset {asset.symbol} is not fractionable: give qty instead of notional")
    worst = collar_price(asset, side, last_price, collar)
    if side is Side.BUY:
        bound = _buy(asset, notional, book, last_price, worst, ONE + fee_rate)
    else:
        bound = Bound(_sale(asset, notional, book, last_price, worst), worst)
    if bound.qty <= ZERO:
        raise Refused(
            f"notional {plain(notional)} is less than the smallest quantity of {asset.symbol} costs"
        )
    return bound


def _buy(
    asset: Asset,
    notional: Decimal,
    book: Book,
    last_price: Decimal,
    highest: Decimal,
    cost: Decimal,
) -> Bound:
    asks = [level for level in book.asks if asset.price(level.price_ticks) <= highest]
    if not asks:
        return Bound(_lots_down(asset, notional / (last_price * cost)), last_price)
    offered = ZERO
    best = Bound(ZERO, last_price)
    for level in asks:
        price = asset.price(level.price_ticks)
        affordable = _lots_down(asset, notional / (price * cost))
        if affordable <= offered:
            break
        offered += asset.qty(level.quantity_lots)
        best = Bound(min(affordable, offered), price)
        if affordable <= offered:
            break
    return best


def _sale(
    asset: Asset, notional: Decimal, book: Book, last_price: Decimal, lowest: Decimal
) -> Decimal:
    qty, left = ZERO, notional
    for level in book.bids:
        price = asset.price(level.price_ticks)
        if price < lowest:
            break
        there = asset.qty(level.quantity_lots)
        if there * price >= left:
            return _lots_down(asset, qty + left / price)
        qty, left = qty + there, left - there * price
    return _lots_down(asset, qty + left / last_price)


def _lots_down(asset: Asset, qty: Decimal) -> Decimal:
    return (qty / asset.lot_size).to_integral_value(ROUND_FLOOR) * asset.lot_size
