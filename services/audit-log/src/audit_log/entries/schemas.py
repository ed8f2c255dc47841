"""What a caller may ask for, and what an entry looks like to them."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MAX_LIMIT = 500

Text = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]


class Filters(BaseModel):
    """A page of the record: entries after a position that fit every filter given."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100
    kind: Text | None = None
    order_id: Text | None = None
    """Orders on either side of a trade."""
    account_id: Text | None = None
    """Accounts on either side of a trade."""
    symbol: Text | None = None
    source: Literal["engine.events", "auth.events", "trading.events"] | None = None
    from_: Annotated[AwareDatetime | None, Field(alias="from")] = None
    """Happened at or after this time, by its source's clock."""
    to: AwareDatetime | None = None
    """Happened before this time."""


class EntryView(BaseModel):
    """One entry. A field that the caller may not see is null and named in `redacted`."""

    position: int
    day: date
    source: str
    log_id: str
    sequence: int
    time_ns: int
    recorded_ns: int
    kind: str
    user_id: str | None
    account_id: str | None
    order_id: str | None
    maker_account_id: str | None
    maker_order_id: str | None
    symbol: str | None
    data: dict[str, Any]
    previous_hash: str
    hash: str
    redacted: list[str] = []


class EntriesPage(BaseModel):
    """`next_after` is where the next page begins; null when this one was the last for now."""

    entries: list[EntryView]
    next_after: int | None
