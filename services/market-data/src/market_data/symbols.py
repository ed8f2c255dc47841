"""The symbols that a request asks for."""

from typing import Annotated

from fastapi import Depends, Query

from chassis.errors import InvalidInput, NotFound

MAX_SYMBOLS = 200
MAX_LENGTH = 32


def _several(
    symbols: Annotated[
        str, Query(description="Comma-separated, at most 200.", examples=["BTCUSD"])
    ],
) -> list[str]:
    chosen = sorted({symbol.strip() for symbol in symbols.split(",")} - {""})
    if not chosen:
        raise InvalidInput("symbols: name at least one symbol")
    if len(chosen) > MAX_SYMBOLS:
        raise InvalidInput(f"symbols: at most {MAX_SYMBOLS} symbols a request")
    for symbol in chosen:
        _require_form(symbol)
    return chosen


def _one(symbol: str) -> str:
    _require_form(symbol)
    return symbol


def _require_form(symbol: str) -> None:
    if not 0 < len(symbol) <= MAX_LENGTH or not symbol.isascii() or not symbol.isprintable():
        raise InvalidInput(f"symbols: a symbol has 1 to {MAX_LENGTH} printable characters")


Symbols = Annotated[list[str], Depends(_several)]
"""From the query, in order, each once."""
Symbol = Annotated[str, Depends(_one)]
"""From the path, in routes of the form `{symbol:path}`: a symbol may hold a slash, as BTC/USD does."""


def not_found(symbol: str) -> NotFound:
    """For a single symbol of which nothing is known."""
    return NotFound(f"asset not found for {symbol}")
