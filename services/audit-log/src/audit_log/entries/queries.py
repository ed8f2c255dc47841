"""Entries by filters: each way in which an entry may belong to the reader is an index scan of its own.

One OR over several columns would make PostgreSQL walk the chain; a union of bounded scans reads at most
`limit` entries for each.
"""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text

from audit_log.entries.reader import Reader
from audit_log.entries.schemas import Filters
from chassis.database import ReadConnection

_decode = msgspec.json.decode
_OWN = "(SELECT account_id FROM account_owners WHERE user_id = :reader)"


async def page(
    connection: ReadConnection, filters: Filters, reader: Reader
) -> list[dict[str, Any]]:
    """The first entries after `filters.after` that fit and that `reader` may see, at most `limit`."""
    if filters.account_id is not None and not reader.owns(filters.account_id):
        return []
    common = ["position > :after"]
    values: dict[str, Any] = {
        "after": filters.after,
        "limit": filters.limit,
        "reader": reader.user_id,
        "account_id": filters.account_id,
        "order_id": filters.order_id,
    }
    for column in ("kind", "symbol", "source"):
        if (value := getattr(filters, column)) is not None:
            common.append(f"{column} = :{column}")
            values[column] = value
    for moment, name, comparison in ((filters.from_, "from", ">="), (filters.to, "to", "<")):
        if moment is not None:
            common.append(f"time_ns {comparison} :{name}")
            values[name] = _to_ns(moment)
    scans = [
        # A column name or a comparison of ours each; every value is bound.
        f"(SELECT position FROM entries WHERE {' AND '.join([*way, *common])}"
        " ORDER BY position LIMIT :limit)"
        for way in _ways(filters, reader)
    ]
    found = await connection.execute(
        text(
            "SELECT entries.* FROM entries JOIN (SELECT position FROM ("
            + " UNION ".join(scans)
            + ") AS found ORDER BY position LIMIT :limit) AS chosen USING (position)"
            " ORDER BY position"
        ),
        values,
    )
    return [_entry(row) for row in found.mappings()]


async def one(connection: ReadConnection, position: int) -> dict[str, Any] | None:
    """The entry at a position."""
    found = await connection.execute(
        text("SELECT * FROM entries WHERE position = :position"), {"position": position}
    )
    row = found.mappings().one_or_none()
    return None if row is None else _entry(row)


def _ways(filters: Filters, reader: Reader) -> list[list[str]]:
    """The ways in which an entry may be asked for: a list of conditions each.

    An order is looked for on the side of its account only: a filter must not tell a trader what
    redaction hides.
    """
    if filters.account_id is not None:
        sides = [("account_id = :account_id", "order_id")]
        sides += [("maker_account_id = :account_id", "maker_order_id")]
    elif not reader.sees_all:
        sides = [("user_id = :reader", "order_id"), (f"account_id IN {_OWN}", "order_id")]
        sides += [(f"maker_account_id IN {_OWN}", "maker_order_id")]
    elif filters.order_id is not None:
        return [["order_id = :order_id"], ["maker_order_id = :order_id"]]
    else:
        return [[]]
    if filters.order_id is None:
        return [[owner] for owner, _ in sides]
    return [[owner, f"{order} = :order_id"] for owner, order in sides]


def _entry(row: Any) -> dict[str, Any]:
    entry = dict(row)
    entry["data"] = _decode(entry["data"])
    entry["hash"] = entry["hash"].hex()
    entry["previous_hash"] = entry["previous_hash"].hex()
    return entry


def _to_ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1000
