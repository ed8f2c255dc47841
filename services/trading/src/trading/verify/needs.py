"""What each open order must hold, reckoned in SQL from its terms and its fills: `docs/ledger.md`, once more.

Not by `domain/holds.py`: what that gets wrong stands in the orders, in the balances and in the postings alike, and
only a second reckoning finds it. It reads open orders and those that they are linked to by id, and nothing else.
"""

from collections.abc import Iterable

from trading.domain.states import OPEN, Status


def states(of: Iterable[Status]) -> str:
    """As a list for `IN`."""
    return f"({', '.join(repr(str(state)) for state in sorted(of))})"


def _up(amount: str) -> str:
    """Cash rounded up to its step. Products are exact in PostgreSQL, quotients are not."""
    return f"ceil(({amount}) * 100000000) * 0.00000001"


def _remaining(order: str) -> str:
    return f"({order}.qty - {order}.filled_qty - {order}.reduced_qty)"


def _worst_price(order: str, partner: str = "p") -> str:
    """Of one share, fee included; of a pair the higher one. `greatest` passes over a partner that is not there."""
    price = "{0}.engine_price * (1 + greatest({0}.maker_fee_rate, {0}.taker_fee_rate))"
    return f"greatest({price.format(order)}, {price.format(partner)})"


def _cash_needed(rest: str, price: str) -> str:
    """For `rest` shares beyond what `o` has spent; a pair's has one step more, as each of both is rounded by itself."""
    spent = "o.filled_value + o.fee_value"
    step = "CASE WHEN p.id IS NULL THEN 0 ELSE 0.00000001 END"
    return (
        f"CASE WHEN {rest} = 0 THEN 0"
        f" ELSE {_up(f'{spent} + {rest} * {price}')} - {_up(spent)} + {step} END"
    )


# An exit of a pair counts for the other while it is open, and when it was filled: the pair's quantity is then gone.
_PARTNER = (
    f"LEFT JOIN orders p ON p.id = o.partner_id AND p.status IN {states(OPEN | {Status.FILLED})}"
)

# Exits that wait hold what their entry has bought, in the row of the take profit, or of the only exit.
_WAITING = f"""
SELECT o.id, o.status, o.hold,
    CASE WHEN p.id IS NOT NULL AND o.exit = 'stop_loss' THEN 0 ELSE entry.filled_qty END AS least,
    CASE WHEN p.id IS NOT NULL AND o.exit = 'stop_loss' THEN 0 ELSE entry.filled_qty END AS most
FROM orders o LEFT JOIN orders entry ON entry.id = o.parent_id {_PARTNER}
WHERE o.status IN {states(OPEN)} AND o.status = 'held'
"""
# What is to be replaced releases nothing until that is decided, and no more does its pair.
_RESTING = f"""
SELECT id, status, hold, need AS least, CASE WHEN keeps THEN greatest(need, hold) ELSE need END AS most
FROM (
    SELECT o.id, o.status, o.hold,
        o.status = 'pending_replace' OR coalesce(p.status = 'pending_replace', false) AS keeps,
        CASE WHEN p.id IS NOT NULL AND o.exit = 'stop_loss' THEN 0
            WHEN o.side = 'sell' THEN {_remaining("o")}
            ELSE {_cash_needed(_remaining("o"), _worst_price("o"))} END AS need
    FROM orders o {_PARTNER}
    WHERE o.status IN {states(OPEN)} AND o.status <> 'held' AND (o.status <> 'pending_new' OR o.replaces IS NULL)
) AS resting
"""
# A replacement (n) that waits to take the place of an order (o) holds what was missing when it was asked for. Of shares
# that is the difference of both quantities. Of cash it is enough, with all that o holds, for what n would need now; and
# no more than was ever missing: when o had filled nothing of its own, or when it will have filled all.
_MORE = "(n.qty - o.qty)"
_UNFILLED = "(o.qty - o.carried_qty)"
_AT_FIRST = f"({_UNFILLED} + {_MORE}) * {_worst_price('n')} - {_UNFILLED} * {_worst_price('o')}"
_IN_THE_END = f"{_MORE} * {_worst_price('n')}"
_NEEDED_NOW = _cash_needed(f"({_remaining('o')} + {_MORE})", _worst_price("n"))
_REPLACING = f"""
SELECT n.id, n.status, n.hold,
    CASE WHEN n.side = 'sell' THEN greatest(0, {_MORE})
        WHEN o.status <> 'pending_replace' THEN 0
        ELSE greatest(0, {_NEEDED_NOW} - o.hold - coalesce(p.hold, 0)) END AS least,
    CASE WHEN n.side = 'sell' THEN greatest(0, {_MORE})
        ELSE {_up(f"greatest(0, {_AT_FIRST}, {_IN_THE_END})")} END AS most
FROM orders n JOIN orders o ON o.id = n.replaces {_PARTNER}
WHERE n.status IN {states(OPEN)} AND n.status = 'pending_new'
"""

NEEDS_QUERY = f"""
SELECT id, status, hold, least, most FROM ({_WAITING} UNION ALL {_RESTING} UNION ALL {_REPLACING}) AS needs
WHERE (hold BETWEEN least AND most) IS NOT TRUE
"""
