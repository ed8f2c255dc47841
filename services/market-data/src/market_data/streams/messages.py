"""What `/v1/stream/market` says and hears, as in contracts/streams/README.md. Prices are ticks, quantities lots."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from chassis.websockets import text_frame
from market_data.journal import Side
from market_data.streams.book import Level

Channel = Literal["depth", "trades", "bars", "tickers"]
ErrorCode = Literal[
    "invalid_message",
    "unknown_symbol",
    "unknown_channel",
    "symbol_limit",
    "slow_client",
    "log_replaced",
]


class Request(msgspec.Struct, frozen=True):
    """One message of a client; which fields belong to it depends on `action`."""

    action: str
    channels: list[str] = []
    symbols: list[str] = []
    symbol: str = ""
    id: int | str | None = None


class _Message(msgspec.Struct, frozen=True, tag_field="type"):
    """`type` comes first."""


class Welcome(_Message, tag="welcome", frozen=True):
    log_id: str | None
    interval_ms: int
    symbols_limit: int


class Subscribed(_Message, tag="subscribed", frozen=True):
    channels: dict[str, list[str]]


class Snapshot(_Message, tag="snapshot", frozen=True):
    symbol: str
    tick_size: str
    lot_size: str
    sequence: int
    time_us: int
    bids: Sequence[Level]
    asks: Sequence[Level]


class Delta(_Message, tag="delta", frozen=True):
    symbol: str
    previous: int
    sequence: int
    time_us: int
    bids: Sequence[Level]
    asks: Sequence[Level]


TradeRow = tuple[int, int, int, Side, int]
"""Id, price, quantity, the taker's side, `time_us`."""


class RecentTrades(_Message, tag="recent_trades", frozen=True):
    symbol: str
    trades: Sequence[TradeRow]


class Trades(_Message, tag="trades", frozen=True):
    symbol: str
    trades: Sequence[TradeRow]


BarRow = tuple[int, int, int, int, int, int, int]
"""Start in seconds, open, high, low, close, volume, number of trades."""


class Bar(_Message, tag="bar", frozen=True):
    symbol: str
    bar: BarRow
    final: bool


class Ticker(_Message, tag="ticker", frozen=True):
    symbol: str
    tick_size: str
    lot_size: str
    sequence: int
    time_us: int
    bid: tuple[int, int] | None
    ask: tuple[int, int] | None
    last_ticks: int | None
    open_ticks: int | None
    high_ticks: int | None
    low_ticks: int | None
    volume_lots: int | None


class Heartbeat(_Message, tag="heartbeat", frozen=True):
    sequence: int
    time_us: int
    live: bool


class Pong(_Message, tag="pong", frozen=True):
    id: int | str | None


class Error(_Message, tag="error", frozen=True):
    code: ErrorCode
    message: str


encode = msgspec.json.Encoder().encode
decode_request = msgspec.json.Decoder(Request).decode


MAX_FRAME_BYTES = 256 * 1024
"""Common clients refuse frames of a megabyte. Only a message that is longer by itself makes a longer frame."""


def frame_of(messages: Sequence[bytes]) -> bytes:
    """A frame of messages that are encoded already; several frames, one behind the other, when there are too many."""
    if sum(map(len, messages)) <= MAX_FRAME_BYTES:
        return text_frame(b"[" + b",".join(messages) + b"]")
    frames: list[bytes] = []
    begin = size = 0
    for at, message in enumerate(messages):
        if at > begin and size + len(message) > MAX_FRAME_BYTES:
            frames.append(text_frame(b"[" + b",".join(messages[begin:at]) + b"]"))
            begin, size = at, 0
        size += len(message)
    frames.append(text_frame(b"[" + b",".join(messages[begin:]) + b"]"))
    return b"".join(frames)
