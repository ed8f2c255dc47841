"""What Alpaca's market data stream says and hears (`/v2/{feed}`), in both of its codecs.

`T` is the first key of each message, since Alpaca's Go client decodes in order. In JSON a number has its exact
digits and a time is RFC 3339 text; MessagePack has floating point numbers and a timestamp with nanoseconds.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from chassis.clock import rfc3339_ns
from chassis.websockets import binary_frame, text_frame
from market_data.assets.catalog import Asset
from market_data.bars.queries import SECOND_NS
from market_data.numbers import number
from market_data.quotes.schemas import EXCHANGE, MOST_WHOLE, TAPE
from market_data.streams.bars import LiveBar
from market_data.streams.tape import Trade

MESSAGES_A_FRAME = 1000
"""Common clients refuse frames of a megabyte."""
_TIMESTAMP = -1


Best = tuple[int, int]
"""Price in ticks and quantity in lots of a side's best level."""


class Request(msgspec.Struct, frozen=True):
    """What a client says. A channel may be null; keys never get here, the gateway makes them tokens."""

    action: str
    token: str | None = None
    trades: list[str] | None = None
    quotes: list[str] | None = None
    bars: list[str] | None = None
    dailyBars: list[str] | None = None  # noqa: N815 - Alpaca's name, as are those below
    updatedBars: list[str] | None = None  # noqa: N815
    statuses: list[str] | None = None
    lulds: list[str] | None = None
    imbalances: list[str] | None = None


class _Message(msgspec.Struct, frozen=True, tag_field="T"):
    pass


class Success(_Message, tag="success", frozen=True):
    msg: str


class Error(_Message, tag="error", frozen=True):
    code: int
    msg: str


class Subscription(_Message, tag="subscription", frozen=True):
    """The complete set; corrections and cancel errors follow trades."""

    trades: list[str]
    quotes: list[str]
    bars: list[str]
    updatedBars: list[str]  # noqa: N815
    dailyBars: list[str]  # noqa: N815
    statuses: list[str]
    lulds: list[str]
    imbalances: list[str]
    corrections: list[str]
    cancelErrors: list[str]  # noqa: N815


class TradeMessage(_Message, tag="t", frozen=True):
    S: str
    i: int
    x: str
    p: Any
    s: Any
    c: tuple[str, ...]
    z: str
    t: Any


class QuoteMessage(_Message, tag="q", frozen=True, rename={"as_": "as"}):
    S: str
    bx: str
    bp: Any
    bs: Any
    ax: str
    ap: Any
    as_: Any
    c: tuple[str, ...]
    z: str
    t: Any


class _BarMessage(_Message, frozen=True):
    S: str
    o: Any
    h: Any
    l: Any  # noqa: E741 - Alpaca's name
    c: Any
    v: Any
    n: int
    vw: Any
    t: Any


class MinuteBar(_BarMessage, tag="b", frozen=True):
    pass


class DailyBar(_BarMessage, tag="d", frozen=True):
    pass


class Codec:
    """JSON, in text frames."""

    _decode = msgspec.json.Decoder(Request).decode
    _encode = msgspec.json.Encoder().encode

    def decode(self, text: str | None, data: bytes | None) -> Request:
        """A client's frame, whichever kind. Raises `msgspec.MsgspecError`."""
        return type(self)._decode(text if text is not None else data or b"")

    def frames(self, told: Sequence[msgspec.Struct]) -> bytes:
        """As many frames as it takes, one behind the other."""
        return b"".join(
            self.frame(told[i : i + MESSAGES_A_FRAME])
            for i in range(0, len(told), MESSAGES_A_FRAME)
        )

    def frame(self, told: Sequence[msgspec.Struct]) -> bytes:
        """Always an array."""
        return text_frame(type(self)._encode(told))

    def price(self, value: Decimal) -> Any:
        return number(value)

    def size(self, value: Decimal) -> Any:
        return number(value)

    def time(self, time_ns: int) -> Any:
        return rfc3339_ns(time_ns)


class MessagePackCodec(Codec):
    """MessagePack, in binary frames."""

    _decode_packed = msgspec.msgpack.Decoder(Request).decode
    _encode_packed = msgspec.msgpack.Encoder().encode

    def decode(self, text: str | None, data: bytes | None) -> Request:
        if data is None:
            return super().decode(text, None)
        return type(self)._decode_packed(data)

    def frame(self, told: Sequence[msgspec.Struct]) -> bytes:
        return binary_frame(type(self)._encode_packed(told))

    def price(self, value: Decimal) -> Any:
        return float(value)

    def size(self, value: Decimal) -> Any:
        return int(value) if value == value.to_integral_value() else float(value)

    def time(self, time_ns: int) -> Any:
        seconds, nanoseconds = divmod(time_ns, SECOND_NS)
        # "timestamp 64" of the specification: 30 bits of nanoseconds, 34 bits of seconds.
        return msgspec.msgpack.Ext(_TIMESTAMP, (nanoseconds << 34 | seconds).to_bytes(8, "big"))


def trade_message(codec: Codec, asset: Asset, trade: Trade) -> TradeMessage:
    return TradeMessage(
        asset.symbol,
        trade.sequence,
        EXCHANGE,
        codec.price(asset.price(trade.price_ticks)),
        codec.size(asset.size(trade.quantity_lots)),
        (),
        TAPE,
        codec.time(trade.time_ns),
    )


def quote_message(
    codec: Codec, asset: Asset, bid: Best | None, ask: Best | None, time_ns: int
) -> QuoteMessage:
    """An empty side has price and size 0."""
    bid_price, bid_size = _side(codec, asset, bid)
    ask_price, ask_size = _side(codec, asset, ask)
    return QuoteMessage(
        asset.symbol,
        EXCHANGE,
        bid_price,
        bid_size,
        EXCHANGE,
        ask_price,
        ask_size,
        ("R",),
        TAPE,
        codec.time(time_ns),
    )


def bar_message(
    codec: Codec, kind: type[MinuteBar] | type[DailyBar], asset: Asset, bar: LiveBar
) -> MinuteBar | DailyBar:
    return kind(
        asset.symbol,
        codec.price(asset.price(bar.open_ticks)),
        codec.price(asset.price(bar.high_ticks)),
        codec.price(asset.price(bar.low_ticks)),
        codec.price(asset.price(bar.close_ticks)),
        codec.size(asset.size(bar.volume_lots)),
        bar.trade_count,
        codec.price(asset.vwap(Decimal(bar.turnover), Decimal(bar.volume_lots))),
        codec.time(bar.start_s * SECOND_NS),
    )


def _side(codec: Codec, asset: Asset, best: Best | None) -> tuple[Any, Any]:
    if best is None:
        return codec.price(Decimal(0)), codec.size(Decimal(0))
    size = asset.size(best[1])
    return codec.price(asset.price(best[0])), codec.size(
        min(size, MOST_WHOLE) if asset.is_whole else size
    )
