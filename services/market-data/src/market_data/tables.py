"""The tables as SQLAlchemy Core knows them, for queries. The migrations are what makes them."""

from sqlalchemy import BigInteger, Boolean, Column, MetaData, Numeric, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

assets = Table(
    "assets",
    metadata,
    Column("symbol", Text, primary_key=True),
    Column("asset_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("asset_class", Text, nullable=False),
    Column("tick_size", Numeric, nullable=False),
    Column("lot_size", Numeric, nullable=False),
    Column("fractionable", Boolean, nullable=False),
)

trades = Table(
    "trades",
    metadata,
    Column("sequence", BigInteger, primary_key=True),
    Column("symbol", Text, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("price_ticks", BigInteger, nullable=False),
    Column("quantity_lots", BigInteger, nullable=False),
    Column("taker_side", Text, nullable=False),
)

minute_bars = Table(
    "minute_bars",
    metadata,
    Column("symbol", Text, primary_key=True),
    Column("start_s", BigInteger, primary_key=True),
    Column("open_ticks", BigInteger, nullable=False),
    Column("high_ticks", BigInteger, nullable=False),
    Column("low_ticks", BigInteger, nullable=False),
    Column("close_ticks", BigInteger, nullable=False),
    Column("volume_lots", Numeric, nullable=False),
    Column("turnover", Numeric, nullable=False),
    Column("trade_count", BigInteger, nullable=False),
)

books = Table(
    "books",
    metadata,
    Column("symbol", Text, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
    Column("bids", JSONB, nullable=False),
    Column("asks", JSONB, nullable=False),
)

symbol_phases = Table(
    "symbol_phases",
    metadata,
    Column("symbol", Text, primary_key=True),
    Column("phase", Text, nullable=False),
)

journal_position = Table(
    "journal_position",
    metadata,
    Column("singleton", Boolean, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("time_ns", BigInteger, nullable=False),
)
