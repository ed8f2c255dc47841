"""What travels: an event, and the page that carries events over HTTP and RabbitMQ alike."""

from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that happened, at one place of one log. `trace` is left out where there is none."""

    sequence: int
    time_ns: int
    kind: str
    data: dict[str, Any]
    trace: str | None = None


class Page(msgspec.Struct, frozen=True):
    """Consecutive events of one log; `last_sequence` is where the log ended when the page was made.

    Only the engine's log has a `journal_time_ns`.
    """

    log_id: str
    last_sequence: int
    events: list[Event]
    first_sequence: int = 1
    journal_time_ns: int | msgspec.UnsetType = msgspec.UNSET


encode = msgspec.json.Encoder().encode
decode_page = msgspec.json.Decoder(Page).decode
