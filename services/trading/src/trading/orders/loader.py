"""Reads of single orders, gathered: many requests that wait for their order share one statement."""

import asyncio
from uuid import UUID

from chassis.database import Database
from trading.batching import Batcher
from trading.domain.order import Order
from trading.records import read_orders

BATCH = 500


class OrderLoader:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._batcher: Batcher[tuple[UUID, asyncio.Future[Order | None]]] = Batcher(
            self._read, BATCH
        )

    async def run(self) -> None:
        await self._batcher.run()

    async def load(self, order_id: UUID) -> Order | None:
        """The order as committed by now; none when there is none."""
        found: asyncio.Future[Order | None] = asyncio.get_running_loop().create_future()
        self._batcher.add((order_id, found))
        return await found

    async def open_sells(self, account_id: UUID, symbol: str) -> list[UUID]:
        """Open orders that hold shares of `symbol`, for the error that says why they are not available."""
        async with self._database.raw() as connection:
            rows = await connection.fetch(
                "SELECT id FROM orders WHERE account_id = $1 AND symbol = $2 AND side = 'sell'"
                " AND is_open"
                " ORDER BY submitted_at DESC LIMIT 50",
                account_id,
                symbol,
            )
        return [row["id"] for row in rows]

    async def _read(self, batch: list[tuple[UUID, "asyncio.Future[Order | None]"]]) -> None:
        try:
            async with self._database.raw() as connection:
                orders = await read_orders(connection, {order_id for order_id, _ in batch})
        except Exception as error:
            for _, found in batch:
                if not found.done():
                    found.set_exception(error)
            return
        for order_id, found in batch:
            if not found.done():
                found.set_result(orders.get(order_id))
