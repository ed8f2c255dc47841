"""Money and shares that enter or leave: postings between customer and system account, and their record.

Each is carried out once for its id: asked for again with it, the first one is the answer.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text

from chassis.clock import from_ns
from chassis.database import WriteConnection
from chassis.event_log import outbox
from trading.domain.ledger import DEPOSITS, GRANTS, IN_TRANSIT, Leg
from trading.domain.money import ZERO, plain
from trading.domain.order import CASH
from trading.records import lock_balances, write_ledger

log = structlog.get_logger(__name__)

_KINDS = {"deposit": "deposited", "withdrawal": "withdrawn", "grant": "shares_granted"}
_INSERT = text(
    "INSERT INTO transfers (id, account_id, kind, asset, amount, created_at)"
    " VALUES (:id, :account_id, :kind, :asset, :amount, :created_at)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
)
_FIRST = text(
    "SELECT id, account_id, kind, asset, amount, created_at FROM transfers WHERE id = :id"
)
_ANNOUNCE = text(
    "INSERT INTO deposits_in_transit (id, account_id, amount, actor_id, created_at, settles_at)"
    " VALUES (:id, :account_id, :amount, :actor_id, :created_at, :settles_at)"
)
_ANNOUNCED = text("SELECT created_at, settles_at, amount FROM deposits_in_transit WHERE id = :id")
# A deposit is in one of two tables: who looks into both must be alone with its id until what he writes is seen.
_ALONE_WITH = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(CAST(CAST(:id AS uuid) AS text), 0))"
)


class NotEnough(Exception):
    """More would be taken than is available."""

    def __init__(self, available: Decimal) -> None:
        super().__init__(str(available))
        self.available = available


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
    transfer_id: UUID,
    kind: str,
    account_id: UUID,
    asset: str,
    amount: Decimal,
    time_ns: int,
    actor_id: str,
) -> Transfer:
    """Carry out a `deposit`, `withdrawal` or `grant` at once; the first one again for an id that was used before.

    A deposit that was announced with the id stays in transit. Raises `NotEnough`.
    """
    if kind == "deposit":
        announced = await _announced(connection, transfer_id)
        if announced is not None:  # when the setting was another one
            return Transfer(
                transfer_id, account_id, kind, asset, announced.amount, announced.created_at
            )
    made = Transfer(transfer_id, account_id, kind, asset, amount, from_ns(time_ns))
    if (await connection.execute(_INSERT, asdict(made))).one_or_none() is None:
        row = (await connection.execute(_FIRST, {"id": transfer_id})).one()
        return Transfer(transfer_id, account_id, *row[2:])
    signed = -amount if kind == "withdrawal" else amount
    await _post(
        connection,
        kind,
        made.id,
        asset,
        account_id,
        GRANTS if kind == "grant" else DEPOSITS,
        signed,
    )
    await _tell(connection, _KINDS[kind], made, actor_id, time_ns)
    return made


async def announce_deposit(
    connection: WriteConnection,
    *,
    transfer_id: UUID,
    account_id: UUID,
    amount: Decimal,
    time_ns: int,
    settles_after_s: float,
    actor_id: str,
) -> tuple[datetime, datetime]:
    """Post a deposit to what is in transit; when it was made, and from when on it is the customer's to use.

    `funding/arrivals.py` settles it then.
    """
    announced = await _announced(connection, transfer_id)
    if announced is not None:
        return announced.created_at, announced.settles_at
    first = (await connection.execute(_FIRST, {"id": transfer_id})).one_or_none()
    if first is not None:  # at once, when the setting was another one; or it has arrived
        return first.created_at, first.created_at
    made = Transfer(transfer_id, account_id, "deposit", CASH, amount, from_ns(time_ns))
    settles_at = made.created_at + timedelta(seconds=settles_after_s)
    values = {
        "id": transfer_id,
        "account_id": account_id,
        "amount": amount,
        "actor_id": actor_id,
        "created_at": made.created_at,
        "settles_at": settles_at,
    }
    await connection.execute(_ANNOUNCE, values)
    await _post(connection, "deposit_in_transit", transfer_id, CASH, IN_TRANSIT, DEPOSITS, amount)
    await _tell(connection, "deposit_announced", made, actor_id, time_ns)
    return made.created_at, settles_at


async def settle_deposits(
    connection: WriteConnection, arriving: Sequence[tuple[Transfer, str]], time_ns: int
) -> None:
    """What was in transit arrives, each with whom it came from. The caller marks it as settled, in this transaction."""
    new: list[tuple[Transfer, str]] = []
    for made, actor_id in arriving:
        if (await connection.execute(_INSERT, asdict(made))).one_or_none() is not None:
            new.append((made, actor_id))
        else:  # what is left in transit of it is for an operator to correct
            log.error("a deposit that is in transit has arrived before", deposit_id=str(made.id))
    driver = await driver_of(connection)
    # All in one order, as every writer locks them.
    keys = [(made.account_id, CASH) for made, _ in new]
    ledger = await lock_balances(driver, [*keys, (IN_TRANSIT, CASH)])
    for made, actor_id in new:
        legs = [Leg(made.account_id, CASH, made.amount), Leg(IN_TRANSIT, CASH, -made.amount)]
        ledger.post("deposit", made.id, legs)
        await _tell(connection, "deposited", made, actor_id, time_ns)
    await write_ledger(driver, ledger)


async def _announced(connection: WriteConnection, transfer_id: UUID) -> Any:
    """The deposit in transit with this id, or none. Until the transaction ends, nobody else makes one."""
    await connection.execute(_ALONE_WITH, {"id": transfer_id})
    return (await connection.execute(_ANNOUNCED, {"id": transfer_id})).one_or_none()


async def driver_of(connection: WriteConnection) -> asyncpg.Connection:
    """The driver's connection, inside the transaction that SQLAlchemy began with the statement before."""
    held = await connection.get_raw_connection()
    driver: asyncpg.Connection | None = held.driver_connection
    assert driver is not None
    return driver


async def _post(
    connection: WriteConnection,
    cause: str,
    cause_id: UUID,
    asset: str,
    account_id: UUID,
    other: UUID,
    amount: Decimal,
) -> None:
    """`amount` to `account_id` from the system account `other`; the other way when it is negative."""
    driver = await driver_of(connection)
    ledger = await lock_balances(driver, [(account_id, asset), (other, asset)])
    available = ledger.balance(account_id, asset).available
    if available + amount < ZERO:
        raise NotEnough(available)
    ledger.post(cause, cause_id, [Leg(account_id, asset, amount), Leg(other, asset, -amount)])
    await write_ledger(driver, ledger)


async def _tell(
    connection: WriteConnection, kind: str, made: Transfer, actor_id: str, time_ns: int
) -> None:
    data: dict[str, Any] = {
        "transfer_id": str(made.id),
        "account_id": str(made.account_id),
        "actor_id": actor_id,
        "asset": made.asset,
        "amount": plain(made.amount),
    }
    if made.asset != CASH:
        data["symbol"] = made.asset
    await outbox.append(connection, time_ns=time_ns, kind=kind, data=data)
