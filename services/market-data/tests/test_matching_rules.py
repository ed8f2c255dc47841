"""Every matching rule through this service: random streams of all commands, decided by the plain engine.

What a stream shows and what the worker stores must be the plain engine's own books, whatever way the log is cut into
batches, and wherever a stream begins.
"""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Market, Stream

from chassis.database import Database
from chassis.event_log.events import Event
from market_data.journal import shown_lots
from market_data.streams import commands as commands_module
from market_data.streams.book import Book, Resting
from market_data.streams.commands import WholeCommands
from market_data.streams.instrument import EXPIRIES_ARE_OVER, KINDS, Instrument
from market_data.verify import check
from market_data.worker.apply import apply_events
from market_data.worker.changes import Changes, RestingOrder, changes_of

GOLDEN = Path(__file__).parents[3] / "contracts/engine/golden"

Levels = list[tuple[int, int, int]]
"""Price in ticks, shown lots, orders; best first."""
Books = dict[str, tuple[Levels, Levels]]


@dataclass
class Log:
    """What the plain engine made of a stream: all events, and its books after each command."""

    events: list[Event] = field(default_factory=list)
    books: dict[int, Books] = field(default_factory=dict)
    """By how many events there were then."""
    phases: dict[str, str] = field(default_factory=dict)


def decided(content: bytes) -> Log:
    return decided_in_turn(Stream(content))


def decided_in_turn(commands: Iterable[tuple[dict[str, Any], int]]) -> Log:
    market, log = Market(), Log()
    stamp_ns = 0
    for command, at_ns in commands:
        stamp_ns = max(at_ns, stamp_ns + 1)
        for answer in market.submit(command, stamp_ns):
            for event in answer.events:
                log.events.append(
                    Event(event["sequence"], event["time_ns"], event["kind"], event["data"])
                )
            stamp_ns = market.last_stamp_ns
        log.books[len(log.events)] = {symbol: shown(book) for symbol, book in market.books.items()}
    log.phases = {
        symbol: "halted" if book.is_halted else "continuous"
        for symbol, book in market.books.items()
    }
    return log


def shown(book: Any) -> tuple[Levels, Levels]:
    bids, asks = (
        [
            (price, sum(order.shown_lots for order in queue), len(queue))
            for price, queue in sorted(side.queues.items(), reverse=side.side == "buy")
        ]
        for side in (book.sides["buy"], book.sides["sell"])
    )
    return bids, asks


def cut(events: list[Event], chance: random.Random) -> Iterator[list[Event]]:
    at = 0
    while at < len(events):
        size = chance.choice([1, 2, 3, 10, 40])
        yield events[at : at + size]
        at += size


class Streams:
    """What `streams.feed` does with batches, without its clients."""

    def __init__(self, instruments: dict[str, Instrument] | None = None) -> None:
        self.instruments = instruments or {}

    def apply(self, events: list[Event]) -> None:
        for event in events:
            if event.kind in KINDS:
                symbol = event.data["symbol"]
                self.instruments.setdefault(symbol, Instrument(symbol)).apply(event)
            elif event.kind in EXPIRIES_ARE_OVER:
                for each in self.instruments.values():
                    each.expired()

    def books(self) -> Books:
        return {symbol: each.book.levels() for symbol, each in self.instruments.items()}


class Rows:
    """The table of resting orders in memory: what the statements of `worker.apply` do."""

    def __init__(self) -> None:
        self.orders: dict[str, RestingOrder] = {}

    def apply(self, changes: Changes) -> None:
        for order_id in changes.removed:
            self.orders.pop(order_id, None)
        for order_id, patch in changes.patched.items():
            order = self.orders.pop(patch.stored_id, None)
            if order is None:
                continue
            if patch.price_ticks is not None:
                order.price_ticks = patch.price_ticks
            if patch.remaining_lots is not None:
                order.remaining_lots = patch.remaining_lots
            order.taken_lots = patch.taken_lots + (0 if patch.anew else order.taken_lots)
            order.dormant = order.dormant and not patch.triggered
            self.orders[order_id] = order
        assert not self.orders.keys() & changes.placed.keys()
        self.orders |= changes.placed

    def books(self, symbols: Iterable[str]) -> Books:
        return {
            symbol: (self._side(symbol, "buy"), self._side(symbol, "sell")) for symbol in symbols
        }

    def _side(self, symbol: str, side: str) -> Levels:
        levels: dict[int, list[int]] = {}
        for order in self.orders.values():
            if (order.symbol, order.side, order.dormant) == (symbol, side, False):
                lots = shown_lots(order.remaining_lots, order.display_lots, order.taken_lots)
                levels.setdefault(order.price_ticks, []).append(lots)
        prices = sorted(levels, reverse=side == "buy")
        return [(price, sum(levels[price]), len(levels[price])) for price in prices]

    def instruments(self, symbols: list[str]) -> dict[str, Instrument]:
        """Where a stream begins: `streams.load`, without a database."""
        found = {symbol: Instrument(symbol) for symbol in symbols}
        for order_id, row in self.orders.items():
            order = Resting(
                row.side, row.price_ticks, row.remaining_lots, row.display_lots, row.taken_lots
            )
            found[row.symbol].book.load(order_id, order, dormant=row.dormant)
        return found


