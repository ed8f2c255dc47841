"""Settings of the trading service; the environment variables are these names in capitals."""

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from chassis.settings import BrokerUrl, DatabaseSettings

Seconds = Annotated[float, Field(gt=0, le=60)]


def _whole_minute(value: time) -> time:
    if value.second or value.microsecond:
        raise ValueError("must be a whole minute")
    return value


class TradingSettings(DatabaseSettings):
    broker_url: BrokerUrl
    engine_url: str = "http://127.0.0.1:8105"
    core_pool_size: Annotated[int, Field(ge=2, le=100)] = 8
    """Database connections, beside those of readers (`database_pool_size`), of the gate, the order loader, the settler
    with its duties, undo, fee tiers, and what tells of settled batches."""
    command_ttl_s: Annotated[float, Field(gt=0, le=30)] = 5.0
    """How long after its acceptance a place may still be matched, in journal time."""
    settle_wait_s: Seconds = 4.0
    """How long an answer waits for settlement before the pending order is returned."""
    resubmit_after_s: Seconds = 1.0
    """Undecided commands older than this are sent again by the settler."""
    gate_batch: Annotated[int, Field(ge=1, le=1000)] = 256
    """The most requests in one transaction, and commands in one call."""
    batch_every_ms: Annotated[int, Field(ge=0, le=1000)] = 15
    """The gate's transactions, and settlement's, begin at least so far apart: orders that come together share one. What
    comes after a silence waits for nothing; 0: nobody ever waits."""
    settle_page: Annotated[int, Field(ge=1, le=1000)] = 1000
    """The most events of the engine's log in one transaction."""
    gate_capacity: Annotated[int, Field(ge=1)] = 4000
    """Requests that may wait in the gate; more are refused with 503."""
    maker_fee_rate: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal(0)
    taker_fee_rate: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal(0)
    deposit_settles_after_s: Annotated[float, Field(ge=0, le=30 * 86_400)] = 0.0
    """How long a deposit is in transit before it can be used; 0: not at all."""
    market_collar: Annotated[Decimal, Field(gt=0, lt=1)] = Decimal("0.10")
    """How far from its reference price an order without a limit may trade, as a fraction."""
    max_order_qty: Annotated[Decimal, Field(gt=0)] | None = None
    """The most shares of one order; an account may have its own, like of all that follow (`docs/risk.md`)."""
    max_order_value: Annotated[Decimal, Field(gt=0)] | None = None
    """The most that one order may be worth at its worst price."""
    max_open_orders: Annotated[int, Field(ge=0)] = 10_000
    """Of one account, exits that wait included; the engine has a limit of its own."""
    max_orders_per_second: Annotated[int, Field(gt=0)] = 1_000
    """Orders and replacements of one account, in each replica."""
    max_identical_orders: Annotated[int, Field(gt=0)] = 25
    """Orders of one account with the same terms and without a client_order_id, within a second, in each replica."""
    stream_queue: Annotated[int, Field(ge=1)] = 4000
    """Trade updates that may wait for one connection; at more it is closed as a slow client."""
    idempotency_keep_h: Annotated[int, Field(ge=1, le=24 * 365)] = 24
    """How long the answer to a request with an `Idempotency-Key` is kept, in hours."""
    session_end_utc: Annotated[time, AfterValidator(_whole_minute)] = time(0, 0)
    """When day orders end, and a session's history and statement: a whole minute."""
    history_every_s: Seconds = 10.0
    """How often executions are added to the history by the minute."""
    invariants_every_s: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """How often the leading replica looks at the invariants that can be looked at all the time."""
    failpoints_file: Path | None = None
    """For fault tests: a file that arms such places while the process runs."""
    failpoints: str = ""
    """For fault tests: comma-separated names of places where this process misbehaves (see the README)."""
