"""What accounts were worth when a session began: reckoned once for each account and session, and remembered."""

from collections import OrderedDict
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from chassis.clock import Clock, utc_now
from chassis.database import ReadConnection
from trading.domain.order import CASH
from trading.portfolio.movements import changes_since, prices_at, totals, totals_before, worth
from trading.portfolio.sessions import Sessions

KEPT = 50_000
"""Accounts remembered; the one that was not asked for longest makes room."""
FINAL_AFTER = timedelta(minutes=2)
"""No transaction is open for longer: after that, nothing is booked any more with a time before the session's start."""

_SETTLED = text("SELECT journal_time_ns FROM settlement")


class ClosingEquities:
    """The equity at the start of a session, which is that at the end of the one before."""

    def __init__(self, clock: Clock, sessions: Sessions) -> None:
        self._clock = clock
        self._sessions = sessions
        self._known: OrderedDict[UUID, tuple[date, Decimal]] = OrderedDict()

    async def before(self, connection: ReadConnection, account_id: UUID, session: date) -> Decimal:
        """What the account was worth when `session`, the running one, began."""
        known = self._known.get(account_id)
        if known is not None and known[0] == session:
            self._known.move_to_end(account_id)
            return known[1]
        equity = await self._reckon(connection, account_id, session)
        if await self._is_final(connection, session):
            self._known[account_id] = (session, equity)
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return equity

    async def _reckon(self, connection: ReadConnection, account_id: UUID, session: date) -> Decimal:
        began = self._sessions.start(session)
        changes = await changes_since(connection, account_id, began)
        owned = totals_before(await totals(connection, account_id), changes)
        symbols = [asset for asset in owned if asset != CASH]
        return worth(owned, await prices_at(connection, symbols, began, self._sessions))

    async def _is_final(self, connection: ReadConnection, session: date) -> bool:
        """Whether nothing that happened before the session's start can still be settled or booked."""
        began = self._sessions.start(session)
        settled_ns = (await connection.execute(_SETTLED)).scalar_one()
        return (
            utc_now(self._clock) >= began + FINAL_AFTER
            and settled_ns >= int(began.timestamp()) * 1_000_000_000
        )