CONTENTS = st.binary(min_size=200, max_size=3_000)
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(CONTENTS, st.randoms(use_true_random=False))
def test_a_streams_book_is_the_engines_whatever_the_batches(
    content: bytes, chance: random.Random
) -> None:
    log, streams = decided(content), Streams()
    seen = 0
    for batch in cut(log.events, chance):
        streams.apply(batch)
        seen += len(batch)
        if seen in log.books:
            assert all(each.book.whole for each in streams.instruments.values())
            assert streams.books() == log.books[seen]


@SETTINGS
@given(CONTENTS, st.randoms(use_true_random=False))
def test_every_state_that_a_stream_shows_was_once_the_engines(
    content: bytes, chance: random.Random
) -> None:
    log, streams, commands = decided(content), Streams(), WholeCommands()
    seen = applied = 0
    for batch in cut(log.events, chance):
        seen += len(batch)
        # A reader knows of some ends of commands: there the log itself ended when it was read.
        whole = commands.add(batch, log_ended=seen in log.books and chance.random() < 0.5)
        streams.apply(whole)
        applied += len(whole)
        if applied in log.books:
            assert streams.books() == log.books[applied]
        else:  # the engine's own, before a command by which an expiry's moment would have passed
            assert applied == 0 or log.events[applied - 1].kind == "tick"
        assert all(each.book.whole for each in streams.instruments.values())
    assert commands.add([], log_ended=True) == log.events[applied:]


def test_a_command_of_very_many_events_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands_module, "MAX_WAITING", 3)
    commands = WholeCommands()
    events = [Event(n, 7, "order_cancelled", {}) for n in range(1, 7)]
    assert commands.add(events[:3], log_ended=False) == []
    assert commands.add(events[3:5], log_ended=False) == events[:5]
    assert commands.add(events[5:], log_ended=True) == events[5:]


@SETTINGS
@given(CONTENTS, st.randoms(use_true_random=False))
def test_what_the_worker_keeps_is_the_engines_book_whatever_the_batches(
    content: bytes, chance: random.Random
) -> None:
    log, rows = decided(content), Rows()
    seen = 0
    for batch in cut(log.events, chance):
        rows.apply(changes_of(batch))
        seen += len(batch)
        if seen in log.books:
            assert rows.books(log.books[seen]) == log.books[seen]


@SETTINGS
@given(CONTENTS, st.randoms(use_true_random=False))
def test_a_stream_may_begin_anywhere_in_what_the_worker_kept(
    content: bytes, chance: random.Random
) -> None:
    log, rows = decided(content), Rows()
    begin = chance.randrange(len(log.events) + 1)
    for batch in cut(log.events[:begin], chance):
        rows.apply(changes_of(batch))
    listed = [e.data["symbol"] for e in log.events[:begin] if e.kind == "symbol_listed"]
    streams = Streams(rows.instruments(listed))
    ends = sorted(end for end in log.books if end > begin)
    for start, end in zip([begin, *ends], ends, strict=False):
        streams.apply(log.events[start:end])
        assert streams.books() == log.books[end]


def _content(seed: int) -> bytes:
    return random.Random(seed).randbytes(12_000)


