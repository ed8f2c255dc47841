"""Each invariant as one set-based statement that finds what breaks it, also while trading goes on.

Those about whole tables are first proved by `passes.py`, which reads each table once; their statement here then
only runs to show what is broken.
"""

from dataclasses import dataclass

from trading.domain.states import OPEN as OPEN_STATES
from trading.verify.needs import NEEDS_QUERY, states

OPEN = states(OPEN_STATES)
SIGNED = "CASE kind WHEN 'withdrawal' THEN -amount ELSE amount END"
_UUID = "'00000000-0000-0000-0000-00000000000{}'"
DEPOSITS, GRANTS, HOUSE, FEES, IN_TRANSIT = (_UUID.format(n) for n in range(1, 6))


@dataclass(frozen=True, slots=True)
class Check:
    """`query` yields one row for each violation."""

    name: str
    query: str
    continuous: bool = False
    """It costs what is open and who there is, not what ever happened: the service looks at it all the time."""


SUM_TO_ZERO = Check(
    "postings sum to zero for cash and for every symbol",
    "SELECT asset, sum(available + held) AS sum FROM postings GROUP BY asset"
    " HAVING sum(available + held) <> 0",
)
BALANCED = Check(
    "every change is balanced by itself",
    "SELECT cause, cause_id, asset, sum(available + held) AS sum FROM postings"
    " GROUP BY cause, cause_id, asset HAVING sum(available + held) <> 0",
)
BALANCES = Check(
    "balances equal the sum of their postings",
    "SELECT account_id, asset, b.available, b.held, p.available AS posted_available,"
    " p.held AS posted_held FROM balances b FULL JOIN ("
    "   SELECT account_id, asset, sum(available) AS available, sum(held) AS held"
    "   FROM postings GROUP BY account_id, asset) p USING (account_id, asset)"
    " WHERE coalesce(b.available, 0) <> coalesce(p.available, 0)"
    " OR coalesce(b.held, 0) <> coalesce(p.held, 0)",
)
HOLDS = Check(
    "balances hold what open orders hold",
    "SELECT account_id, asset, b.held, o.hold FROM balances b FULL JOIN ("
    "   SELECT account_id, CASE side WHEN 'buy' THEN 'USD' ELSE symbol END AS asset,"
    "   sum(hold) AS hold FROM orders WHERE is_open GROUP BY 1, 2) o"
    " USING (account_id, asset) WHERE coalesce(b.held, 0) <> coalesce(o.hold, 0)",
    continuous=True,
)
NEEDS = Check(
    "each open order holds what its terms and its fills need", NEEDS_QUERY, continuous=True
)
CLOSED_HOLD_NOTHING = Check(
    "closed orders hold nothing",
    f"SELECT id, status, hold FROM orders WHERE status NOT IN {OPEN} AND hold <> 0",
)
STATES_AGREE_WHERE = (
    "(status = 'filled' AND filled_qty + reduced_qty <> qty)"
    " OR (status IN ('new', 'partially_filled', 'suspended', 'pending_cancel', 'pending_replace')"
    "     AND filled_qty + reduced_qty >= qty)"
    " OR (status IN ('held', 'pending_new', 'new', 'rejected') AND filled_qty <> carried_qty)"
    " OR (status IN ('filled', 'partially_filled') AND filled_qty = 0)"
)
STATES_AGREE = Check(
    "order states agree with their quantities",
    f"SELECT id, status, filled_qty, reduced_qty, qty FROM orders WHERE {STATES_AGREE_WHERE}",
)
FILLS = Check(
    "filled quantities equal the orders' executions",
    "SELECT coalesce(o.id, e.order_id) AS id, o.filled_qty, o.carried_qty, e.qty FROM orders o FULL JOIN ("
    "   SELECT order_id, sum(qty) AS qty, sum(qty * price) AS value FROM executions"
    "   GROUP BY order_id) e ON e.order_id = o.id"
    " WHERE o.id IS NULL OR o.filled_qty - o.carried_qty <> coalesce(e.qty, 0)"
    " OR o.filled_value - o.carried_value <> coalesce(e.value, 0)",
)
PAIRS = Check(
    "every trade has one buyer and one seller, equal in price and quantity",
    "SELECT sequence FROM executions GROUP BY sequence HAVING count(*) <> 2"
    " OR count(DISTINCT side) <> 2 OR min(price) <> max(price) OR min(qty) <> max(qty)",
)
BEFORE_CURSOR = Check(
    "executions lie at or before the settlement cursor",
    "SELECT sequence FROM executions WHERE sequence > (SELECT sequence FROM settlement)",
    continuous=True,
)
_MOVED = f"""
SELECT account_id, 'USD' AS asset, CASE side WHEN 'buy' THEN -cash ELSE cash END AS amount FROM executions
UNION ALL
SELECT account_id, symbol, CASE side WHEN 'buy' THEN qty ELSE -qty END FROM executions
UNION ALL
SELECT account_id, asset, {SIGNED} FROM transfers
"""
OWNED = Check(
    "what customers own is what their executions and transfers brought",
    "SELECT account_id, asset, b.total, m.total AS moved FROM ("
    "   SELECT account_id, asset, available + held AS total FROM balances JOIN accounts a ON a.id = account_id"
    f"   WHERE a.user_id IS NOT NULL) b FULL JOIN (SELECT account_id, asset, sum(amount) AS total FROM ({_MOVED}) m"
    "   JOIN accounts a ON a.id = account_id WHERE a.user_id IS NOT NULL GROUP BY 1, 2) m USING (account_id, asset)"
    " WHERE coalesce(b.total, 0) <> coalesce(m.total, 0)",
)
REALIZED = Check(
    "realised profit is that of the sales",
    "SELECT account_id, asset, b.realized, e.realized AS of_sales FROM balances b FULL JOIN ("
    "   SELECT account_id, symbol AS asset, sum(realized) AS realized FROM executions GROUP BY 1, 2) e"
    " USING (account_id, asset) WHERE coalesce(b.realized, 0) <> coalesce(e.realized, 0)",
)
FEES_BOOKED = Check(
    "fees booked are those of the executions",
    "SELECT b.total, e.fees FROM (SELECT coalesce(sum(available), 0) AS total FROM balances"
    f"   WHERE account_id = {FEES}) b, (SELECT coalesce(sum(fee), 0) AS fees FROM executions) e,"
    f"   (SELECT coalesce(sum(amount), 0) AS corrected FROM transfers WHERE account_id = {FEES}) t"
    " WHERE b.total <> e.fees + t.corrected",
)

