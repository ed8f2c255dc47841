"""From an event of some log to an entry of the chain: which of its fields entries can be found by."""

from typing import Any

import msgspec

from audit_log.chain import Entry, canonical_json
from chassis.event_log.events import Event

_UNRECORDED = frozenset({"tick"})
"""Journal time going on is nothing that happened."""


def is_recorded(event: Event) -> bool:
    return event.kind not in _UNRECORDED


def entry_of(event: Event, *, source: str, log_id: str, position: int, recorded_ns: int) -> Entry:
    """The entry of an event. Raises `NotCanonical` where its data holds a float."""
    data = event.data
    side = "taker_" if event.kind == "trade" else ""
    return Entry(
        account_id=_text(data, f"{side}account_id"),
        data=msgspec.Raw(canonical_json(data)),
        kind=event.kind,
        log_id=log_id,
        maker_account_id=_text(data, "maker_account_id"),
        maker_order_id=_text(data, "maker_order_id"),
        order_id=_text(data, f"{side}order_id"),
        position=position,
        recorded_ns=recorded_ns,
        sequence=event.sequence,
        source=source,
        symbol=_text(data, "symbol"),
        time_ns=event.time_ns,
        user_id=_text(data, "user_id"),
    )


def _text(data: dict[str, Any], name: str) -> str | None:
    # Whatever else stands there stays in `data`, and is not searched for.
    value = data.get(name)
    return value if isinstance(value, str) and "\0" not in value else None
