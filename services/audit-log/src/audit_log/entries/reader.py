"""Who is reading, and what they may see: an auditor everything, a trader what is theirs.

A trade belongs to two traders, who must not learn of each other by it: each sees it without the other's
order id, account id and what remained of the other's order.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from chassis.database import ReadConnection
from chassis.errors import Forbidden
from chassis.identity.principal import Principal

HIDDEN = ("account_id", "order_id", "remaining_lots")
"""What one side of a trade does not see of the other, in `data` with the side's prefix."""


@dataclass(frozen=True, slots=True)
class Reader:
    """`accounts` is none for an auditor."""

    user_id: str
    accounts: frozenset[str] | None

    @property
    def sees_all(self) -> bool:
        return self.accounts is None

    def owns(self, account_id: str | None) -> bool:
        """Whether this account's entries are open to the reader."""
        return self.accounts is None or account_id in self.accounts

    def may_see(self, entry: dict[str, Any]) -> bool:
        return (
            self.sees_all
            or entry["user_id"] == self.user_id
            or self.owns(entry["account_id"])
            or self.owns(entry["maker_account_id"])
        )

    def redact(self, entry: dict[str, Any]) -> dict[str, Any]:
        """The entry without what belongs to the other side of a trade."""
        if entry["kind"] != "trade" or self.sees_all:
            return entry
        hidden: list[str] = []
        if not self.owns(entry["account_id"]):
            hidden += ["account_id", "order_id", *(f"data.taker_{name}" for name in HIDDEN)]
        if not self.owns(entry["maker_account_id"]):
            hidden += ["maker_account_id", "maker_order_id"]
            hidden += [f"data.maker_{name}" for name in HIDDEN]
        shown = entry | {name: None for name in hidden if "." not in name}
        inside = {name.removeprefix("data.") for name in hidden if "." in name}
        shown["data"] = {k: None if k in inside else v for k, v in entry["data"].items()}
        return shown | {"redacted": hidden}


async def reader_of(principal: Principal, connection: ReadConnection) -> Reader:
    """The reader that a user's token makes. Raises `Forbidden`."""
    if "audit" in principal.scopes:
        return Reader(principal.subject, None)
    if "trading:read" not in principal.scopes:
        raise Forbidden("the token lacks the scope audit or trading:read")
    found = await connection.execute(
        text("SELECT account_id FROM account_owners WHERE user_id = :user_id"),
        {"user_id": principal.subject},
    )
    return Reader(principal.subject, frozenset(found.scalars()))
