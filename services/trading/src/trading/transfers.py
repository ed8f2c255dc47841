"""Money and shares that enter or leave: a posting between customer and system account, and its record."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text

from chassis.clock import from_ns
from chassis.database import WriteConnection
from chassis.event_log import outbox
from trading.domain.ledger import DEPOSITS, GRANTS, Leg
from trading.domain.money import plain
from trading.domain.order import CASH
from trading.records import lock_balances, write_ledger


class NotEnough(Exception):
    """A withdrawal of more than is available."""

    def __init__(self, available: Decimal) -> None:
        super().__init__(str(available))
        self.available = available


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
) -> None:
    """Carry out a `deposit`, `withdrawal` or `grant`. Raises `NotEnough`."""
    driver = await _driver(connection)
    other = GRANTS if kind == "grant" else DEPOSITS
    ledger = await lock_balances(driver, [(account_id, asset), (other, asset)])
    signed = -amount if kind == "withdrawal" else amount
    available = ledger.balance(account_id, asset).available
    if available + signed < 0:
        raise NotEnough(available)
    ledger.post(kind, transfer_id, [Leg(account_id, asset, signed), Leg(other, asset, -signed)])
    await write_ledger(driver, ledger)
    await connection.execute(
        text(
            "INSERT INTO transfers (id, account_id, kind, asset, amount, created_at)"
            " VALUES (:id, :account_id, :kind, :asset, :amount, :created_at)"
        ),
        {
            "id": transfer_id,
            "account_id": account_id,
            "kind": kind,
            "asset": asset,
            "amount": amount,
            "created_at": from_ns(time_ns),
        },
    )
    data: dict[str, Any] = {
        "transfer_id": str(transfer_id),
        "account_id": str(account_id),
        "actor_id": actor_id,
        "asset": asset,
        "amount": plain(amount),
    }
    kinds = {"deposit": "deposited", "withdrawal": "withdrawn", "grant": "shares_granted"}
    if asset != CASH:
        data["symbol"] = asset
    await outbox.append(connection, time_ns=time_ns, kind=kinds[kind], data=data)


async def _driver(connection: WriteConnection) -> asyncpg.Connection:
    held = await connection.get_raw_connection()
    driver: asyncpg.Connection | None = held.driver_connection
    assert driver is not None
    # SQLAlchemy begins its transaction with the first statement that it sees itself.
    await connection.execute(text("SELECT 1"))
    return driver
