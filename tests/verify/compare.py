"""The comparison itself: pure, from four accounts of one story to the sentences that say where they differ."""

from collections.abc import Iterable
from typing import TypeVar

from tests.verify.databases import AuditState, MarketState, TradingState
from tests.verify.engine_log import EngineLog

SHOWN = 5
Key = TypeVar("Key", int, str)


def compare(
    log: EngineLog, trading: TradingState, market: MarketState, audit: AuditState
) -> list[str]:
    """Each up to its own cursor, so that nothing is reported that is only on its way."""
    return [
        *_engine(log),
        *_trading(log, trading),
        *_market(log, market),
        *_audit(log, audit),
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
    events = {s for s in log.sequences if s <= cursor}
    trades = {s for s in log.trades if s <= cursor}
    return [
        *_missing("events of the engine without an audit entry", events, audit.engine_sequences),
        *_missing(
            "audit entries that the engine's log does not hold", audit.engine_sequences, events
        ),
        *_missing("trades without an audit entry", trades, audit.trades),
    ]


def resting_differences(log: EngineLog, sequence: int, resting: dict[str, int]) -> list[str]:
    """The engine's own books against its own log."""
    return _differences("resting orders of the engine", log.open_orders(sequence), resting)


def _differences(name: str, expected: dict[Key, object], found: dict[Key, object]) -> list[str]:  # type: ignore[type-var]
    wrong = [k for k in expected.keys() & found.keys() if expected[k] != found[k]]
    return [
        *_missing(f"{name}: missing", expected, found),
        *_missing(f"{name}: not in the log", found, expected),
        *_listed(f"{name}: different", wrong),
    ]


def _missing(name: str, expected: Iterable[Key], found: Iterable[Key]) -> list[str]:
    return _listed(name, set(expected) - set(found))


def _listed(name: str, items: Iterable[object]) -> list[str]:
    rows = sorted(map(str, items))
    if not rows:
        return []
    more = f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    return [f"{name} ({len(rows)}): {', '.join(rows[:SHOWN])}{more}"]
