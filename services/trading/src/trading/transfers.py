"""Money and shares that enter or leave: a posting between customer and system account, and its record."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import asyncpg
from fastapi import Header
from sqlalchemy import text

from chassis.clock import from_ns
from chassis.database import WriteConnection
from chassis.errors import InvalidInput
from chassis.event_log import outbox
from trading.domain.ledger import DEPOSITS, GRANTS, Leg
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH
from trading.records import lock_balances, write_ledger

IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")
]
"""A name that the caller gives to one request: repeated with it, the request is answered, not carried out again."""

_KINDS = {"deposit": "deposited", "withdrawal": "withdrawn", "grant": "shares_granted"}
_INSERT = text(
    "INSERT INTO transfers (id, account_id, kind, asset, amount, created_at)"
    " VALUES (:id, :account_id, :kind, :asset, :amount, :created_at)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)


class NotEnough(Exception):
    """A withdrawal of more than is available."""

    def __init__(self, available: Decimal) -> None:
        super().__init__(str(available))
        self.available = available


class IdempotencyKeyReused(InvalidInput):
    type = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Transfer:
    """What entered or left, as recorded."""

    id: UUID
    account_id: UUID
    kind: str
    asset: str
    amount: Decimal
    created_at: datetime


async def transfer(
    connection: WriteConnection,
    *,
    kind: str,
    account_id: UUID,
    asset: str,
    amount: Decimal,
    time_ns: int,
    actor_id: str,
    idempotency_key: str | None = None,
) -> Transfer:
    """Carry out a `deposit`, `withdrawal` or `grant`; the first one again for a key that was used before.

    Raises `NotEnough`, or `IdempotencyKeyReused` when the key belongs to another request.
    """
    transfer_id = uuid4() if idempotency_key is None else uuid5(account_id, idempotency_key)
    made = Transfer(transfer_id, account_id, kind, asset, amount, from_ns(time_ns))
    if (await connection.execute(_INSERT, asdict(made))).one_or_none() is None:
        return await _first(connection, made)
    await _post(connection, made)
    data: dict[str, Any] = {
        "transfer_id": str(transfer_id),
        "account_id": str(account_id),
        "actor_id": actor_id,
        "asset": asset,
        "amount": plain(amount),
    }
    if asset != CASH:
        data["symbol"] = asset
    await outbox.append(connection, time_ns=time_ns, kind=_KINDS[kind], data=data)
    return made


async def _first(connection: WriteConnection, repeated: Transfer) -> Transfer:
    row = (
        await connection.execute(
            text(
                "SELECT id, account_id, kind, asset, amount, created_at FROM transfers WHERE id = :id"
            ),
            {"id": repeated.id},
        )
    ).one()
    first = Transfer(repeated.id, repeated.account_id, *row[2:])
    if replace(first, created_at=repeated.created_at) != repeated:
        raise IdempotencyKeyReused("the Idempotency-Key was used for another request")
    return first


async def _post(connection: WriteConnection, made: Transfer) -> None:
    driver = await _driver(connection)
    other = GRANTS if made.kind == "grant" else DEPOSITS
    ledger = await lock_balances(driver, [(made.account_id, made.asset), (other, made.asset)])
    signed = -made.amount if made.kind == "withdrawal" else made.amount
    available = ledger.balance(made.account_id, made.asset).available
    if available + signed < ZERO:
        raise NotEnough(available)
    legs = [Leg(made.account_id, made.asset, signed), Leg(other, made.asset, -signed)]
    ledger.post(made.kind, made.id, legs)
    await write_ledger(driver, ledger)


async def _driver(connection: WriteConnection) -> asyncpg.Connection:
    """Inside the transaction that SQLAlchemy began with the statement before."""
    held = await connection.get_raw_connection()
    driver: asyncpg.Connection | None = held.driver_connection
    assert driver is not None
    return driver