HISTORY = Check(
    "history by the minute counts each execution once",
    "SELECT account_id, symbol, h.qty, e.qty AS executed FROM (SELECT account_id, symbol, sum(qty) AS qty,"
    "   sum(cash) AS cash FROM (SELECT account_id, symbol, qty, cash FROM traded_sessions UNION ALL"
    "     SELECT account_id, symbol, qty, cash FROM traded_minutes WHERE minute >= coalesce("
    "       (SELECT rolled_until FROM history_cursor), '-infinity')) own GROUP BY 1, 2) h FULL JOIN ("
    "   SELECT account_id, symbol, sum(CASE side WHEN 'buy' THEN qty ELSE -qty END) AS qty,"
    "   sum(CASE side WHEN 'buy' THEN -cash ELSE cash END) AS cash FROM executions"
    "   WHERE sequence <= (SELECT sequence FROM history_cursor) GROUP BY 1, 2) e USING (account_id, symbol)"
    " WHERE h.qty IS DISTINCT FROM e.qty OR h.cash IS DISTINCT FROM e.cash",
)

CHECKS = (
    SUM_TO_ZERO,
    BALANCED,
    BALANCES,
    Check(
        "balances sum to zero for cash and for every symbol",
        "SELECT asset, sum(available + held) AS sum FROM balances GROUP BY asset"
        " HAVING sum(available + held) <> 0",
        continuous=True,
    ),
    Check(
        "no customer's balance is negative",
        "SELECT account_id, asset, available, held, cost FROM balances b JOIN accounts a ON a.id = account_id"
        " WHERE a.user_id IS NOT NULL AND (available < 0 OR held < 0 OR cost < 0)",
        continuous=True,
    ),
    Check(
        "what is not there cost nothing",
        "SELECT account_id, asset, cost FROM balances WHERE available + held = 0 AND cost <> 0",
        continuous=True,
    ),
    OWNED,
    REALIZED,
    FEES_BOOKED,
    HOLDS,
    NEEDS,
    CLOSED_HOLD_NOTHING,
    FILLS,
    PAIRS,
    STATES_AGREE,
    Check(
        "rounding never costs the house",
        f"SELECT asset, available FROM balances WHERE account_id = {HOUSE} AND available < 0",
        continuous=True,
    ),
    Check(
        "cash in transit is that of the deposits that have not arrived",
        "SELECT b.total, d.total AS announced FROM (SELECT coalesce(sum(available + held), 0) AS total"
        f"   FROM balances WHERE account_id = {IN_TRANSIT}) b, (SELECT coalesce(sum(amount), 0) AS total"
        "   FROM deposits_in_transit WHERE settled_at IS NULL) d WHERE b.total <> d.total",
        continuous=True,
    ),
    Check(
        "a deposit that arrived is booked once, with its amount",
        "SELECT d.id FROM deposits_in_transit d LEFT JOIN transfers t ON t.id = d.id AND t.kind = 'deposit'"
        "   AND t.amount = d.amount AND t.account_id = d.account_id"
        " WHERE (d.settled_at IS NULL) <> (t.id IS NULL)",
    ),
    Check(
        "the legs of a correction sum to zero",
        "SELECT correction_id, asset, sum(amount) AS sum FROM transfers WHERE correction_id IS NOT NULL"
        " GROUP BY 1, 2 HAVING sum(amount) <> 0",
    ),
    BEFORE_CURSOR,
    Check(
        "undecided place commands belong to pending orders",
        "SELECT c.id FROM commands c LEFT JOIN orders o ON o.id = c.order_id"
        " WHERE c.kind IN ('place', 'place_pair', 'replace') AND (o.id IS NULL OR o.status <> 'pending_new')",
        continuous=True,
    ),
    Check(
        "pending orders have an undecided place command",
        "SELECT o.id FROM orders o WHERE o.status = 'pending_new' AND o.is_open AND NOT EXISTS ("
        "   SELECT 1 FROM commands c WHERE c.order_id IN (o.id, o.partner_id)"
        "   AND c.kind IN ('place', 'place_pair', 'replace'))",
        continuous=True,
    ),
    # What `updates_since` stands at is kept no longer, or is older than trade updates are.
    Check(
        "an account's trade updates are numbered from 1 without a gap",
        "SELECT account_id, count(*) AS updates, min(number) AS first, max(number) AS last"
        " FROM trade_updates u, settlement s WHERE u.settled_sequence > s.updates_since"
        " GROUP BY account_id, s.updates_since HAVING max(number) - min(number) + 1 <> count(*)"
        " OR (s.updates_since = 0 AND min(number) <> 1)",
    ),
    Check(
        "each trade update of an account is later than the one before",
        "SELECT account_id, number FROM (SELECT account_id, number, at, settled_sequence,"
        "   lag(at) OVER own AS at_before, lag(settled_sequence) OVER own AS settled_before"
        "   FROM trade_updates WINDOW own AS (PARTITION BY account_id ORDER BY number)) u"
        " WHERE at <= at_before OR settled_sequence < settled_before",
    ),
    Check(
        "every execution has exactly one trade update, of its order and quantity",
        "SELECT coalesce(e.id, u.id) AS id, u.updates FROM (SELECT * FROM executions"
        "   WHERE sequence > (SELECT updates_since FROM settlement)) e FULL JOIN ("
        "   SELECT (data::json ->> 'execution_id')::uuid AS id, account_id,"
        "   (data::json #>> '{order,id}')::uuid AS order_id, (data::json ->> 'qty')::numeric AS qty,"
        "   count(*) AS updates FROM trade_updates WHERE event IN ('partial_fill', 'fill')"
        "   AND settled_sequence > (SELECT updates_since FROM settlement) GROUP BY 1, 2, 3, 4) u"
        " USING (id, account_id, order_id, qty)"
        " WHERE e.sequence IS NULL OR u.updates IS DISTINCT FROM 1",
    ),
    Check(
        "the outbox has no gap",
        "SELECT count(*) AS placed, max(sequence) AS last FROM outbox WHERE sequence IS NOT NULL"
        " HAVING count(*) <> coalesce(max(sequence), 0)",
    ),
    HISTORY,
)
