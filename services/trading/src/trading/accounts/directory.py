"""Which account a caller trades from. It is opened at the first authenticated request."""

from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID, uuid4

from fastapi import Request
from sqlalchemy import text

from chassis.clock import Clock
from chassis.database import Database, WriteConnection, unavailable_when_away
from chassis.event_log import outbox
from chassis.identity.guards import user
from chassis.identity.principal import Principal

KEPT = 50_000
"""Pairs remembered; the one that was not asked for longest makes room."""


class AccountDirectory:
    """User id to account id; the pair never changes, so it is remembered."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        new_id: Callable[[], UUID] = uuid4,
        kept: int = KEPT,
    ) -> None:
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._known: OrderedDict[str, UUID] = OrderedDict()
        self._kept = kept

    async def account_of(self, principal: Principal) -> UUID:
        """The caller's account, opened now if there is none."""
        known = self._known.get(principal.subject)
        if known is not None:
            self._known.move_to_end(principal.subject)
            return known
        user_id = UUID(principal.subject)
        async with self._database.read() as connection:
            row = (
                await connection.execute(
                    text("SELECT id FROM accounts WHERE user_id = :user_id"), {"user_id": user_id}
                )
            ).one_or_none()
        if row is None:
            async with self._database.write() as connection:
                account_id = await self._open(connection, user_id)
        else:
            account_id = row.id
        account_id = UUID(int=account_id.int)
        self._known[principal.subject] = account_id
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return account_id

    async def _open(self, connection: WriteConnection, user_id: UUID) -> UUID:
        opened = (
            await connection.execute(
                text(
                    "INSERT INTO accounts (id, user_id, account_number) VALUES"
                    " (:id, :user_id, nextval('account_numbers')::text)"
                    " ON CONFLICT (user_id) DO NOTHING RETURNING id"
                ),
                {"id": self._new_id(), "user_id": user_id},
            )
        ).one_or_none()
        if opened is None:  # another request of the same user was first
            row = (
                await connection.execute(
                    text("SELECT id FROM accounts WHERE user_id = :user_id"), {"user_id": user_id}
                )
            ).one()
            return UUID(int=row.id.int)
        account_id = UUID(int=opened.id.int)
        await outbox.append(
            connection,
            time_ns=self._clock.time_ns(),
            kind="account_opened",
            data={"account_id": str(account_id), "user_id": str(user_id)},
        )
        return account_id


_reader = user("trading:read")
_writer = user("trading:write")


async def reading_account(request: Request) -> UUID:
    """FastAPI dependency: the account of a caller who may read."""
    return await _account(request, await _reader(request))


async def writing_account(request: Request) -> UUID:
    """FastAPI dependency: the account of a caller who may trade."""
    return await _account(request, await _writer(request))


async def _account(request: Request, principal: Principal) -> UUID:
    directory: AccountDirectory = request.app.state.accounts
    async with unavailable_when_away():
        return await directory.account_of(principal)
