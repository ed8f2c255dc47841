"""When the engine certainly refused a command on its only attempt: taken back at once, and the caller may try again."""

from dataclasses import dataclass

from chassis.database import Database, is_transient
from chassis.errors import NotPossible, Unavailable
from trading.failpoints import Failpoints
from trading.orders.outcomes import Outcomes
from trading.orders.undoing import undo
from trading.orders.waiting import Placement, Replacement


@dataclass(frozen=True, slots=True)
class TakingBack:
    database: Database
    outcomes: Outcomes
    failpoints: Failpoints

    async def take_back(
        self, refused: Placement | Replacement, why: str, *, never: bool = False
    ) -> None:
        """Raises `Unavailable` when that is done, or `NotPossible` when trying again is vain (`never`).

        Else it is left to the log, and the caller goes on waiting.
        """
        made, old_id = [refused.order.id], None
        if isinstance(refused, Replacement):
            old_id = refused.old.id
        else:
            made += [order.id for order in refused.linked]
        await self.failpoints.reach("before_undo")
        try:
            async with self.database.raw() as connection:
                undone = await undo(connection, refused.command_id, made, old_id)
        except Exception as error:
            if not is_transient(error):
                raise
            undone = False
        await self.failpoints.reach("after_undo")
        if undone or await self.outcomes.load(refused.order.id) is None:
            if never:
                raise NotPossible("the matching engine takes no such order; nothing was done")
            raise Unavailable(f"{why}; nothing was done, try again", headers={"Retry-After": "1"})
