"""The watchlist of the public API (Alpaca's shape), and what makes and changes one."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from trading.answers import Answer
from trading.assets.schemas import AssetDocument

LONGEST_NAME = 64
MOST_SYMBOLS = 500


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


Name = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["Tech"]),
]
Symbol = Annotated[
    str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["ACME"])
]
Symbols = Annotated[list[Symbol], Field(max_length=MOST_SYMBOLS)]


class WatchlistSummary(Answer):
    """A watchlist as lists show it."""

    id: UUID
    account_id: UUID
    name: Name
    created_at: datetime
    updated_at: datetime


class WatchlistDocument(WatchlistSummary):
    """A watchlist with its assets, in their order."""

    assets: list[AssetDocument]


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")


class NewWatchlist(_Request):
    """Symbols or asset ids; one that is there twice counts once."""

    name: Name
    symbols: Annotated[Symbols | None, BeforeValidator(_none_if_empty)] = None


class WatchlistChange(_Request):
    """What is not given, `null` or empty stays; `symbols` takes the place of the whole list."""

    name: Annotated[Name | None, BeforeValidator(_none_if_empty)] = None
    symbols: Annotated[Symbols | None, BeforeValidator(_none_if_empty)] = None


class AddedSymbol(_Request):
    symbol: Symbol
