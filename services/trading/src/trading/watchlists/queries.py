"""Watchlists in the database: rows to documents, and the writes, each in its caller's transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.database import ReadConnection, WriteConnection
from chassis.errors import NotFound, NotPossible
from trading.assets.documents import COLUMNS, asset_document
from trading.assets.schemas import AssetDocument
from trading.watchlists.schemas import MOST_SYMBOLS, WatchlistDocument, WatchlistSummary

MOST_WATCHLISTS = 100

_LIST = "id, account_id, name, symbols, created_at, updated_at"
_ALL = text(f"SELECT {_LIST} FROM watchlists WHERE account_id = :account_id ORDER BY name, id")
_ASSETS = text(
    f"SELECT {COLUMNS} FROM unnest(CAST(:symbols AS text[])) WITH ORDINALITY AS wanted (name, place)"
    " JOIN assets ON assets.symbol = wanted.name ORDER BY wanted.place"
)
_KNOWN = text(
    "SELECT symbol, id::text AS id FROM assets WHERE symbol = ANY(:names) OR id::text = ANY(:names)"
)
_COUNT = text("SELECT count(*) FROM watchlists WHERE account_id = :account_id")
_INSERT = text(
    f"INSERT INTO watchlists ({_LIST})"
    " VALUES (:id, :account_id, :name, :symbols, :now, :now) ON CONFLICT DO NOTHING RETURNING id"
)
_NAME_TAKEN = text(
    "SELECT 1 FROM watchlists WHERE account_id = :account_id AND name = :name AND id <> :id"
)
_UPDATE = text(
    "UPDATE watchlists SET name = :name, symbols = :symbols, updated_at = :now WHERE id = :id"
)
_DELETE = text("DELETE FROM watchlists WHERE id = :id")
_LOCK_ACCOUNT = text("SELECT 1 FROM accounts WHERE id = :account_id FOR UPDATE")


class WatchlistExists(NotPossible):
    """There already is a watchlist with this name."""

    type = "watchlist_exists"


class UnknownSymbol(NotPossible):
    """A symbol that is no asset's."""

    type = "unknown_symbol"


class SymbolListed(NotPossible):
    """The watchlist has this symbol already."""

    type = "symbol_listed"


class WatchlistFull(NotPossible):
    """As many watchlists, or symbols in one, as there may be."""

    type = "watchlist_full"


async def summaries(connection: ReadConnection, account_id: UUID) -> list[WatchlistSummary]:
    """All of an account's, by name."""
    rows = await connection.execute(_ALL, {"account_id": account_id})
    return [WatchlistSummary.model_validate(row, from_attributes=True) for row in rows]


async def find(
    connection: AsyncConnection, account_id: UUID, key: UUID | str, *, lock: bool = False
) -> Any:
    """The row of a watchlist by its id or name, locked for a change. Raises `NotFound`."""
    column = "id" if isinstance(key, UUID) else "name"
    found = await connection.execute(
        text(
            f"SELECT {_LIST} FROM watchlists WHERE account_id = :account_id AND {column} = :key"
            + (" FOR UPDATE" if lock else "")
        ),
        {"account_id": account_id, "key": key},
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("watchlist not found")
    return row


async def document(connection: AsyncConnection, row: Any) -> WatchlistDocument:
    """A watchlist with its assets."""
    assets = await connection.execute(_ASSETS, {"symbols": row.symbols})
    return WatchlistDocument(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        assets=[AssetDocument.model_validate(asset_document(asset)) for asset in assets],
    )


async def create(
    connection: WriteConnection,
    account_id: UUID,
    watchlist_id: UUID,
    name: str,
    wanted: list[str],
    now: datetime,
) -> None:
    """Raises `WatchlistExists`, `UnknownSymbol` or `WatchlistFull`."""
    # One after the other, so that no two of an account's requests both make its last one.
    await connection.execute(_LOCK_ACCOUNT, {"account_id": account_id})
    count = (await connection.execute(_COUNT, {"account_id": account_id})).scalar_one()
    if count >= MOST_WATCHLISTS:
        raise WatchlistFull(f"an account has at most {MOST_WATCHLISTS} watchlists")
    values = {
        "id": watchlist_id,
        "account_id": account_id,
        "name": name,
        "symbols": await _symbols(connection, wanted),
        "now": now,
    }
    if (await connection.execute(_INSERT, values)).one_or_none() is None:
        raise WatchlistExists(f'there already is a watchlist "{name}"')


async def change(
    connection: WriteConnection, row: Any, name: str | None, wanted: list[str] | None, now: datetime
) -> None:
    """Raises `WatchlistExists`, `UnknownSymbol` or `WatchlistFull`."""
    values = {
        "id": row.id,
        "account_id": row.account_id,
        "name": row.name if name is None else name,
        "symbols": row.symbols if wanted is None else await _symbols(connection, wanted),
        "now": now,
    }
    if values["name"] != row.name:
        await connection.execute(_LOCK_ACCOUNT, values)
        if (await connection.execute(_NAME_TAKEN, values)).one_or_none() is not None:
            raise WatchlistExists(f'there already is a watchlist "{name}"')
    await connection.execute(_UPDATE, values)


async def add(connection: WriteConnection, row: Any, wanted: str, now: datetime) -> None:
    """Append one. Raises `SymbolListed`, `UnknownSymbol` or `WatchlistFull`."""
    (symbol,) = await _symbols(connection, [wanted])
    if symbol in row.symbols:
        raise SymbolListed(f"{symbol} is in the watchlist already")
    await change(connection, row, None, [*row.symbols, symbol], now)


async def remove(connection: WriteConnection, row: Any, wanted: str, now: datetime) -> None:
    """Take one out. Raises `NotFound`."""
    try:
        (symbol,) = await _symbols(connection, [wanted])
    except UnknownSymbol:
        symbol = wanted
    if symbol not in row.symbols:
        raise NotFound(f"{wanted} is not in the watchlist")
    left = [each for each in row.symbols if each != symbol]
    await change(connection, row, None, left, now)


async def delete(connection: WriteConnection, row: Any) -> None:
    await connection.execute(_DELETE, {"id": row.id})


async def _symbols(connection: WriteConnection, wanted: list[str]) -> list[str]:
    """The symbols of `wanted`, which may hold asset ids; each once. Raises `UnknownSymbol` or `WatchlistFull`."""
    known: dict[str, str] = {}
    for row in await connection.execute(_KNOWN, {"names": wanted}):
        known |= {row.symbol: row.symbol, row.id: row.symbol}
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise UnknownSymbol(f"asset not found for {unknown[0]}")
    symbols = list(dict.fromkeys(known[each] for each in wanted))
    if len(symbols) > MOST_SYMBOLS:
        raise WatchlistFull(f"a watchlist has at most {MOST_SYMBOLS} symbols")
    return symbols
