"""The comparison itself: pure, from the accounts of one story to the sentences that say where they differ."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from tests.verify.databases import AuditState, MarketState, Outbox, TradingState
from tests.verify.engine_log import EngineLog, OpenPage

SHOWN = 5
Key = TypeVar("Key", int, str)


def compare(
    log: EngineLog,
    trading: TradingState,
    market: MarketState,
    audit: AuditState,
    outboxes: Mapping[str, Outbox],
) -> list[str]:
    """Each up to its own cursor, so that nothing is reported that is only on its way.

    `outboxes`: the other services' own logs by name. All logs are read after those who follow them.
    """
    return [
        *_engine(log),
        *_trading(log, trading),
        *_market(log, market),
        *_audit(log, audit),
        *(line for name, outbox in outboxes.items() for line in _copy(name, outbox, audit)),
    ]


def _engine(log: EngineLog) -> list[str]:
    return _listed("the engine accepted these orders twice", log.twice)


def _trading(log: EngineLog, trading: TradingState) -> list[str]:
    cursor = trading.cursor
    trades = {s: t for s, t in log.trades.items() if s <= cursor}
    accepted = {order for order, at in log.accepted.items() if at <= cursor}
    cancelled = {order for order, at in log.cancelled.items() if at <= cursor}
    return [
        *_listed("trades without their two executions", trading.one_sided),
        *_differences("executions of trading", trades, trading.trades),
        *_differences("open orders of trading", log.open_orders(cursor), trading.open_orders),
        *_missing(
            "orders of trading that the engine never accepted", trading.known_orders, accepted
        ),
        *_missing("accepted orders that trading does not know", accepted, trading.known_orders),
        *_missing("cancels of the engine that trading does not show", cancelled, trading.canceled),
        *_missing("cancels of trading that the engine never made", trading.canceled, cancelled),
    ]


def _market(log: EngineLog, market: MarketState) -> list[str]:
    trades = {
        s: (t.symbol, t.price_ticks, t.quantity_lots)
        for s, t in log.trades.items()
        if s <= market.cursor
    }
    return _differences("trades of market data", trades, market.trades)


def _audit(log: EngineLog, audit: AuditState) -> list[str]:
    cursor = audit.cursors.get("engine.events", 0)
    kinds = {s: kind for s, kind in log.kinds.items() if s <= cursor}
    trades = {s: trade for s, trade in log.trades.items() if s <= cursor}
    return [
        *_differences("audit entries of engine.events", kinds, audit.engine_kinds),
        *_differences("trades of the audit log", trades, audit.trades),
    ]


def _copy(name: str, outbox: Outbox, audit: AuditState) -> list[str]:
    """A service's own log against the entries that the audit log made of it."""
    followed = audit.log_ids.get(name, outbox.log_id)
    if followed != outbox.log_id:
        return [f"the audit log follows {name} {followed}, and the service keeps {outbox.log_id}"]
    cursor = audit.cursors.get(name, 0)
    events = {s: event for s, event in outbox.events.items() if s <= cursor}
    return _differences(f"audit entries of {name}", events, audit.copies.get(name, {}))


def open_differences(log: EngineLog, pages: Sequence[OpenPage]) -> list[str]:
    """The engine's own books against its own log: each page at the moment that it shows, and no order left out.

    `log` must reach as far as every page.
    """
    name = "open orders of the engine"
    problems: list[str] = []
    seen: dict[str, int] = {}
    for page in pages:
        expected = log.open_orders(page.sequence)
        known = {order: lots for order, lots in expected.items() if order in page.remaining}
        problems += _differences(name, known, page.remaining)
        for order in page.remaining:
            seen[order] = seen.get(order, 0) + 1
    at_first, at_last = (log.open_orders(page.sequence) for page in (pages[0], pages[-1]))
    all_the_while = at_first.keys() & at_last.keys()
    return [
        *problems,
        *_missing(f"{name}: missing", all_the_while, seen),
        *_listed(f"{name}: on two pages", (o for o in all_the_while if seen.get(o, 0) > 1)),
    ]


def _differences(
    name: str, expected: Mapping[Key, object], found: Mapping[Key, object]
) -> list[str]:
    return [
        *_missing(f"{name}: missing", expected, found),
        *_missing(f"{name}: not in the log", found, expected),
        *_listed(
            f"{name}: different", (k for k in expected if k in found and expected[k] != found[k])
        ),
    ]


def _missing(name: str, expected: Iterable[Key], found: Iterable[Key]) -> list[str]:
    return _listed(name, set(expected) - set(found))


def _listed(name: str, items: Iterable[object]) -> list[str]:
    rows = sorted(map(str, items))
    if not rows:
        return []
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return [f"{name} ({len(rows)}): {', '.join(rows[:SHOWN])}{more}"]