def test_the_golden_events_leave_the_books_of_the_golden_commands() -> None:
    commands, events = (
        json.loads((GOLDEN / f"{name}.json").read_text())[name] for name in ("commands", "events")
    )
    log = decided_in_turn((each["command"], each["stamp_ns"]) for each in commands)
    golden = [msgspec.convert(event, Event) for event in events]
    streams, rows = Streams(), Rows()
    streams.apply(golden)
    rows.apply(changes_of(golden))
    expected = log.books[len(golden)]
    assert streams.books() == rows.books(expected) == expected


def test_the_streams_hold_every_kind_that_moves_a_book() -> None:
    kinds = {event.kind for seed in range(3) for event in decided(_content(seed)).events}
    assert kinds >= KINDS | EXPIRIES_ARE_OVER | {"phase_changed", "all_cancelled", "limits_changed"}


async def test_the_database_shows_the_engines_books_and_phases(database: Database) -> None:
    log, chance = decided(_content(1)), random.Random(1)
    shown_now: Books = {}
    for batch in cut(log.events, chance):
        async with database.write() as connection:
            update = await apply_events(connection, batch)
        for symbol, book in update.books.items():
            bids, asks = (
                [(level.price_ticks, level.quantity_lots, level.orders) for level in side]
                for side in (book.bids, book.asks)
            )
            shown_now[symbol] = bids, asks
    expected = log.books[len(log.events)]
    assert any(bids or asks for bids, asks in expected.values()), "an empty book proves little"
    assert shown_now == {s: (bids[:50], asks[:50]) for s, (bids, asks) in expected.items()}
    async with database.read() as connection:
        report = await check(connection)
        phases = await connection.exec_driver_sql("SELECT symbol, phase FROM symbol_phases")
        stored = {row.symbol: row.phase for row in phases}
    # The consumer moves the cursor, not `apply_events`.
    assert [line for line in report.violations if "cursor" not in line] == []
    assert {symbol: stored.get(symbol, "continuous") for symbol in log.phases} == log.phases


async def test_replacements_that_hand_ids_round_within_a_batch_find_their_rows(
    database: Database,
) -> None:
    """A becomes C, B becomes A, C becomes B: no row may have another's id on the way."""
    a, b, c = (f"{n:08}-0000-4000-8000-000000000000" for n in range(3))
    about = {"symbol": "ACME", "limit_price_ticks": 100}
    order = {"side": "buy", "order_type": "limit", "time_in_force": "gtc"}

    def replaced(sequence: int, order_id: str, new_order_id: str, lots: int) -> Event:
        change = {"order_id": order_id, "new_order_id": new_order_id, "remaining_lots": lots}
        return Event(
            sequence, sequence, "order_replaced", about | change | {"keeps_priority": True}
        )

    accepted = [
        Event(n, n, "order_accepted", about | order | {"order_id": order_id, "quantity_lots": 9})
        for n, order_id in enumerate((a, b), start=1)
    ]
    async with database.write() as connection:
        await apply_events(connection, accepted)
    async with database.write() as connection:
        await apply_events(
            connection, [replaced(3, a, c, 5), replaced(4, b, a, 6), replaced(5, c, b, 4)]
        )
    async with database.read() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT order_id, remaining_lots FROM resting_orders"
        )
        assert {(str(row.order_id), row.remaining_lots) for row in rows} == {(a, 6), (b, 4)}


@pytest.mark.parametrize(
    ("remaining", "display", "taken", "shown_now"),
    [
        (10, None, 3, 10),
        (10, 4, 0, 4),
        (7, 4, 3, 1),
        (6, 4, 4, 4),
        (2, 4, 8, 2),
        (1, 4, 1, 1),  # what was lost without a trade came out of the reserve first
    ],
)
def test_an_iceberg_shows_its_slices_one_by_one(
    remaining: int, display: int | None, taken: int, shown_now: int
) -> None:
    assert shown_lots(remaining, display, taken) == shown_now


def test_a_taker_is_kept_aside_although_the_other_leg_of_its_pair_comes_before_its_trades() -> None:
    book = Book()
    book.accept((1, 1), "ask", Resting("sell", 100, 2))
    book.accept((2, 2), "taker", Resting("buy", 100, 5))
    book.wait("stop", Resting("buy", 105, 5))
    whole_before_it_trades = book.whole
    book.trade((4, 2), ("ask", 0), ("taker", 3), 2)
    assert (whole_before_it_trades, book.whole) == (False, True)
    assert book.levels() == ([(100, 3, 1)], [])
